"""Every change to scores: computed anew from the approved reports, never nudged."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from ksp.accounts.models import AuditEvent, User
from participants.models import Season
from scoring import store
from scoring.models import RecomputeOwed, ScoringState

BATCH = 500
MOST_TRIES = 5


@transaction.atomic
def recompute_season(season_id: int, *, by: User) -> int:
    """Compute every score of the season from its approved reports; return how many reports count."""
    season = Season.objects.get(pk=season_id)
    if not by.has_perm("scoring.recompute_scores", season):
        raise PermissionDenied
    _queue_for(season)
    count = store.write_season(season)
    RecomputeOwed.objects.filter(season=season).delete()
    AuditEvent.record(by, "scores.recomputed", season, reports=count)
    return count


@transaction.atomic
def recompute_enrolments(season_id: int, *, enrolment_ids: Collection[int]) -> None:
    """Bring these participants, their classes and the season up to date with the approved reports."""
    season = Season.objects.get(pk=season_id)
    _queue_for(season)
    store.write_enrolments(season, enrolment_ids)


def _queue_for(season: Season) -> None:
    """Wait until no other computation of the season is under way; hold it until the transaction ends."""
    ScoringState.objects.get_or_create(season=season)
    ScoringState.objects.select_for_update().get(season=season)
    ScoringState.objects.filter(season=season).update(computed_at=timezone.now())


def settle_owed_recomputes() -> int:
    """Compute what is owed; return how many rows were settled. Repeated and doubled calls end in the same scores."""
    settled = 0
    while True:
        keys = _owed_keys()
        if not keys:
            return settled
        try:
            settled += _settle(keys)
        except Exception as error:  # noqa: BLE001 -- whatever a poisoned row raises, the others go on
            _set_aside(keys, error)


def _owed_keys() -> list[int]:
    """The owed rows of the season that has waited longest."""
    waiting = RecomputeOwed.objects.filter(tries__lt=MOST_TRIES).order_by("pk")
    first = waiting.first()
    if first is None:
        return []
    if first.tries:
        return [first.pk]
    return list(waiting.filter(season=first.season_id, tries=0).values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def _settle(keys: list[int]) -> int:
    rows = RecomputeOwed.objects.filter(pk__in=keys)
    can_skip = connection.features.has_select_for_update_skip_locked
    owed = list(rows.select_for_update(skip_locked=can_skip, of=("self",) if can_skip else ()))
    if owed:
        recompute_enrolments(owed[0].season_id, enrolment_ids={row.enrolment_id for row in owed})
        RecomputeOwed.objects.filter(pk__in=[row.pk for row in owed]).delete()
    return len(owed)


def _set_aside(keys: list[int], error: Exception) -> None:
    """Count a failure, so that a row that always fails is left for a person after five tries."""
    RecomputeOwed.objects.filter(pk__in=keys).update(tries=F("tries") + 1, last_error=repr(error)[:250])
