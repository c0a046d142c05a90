"""Every change to scores: computed anew from the approved reports, never nudged."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ksp.accounts.models import AuditEvent, User
from ksp.accounts.services import system_user
from ksp.lib.errors import DomainError
from participants.models import Season
from participants.services import change_season_settings
from scoring import store
from scoring.fingerprints import rules_fingerprint
from scoring.models import RecomputeOwed, ScoringState
from scoring.season_statistics import compute_statistics, write_statistics
from scoring.signals import scores_settled
from scoring.statistics.season import SeasonStatistics

logger = logging.getLogger(__name__)


BATCH = 500
MOST_TRIES = 5


class RulesMovedOn(DomainError):
    """The rules were changed by others after the preview was made."""

    code: ClassVar[str] = "rules_moved_on"


class NothingScored(DomainError):
    """The season has no scores to say anything of."""

    code: ClassVar[str] = "nothing_scored"


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
    scores_settled.send(sender=Season, season=season)
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
            scores_settled.send(sender=Season, season=season)
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
def change_rules(season_id: int, *, settings: Mapping[str, Any], based_on: str, by: User) -> Season:
    """Let the season's results follow other rules; ``based_on`` is the fingerprint of the rules that they replace."""
    season = Season.objects.select_for_update().get(pk=season_id)
    if not by.has_perm("participants.change_season", season):
        raise PermissionDenied
    if rules_fingerprint(season) != based_on:
        raise RulesMovedOn(_("Somebody has changed the rules meanwhile. Below is what yours would move now."))
    return change_season_settings(season_id, settings=settings, by=by)


@transaction.atomic
def retry_set_aside(*, by: User) -> int:
    """Let everything that was set aside be tried from the start again; return how many rows there are."""
    if not by.has_perm("scoring.recompute_scores"):
        raise PermissionDenied
    rows = set_aside(by=by)
    for season in Season.objects.filter(pk__in=rows.values("season")):
        AuditEvent.record(by, "scores.tried_again", season)
    return rows.update(tries=0)


def refresh_owed_statistics() -> int:
    """Compute the statistics of every season whose scores have moved since; return how many seasons there were."""
    refreshed = 0
    for state in ScoringState.objects.filter(computed_at__isnull=False).select_related("season", "season__statistics"):
        known = getattr(state.season, "statistics", None)
        if known is None or known.scores_at != state.computed_at:
            # Outside of a transaction: for these seconds nobody has to wait.
            found = compute_statistics(state.season)
            store_statistics(
                state.season_id, found, scores_at=state.computed_at, by=system_user(state.season.organiser)
            )
            refreshed += 1
    return refreshed


def recompute_statistics(season_id: int, *, by: User) -> None:
    """Compute the statistics of the season now and store them, whatever is stored already."""
    season = Season.objects.get(pk=season_id)
    if not by.has_perm("scoring.recompute_scores", season):
        raise PermissionDenied
    state = ScoringState.objects.filter(season=season, computed_at__isnull=False).first()
    if state is None:
        raise NothingScored(_("There are no scores yet. The statistics follow when the first report is approved."))
    # Outside of a transaction: for these seconds nobody has to wait.
    store_statistics(season_id, compute_statistics(season), scores_at=state.computed_at, by=by)


@transaction.atomic
def store_statistics(season_id: int, found: SeasonStatistics, *, scores_at: datetime | None, by: User) -> None:
    """Replace the stored statistics of the season, which rest on the scores of that moment."""
    season = Season.objects.select_for_update().get(pk=season_id)
    if not by.has_perm("scoring.recompute_scores", season):
        raise PermissionDenied
    write_statistics(season, found, now=timezone.now(), scores_at=scores_at)
