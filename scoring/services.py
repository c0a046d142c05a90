"""Every change to scores: computed anew from the approved reports, never nudged."""

import logging

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from ksp.accounts.models import AuditEvent, User
from participants.models import Season
from scoring import store
from scoring.models import RecomputeOwed, ScoringState

logger = logging.getLogger(__name__)

BATCH = 500
MOST_TRIES = 5


@transaction.atomic
def recompute_season(season_id: int, *, by: User) -> int:
    """Compute every score of the season from its approved reports; return how many reports count."""
    season = Season.objects.get(pk=season_id)
    if not by.has_perm("scoring.recompute_scores", season):
        raise PermissionDenied
    _queue_for(season)
    # Taken before the reports are read: what is owed from now on is not yet in them.
    settled = [row.pk for row in _take(RecomputeOwed.objects.filter(season=season))]
    count = store.write_season(season)
    RecomputeOwed.objects.filter(pk__in=settled).delete()
    AuditEvent.record(by, "scores.recomputed", season, reports=count)
    return count


def _queue_for(season: Season) -> None:
    """Wait until no other computation of the season is under way; hold it until the transaction ends."""
    state, now = ScoringState.objects.filter(season=season), timezone.now()
    if not state.update(computed_at=now):
        ScoringState.objects.bulk_create([ScoringState(season=season)], ignore_conflicts=True)
        state.update(computed_at=now)


def settle_owed_recomputes() -> int:
    """Compute what is owed; return how many rows were settled. Repeated and doubled calls end in the same scores."""
    settled = 0
    failed: set[int] = set()
    while (count := _settle_next(failed)) is not None:
        settled += count
    return settled


@transaction.atomic
def _settle_next(failed: set[int]) -> int | None:
    """Settle the rows of one season, those that never failed first; none is left that is not in other hands."""
    waiting = RecomputeOwed.objects.filter(tries__lt=MOST_TRIES).exclude(pk__in=failed).order_by("tries", "pk")
    owed = _of_one_season(_take(waiting.select_related("season").defer("season__manual")[:BATCH]))
    if not owed:
        return None
    rows = RecomputeOwed.objects.filter(pk__in=[row.pk for row in owed])
    try:
        with transaction.atomic():
            season = owed[0].season
            _queue_for(season)
            store.write_enrolments(season, {row.enrolment_id for row in owed})
            rows.delete()
    except Exception as error:  # noqa: BLE001 -- whatever a poisoned row raises, the others go on
        _set_aside(owed, failed, error)
        return 0
    return len(owed)


def _take(rows: QuerySet[RecomputeOwed]) -> list[RecomputeOwed]:
    """Return those of the rows that no other worker has, held until the transaction ends."""
    can_skip = connection.features.has_select_for_update_skip_locked
    return list(rows.select_for_update(skip_locked=can_skip, of=("self",) if can_skip else ()))


def _of_one_season(owed: list[RecomputeOwed]) -> list[RecomputeOwed]:
    """Return the rows of the first one's season; one that has failed before is settled alone."""
    if owed and owed[0].tries:
        return owed[:1]
    return [row for row in owed if row.season_id == owed[0].season_id and not row.tries]


def _set_aside(owed: list[RecomputeOwed], failed: set[int], error: Exception) -> None:
    """Count a failure: after five, with time between them, a row is left for a person to look at."""
    keys = [row.pk for row in owed]
    RecomputeOwed.objects.filter(pk__in=keys).update(tries=F("tries") + 1, last_error=repr(error)[:250])
    logger.warning("Scores that are owed could not be computed", exc_info=error)
    if len(keys) == 1:
        failed.update(keys)


def set_aside(*, by: User) -> QuerySet[RecomputeOwed]:
    """Return what failed too often at the person's organiser, if they may do something about it."""
    rows = RecomputeOwed.objects.filter(season__organiser=by.organiser_id, tries__gte=MOST_TRIES)
    return rows if by.has_perm("scoring.recompute_scores") else rows.none()


@transaction.atomic
def retry_set_aside(*, by: User) -> int:
    """Let everything that was set aside be tried from the start again; return how many rows there are."""
    if not by.has_perm("scoring.recompute_scores"):
        raise PermissionDenied
    rows = set_aside(by=by)
    for season in Season.objects.filter(pk__in=rows.values("season")):
        AuditEvent.record(by, "scores.tried_again", season)
    return rows.update(tries=0)
