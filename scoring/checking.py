"""Compares what is stored of scores with what the approved reports give, and raises an alarm on a difference."""

import logging
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from ksp.accounts.models import AuditEvent, Role, User
from ksp.accounts.services import owe_mail, system_user
from participants.models import Season
from participants.workflow import SeasonState
from scoring import emails
from scoring.comparing import FAILED, Comparison, Difference, compare
from scoring.computing import compute_season
from scoring.models import RecomputeOwed, Scope, ScoreCheck, ScoringState
from scoring.services import recompute_season

logger = logging.getLogger(__name__)

CHECKED = (SeasonState.OPEN, SeasonState.PAUSED, SeasonState.CLOSED, SeasonState.PUBLISHED)
MOST_DETAILS = 20


@transaction.atomic
def check_stored_scores(season_id: int, *, now: datetime | None = None, by: User) -> ScoreCheck:
    """Compare every stored score of the season with its approved reports; a difference is recorded and mailed.

    The scores themselves stay as they are. Participants whose scores are owed are counted and passed over.
    """
    season = Season.objects.get(pk=season_id)
    if not by.has_perm("scoring.recompute_scores", season):
        raise PermissionDenied
    _hold(season)
    owed, found = _compared(season)
    check = ScoreCheck.objects.create(
        season=season,
        checked_at=now or timezone.now(),
        reports=found.reports,
        summaries=found.summaries,
        owed=len(owed),
        differences=len(found.differences),
        details=[difference.to_dict() for difference in found.differences[:MOST_DETAILS]],
    )
    if check.differences:
        _raise_alarm(check, by=by)
    return check


def _hold(season: Season) -> None:
    """Wait until no computation of the season is under way; none begins until the transaction ends."""
    state = ScoringState.objects.select_for_update().filter(season=season)
    if not state:
        ScoringState.objects.bulk_create([ScoringState(season=season)], ignore_conflicts=True)
        list(state.all())


def _compared(season: Season) -> tuple[set[int], Comparison]:
    """Return whose scores are owed, and what differs of the others'."""
    try:
        with transaction.atomic():
            computed = compute_season(season)
            # Read after the reports: whatever was approved before they were read is owed, or settled and stored.
            owed = set(RecomputeOwed.objects.filter(season=season).values_list("enrolment", flat=True))
            return owed, compare(season, computed, owed=owed)
    except Exception as error:
        logger.warning("The scores of %s could not be computed", season.code, exc_info=error)
        failure = Difference(Scope.SEASON, "", "", "", FAILED, "", repr(error)[:250])
        return set(), Comparison(0, 0, [failure])


def _raise_alarm(check: ScoreCheck, *, by: User) -> None:
    logger.error("Stored scores of %s differ from computed ones in %s places", check.season.code, check.differences)
    AuditEvent.record(by, "scores.check_failed", check.season, differences=check.differences)
    people = User.objects.in_use().filter(organiser=check.season.organiser_id, role=Role.ADMINISTRATOR, is_system=False)
    for person in people.order_by("pk"):
        subject, body = emails.check_failed(check, to=person)
        owe_mail(organiser_id=person.organiser_id, to=person.email, subject=subject, body=body)


@transaction.atomic
def recompute_and_check(season_id: int, *, by: User) -> ScoreCheck:
    """Compute every score of the season anew and compare again; what cannot be computed stays, and is a finding."""
    try:
        with transaction.atomic():
            recompute_season(season_id, by=by)
    except ValueError as error:
        logger.warning("The scores of season %s could not be computed anew", season_id, exc_info=error)
    return check_stored_scores(season_id, by=by)


def check_every_season() -> int:
    """Compare every season that has begun, each by itself; return how many differences there are in all."""
    differences = 0
    for season in Season.objects.filter(state__in=CHECKED).select_related("organiser").order_by("pk"):
        try:
            differences += check_stored_scores(season.pk, by=system_user(season.organiser)).differences
        except Exception:
            logger.exception("The scores of %s could not be checked", season.code)
    return differences
