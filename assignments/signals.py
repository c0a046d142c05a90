"""What apps above may hear about assignments."""

from django.dispatch import Signal

# Sent inside the transaction that changes the state. Arguments: assignment, transition.
assignment_changed = Signal()
