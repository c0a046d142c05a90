"""What workers do for plans."""

from celery import shared_task

from assignments.plans.services import making

# The longest search that can be asked for, and the time around it.
SECONDS = 1200


@shared_task(time_limit=SECONDS)
def make_owed_proposals() -> int:
    """Make the proposals that were asked for; may run twice, each is made once."""
    return making.make_owed_proposals()
