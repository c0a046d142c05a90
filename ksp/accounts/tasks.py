"""What workers do for accounts."""

from celery import shared_task

from ksp.accounts.outbox import deliver_owed_mail


@shared_task
def send_owed_mail() -> int:
    """Send the mail that is owed; may run twice, sends each mail once."""
    return deliver_owed_mail()
