"""What apps above may hear about reports."""

from django.dispatch import Signal

# Sent inside the transaction that changes the state. Arguments: response, transition.
response_moved = Signal()
