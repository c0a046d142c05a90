"""What workers do for letters."""

from celery import shared_task
from django.utils import timezone

from assignments.letters import services
from ksp.accounts.models import User


@shared_task
def send_waiting_letters() -> int:
    """Send the letters that have waited long enough; may run twice, sends each letter once."""
    now = timezone.now()
    return sum(services.send_due_letters(now=now, by=system) for system in _system_users())


@shared_task
def expire_unanswered_offers() -> int:
    """Let unanswered offers lapse, and remind of those that soon do; may run twice, ends in the same place."""
    now = timezone.now()
    lapsed = 0
    for system in _system_users():
        lapsed += services.expire_offers(now=now, by=system)
        services.note_offers_that_soon_lapse(now=now, by=system)
    return lapsed


def _system_users() -> list[User]:
    """Return the account of each organiser that works when nobody does."""
    return list(User.objects.filter(is_system=True).order_by("pk"))
