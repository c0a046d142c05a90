"""What apps above may hear about assignments."""

from django.dispatch import Signal

# Sent inside the transaction that changes the state. Arguments: assignment, transition.
assignment_changed = Signal()
# Sent inside the transaction in which a contact that was made is planned anew. Arguments: assignment, the new one.
contact_reopened = Signal()
# Sent once, inside the transaction, for all that one service offered, or took from observers who knew of it. Arguments:
# assignments (with their observers), transition, by, now, is_held (nobody is to be told before a manager says so).
observers_concerned = Signal()
