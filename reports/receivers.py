"""What follows for published results when seasons and scores change."""

from typing import Any

from django.dispatch import receiver

from ksp.accounts.models import User
from ksp.lib.workflow import Transition
from participants.models import Season
from participants.signals import season_changed
from participants.workflow import PUBLISH
from reports.services import freeze_corrections, freeze_results
from scoring.signals import scores_settled


@receiver(season_changed, dispatch_uid="reports.freeze_results")
def freeze_published(*, season: Season, transition: Transition, by: User, **_signal: Any) -> None:
    """Freeze version 1 in the transaction that publishes: nothing is public that is not frozen."""
    if transition is PUBLISH:
        freeze_results(season.pk, now=season.published_at, by=by)


@receiver(scores_settled, dispatch_uid="reports.freeze_corrections")
def freeze_corrected(*, season: Season, **_signal: Any) -> None:
    """Freeze a new version in the transaction that stores the scores of a published season anew."""
    if season.published_at is not None:
        freeze_corrections(season.pk)
