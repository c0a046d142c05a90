"""What accounts does when it hears a signal."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from ksp.accounts.signals import mail_owed
from ksp.accounts.tasks import send_owed_mail
from ksp.lib.wake import wake


@receiver(mail_owed, dispatch_uid="accounts.wake_the_post_office")
def wake_the_post_office(**_signal: Any) -> None:
    """Wake a worker after the commit; the scheduler finds what a lost wake-up leaves."""
    transaction.on_commit(lambda: wake(send_owed_mail))
