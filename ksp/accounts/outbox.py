"""Sends the mail that is owed: each once, with rests after failures."""

from datetime import timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from ksp.accounts.models import MOST_TRIES, OwedMail

BATCH = 50


def deliver_owed_mail() -> int:
    """Send what is owed and due; return how many were sent. A mail that fails five times is set aside."""
    sent = 0
    while sent < BATCH and (outcome := _deliver_one()) is not None:
        sent += outcome
    return sent


@transaction.atomic
def _deliver_one() -> int | None:
    now = timezone.now()
    due = OwedMail.objects.filter(Q(next_try_at=None) | Q(next_try_at__lte=now), sent_at=None, tries__lt=MOST_TRIES)
    skip = connection.features.has_select_for_update_skip_locked
    mail = due.select_for_update(skip_locked=skip).order_by("pk").first()
    if mail is None:
        return None
    mail.tries += 1
    try:
        EmailMessage(mail.subject, mail.body, to=[mail.to]).send()
    except (OSError, SMTPException) as error:
        mail.last_error = str(error)[:250]
        mail.next_try_at = now + timedelta(minutes=2**mail.tries)
    else:
        # A sent text is not kept: it may hold a link that lets its reader in.
        mail.sent_at, mail.last_error, mail.body = now, "", ""
    mail.save(update_fields=["tries", "sent_at", "last_error", "next_try_at", "body"])
    return int(mail.sent_at is not None)
