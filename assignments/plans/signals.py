"""What is announced about proposals."""

from django.dispatch import Signal

# Sent inside the transaction that asks for a proposal. Arguments: proposal.
proposal_owed = Signal()
