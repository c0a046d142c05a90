"""What apps above may hear about reports."""

from django.dispatch import Signal

# Sent inside the transaction that changes the state. Arguments: response, transition.
response_moved = Signal()

# Sent inside the transaction that corrects answers of an approved report. Arguments: response, by, reason.
response_corrected = Signal()
