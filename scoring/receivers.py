"""What scoring queues when it hears a signal."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from ksp.lib.wake import wake
from ksp.lib.workflow import Transition
from responses.models import SurveyResponse
from responses.signals import response_moved
from responses.workflow import APPROVE
from scoring.models import RecomputeOwed
from scoring.tasks import recompute_owed_scores


@receiver(response_moved, dispatch_uid="scoring.owe_recompute")
def owe_recompute(*, response: SurveyResponse, transition: Transition, **_signal: Any) -> None:
    """Owe the participant's scores in the approving transaction, and wake a worker after it."""
    if transition is APPROVE:
        RecomputeOwed.objects.create(season_id=response.season_id, enrolment_id=response.enrolment_id)
        transaction.on_commit(lambda: wake(recompute_owed_scores))
