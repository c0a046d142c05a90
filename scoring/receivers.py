"""What scoring queues when it hears a signal."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from ksp.lib.wake import wake
from ksp.lib.workflow import Transition
from participants.models import Season
from participants.signals import season_settings_changed
from responses.models import SurveyResponse
from responses.signals import response_corrected, response_moved
from responses.workflow import APPROVE
from scoring.models import RecomputeOwed, ResponseScore
from scoring.tasks import recompute_owed_scores


@receiver(response_moved, dispatch_uid="scoring.owe_recompute")
def owe_recompute(*, response: SurveyResponse, transition: Transition, **_signal: Any) -> None:
    """Owe the participant's scores in the approving transaction, and wake a worker after it."""
    if transition is APPROVE:
        _owe_scores_of(response)


@receiver(response_corrected, dispatch_uid="scoring.owe_recompute_of_correction")
def owe_recompute_of_correction(*, response: SurveyResponse, **_signal: Any) -> None:
    """Owe the participant's scores in the correcting transaction, and wake a worker after it."""
    _owe_scores_of(response)


def _owe_scores_of(response: SurveyResponse) -> None:
    RecomputeOwed.objects.create(season_id=response.season_id, enrolment_id=response.enrolment_id)
    transaction.on_commit(lambda: wake(recompute_owed_scores))


# Whether participants have a place, and classes a winner, follows from these.
DECIDE_RANKS = frozenset(
    {
        "mean",
        "least_contacts_ranked",
        "least_contacts_method",
        "least_class_size",
        "areas_over_all",
        "ties",
        "best_on",
    }
)


@receiver(season_settings_changed, dispatch_uid="scoring.owe_season")
def owe_season(*, season: Season, names: frozenset[str], **_signal: Any) -> None:
    """Owe the scores of the whole season when its rules of scoring change."""
    if not names & DECIDE_RANKS:
        return
    scored = (
        ResponseScore.objects.filter(season=season).order_by().values_list("response__enrolment", flat=True).distinct()
    )
    RecomputeOwed.objects.bulk_create(RecomputeOwed(season=season, enrolment_id=key) for key in scored)
    transaction.on_commit(lambda: wake(recompute_owed_scores))
