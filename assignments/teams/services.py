"""Takes a chosen team in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ksp.accounts.models import User
from observers.applications.models import Application
from observers.applications.services import decide_applications, join_team
from observers.applications.workflow import ACCEPT


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How many were taken into a team, and how many of them by accepting their application."""

    accepted: int
    others: int


@transaction.atomic
def take_in_team(season_id: int, observer_ids: Collection[int], *, by: User, now: datetime) -> TakenIn:
    """Take everybody who was chosen into the team; who has applied is accepted, and told."""
    waiting = Application.objects.filter(season=season_id, observer__in=observer_ids, state__in=ACCEPT.sources)
    decided = decide_applications(list(waiting.values_list("pk", flat=True)), accept=True, by=by, now=now)
    others = join_team(season_id, observer_ids, by=by)
    return TakenIn(len(decided.decided), len(others))
