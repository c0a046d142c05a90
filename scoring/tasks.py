"""What workers do for scores."""

from celery import shared_task

from scoring.checking import check_every_season
from scoring.services import refresh_owed_statistics, settle_owed_recomputes


@shared_task
def recompute_owed_scores() -> int:
    """Compute the scores that are owed; may run twice or in any order, ends in the same scores."""
    return settle_owed_recomputes()


@shared_task
def refresh_statistics() -> int:
    """Compute how certain results are wherever scores have moved; may run twice, ends in the same figures."""
    return refresh_owed_statistics()


@shared_task
def check_scores_nightly() -> int:
    """Compare stored scores with what the reports give, in every season that has begun; a difference is an alarm."""
    return check_every_season()
