"""What apps above may hear about scores."""

from django.dispatch import Signal

# Sent inside the transaction that stores computed scores, after what was owed for them is settled. Arguments: season.
scores_settled = Signal()
