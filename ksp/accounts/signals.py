"""What apps above may hear about accounts."""

from django.dispatch import Signal

# Sent inside the transaction that owes the mail. Arguments: mail.
mail_owed = Signal()
