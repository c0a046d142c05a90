"""What workers do for scores."""

from celery import shared_task

from scoring.services import settle_owed_recomputes


@shared_task
def recompute_owed_scores() -> int:
    """Compute the scores that are owed; may run twice or in any order, ends in the same scores."""
    return settle_owed_recomputes()
