"""Every change to published results: frozen as numbered versions, and checked; and that results were read."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ksp.accounts.models import AuditEvent, Role, User
from ksp.accounts.services import system_user
from ksp.lib.errors import DomainError
from participants.models import Season
from participants.services import publish_season
from participants.workflow import SeasonState
from reports.corrections import Correction, corrections_made, corrections_since
from reports.exports.results import recomputed_results, results_from
from reports.frozen import Difference, code_version, differences, fingerprint_of, moves
from reports.models import Publication, PublicationCheck
from reports.verification import verify
from responses.models import SurveyResponse
from scoring import store
from scoring.fingerprints import fingerprints_by_participant, questionnaire_fingerprint, rules_fingerprint
from scoring.models import RecomputeOwed
from scoring.selectors import season_results
from scoring.services import MOST_TRIES, recompute_season

logger = logging.getLogger(__name__)

READ_BY_PARTICIPANT = "response.read_by_participant"
FROZEN, DIFFER = "results.frozen", "results.differ"
# So many differences are kept of a check, and shown; the number is that of all.
MOST_TOLD = 50


class ResultsNotReady(DomainError):
    """The results cannot be published as things stand."""

    code: ClassVar[str] = "results_not_ready"


@transaction.atomic
def record_reading(response: SurveyResponse, *, by: User) -> None:
    """Log that a participant has read a single contact's answers; reading by staff is their work and not logged."""
    if by.role != Role.PARTICIPANT:
        return
    if not by.has_perm("reports.read_results", response.enrolment):
        raise PermissionDenied
    AuditEvent.record(by, READ_BY_PARTICIPANT, response)


@transaction.atomic
def publish_results(season_id: int, *, by: User) -> Publication:
    """Publish a closed season, and return what was frozen; one that was published unfrozen is frozen as it is."""
    season = Season.objects.get(pk=season_id)
    is_frozen = Publication.objects.filter(season=season).exists()
    if season.state == SeasonState.PUBLISHED and not is_frozen:
        return freeze_results(season.pk, now=timezone.now(), by=by)
    if season.state != SeasonState.CLOSED:
        message = _("%(season)s is “%(state)s”. Only a closed season can be published.")
        raise ResultsNotReady(message % {"season": season, "state": season.get_state_display()})
    publish_season(season.pk, by=by)
    return Publication.objects.get(season=season)


@transaction.atomic
def freeze_results(season_id: int, *, now: datetime | None = None, by: User) -> Publication:
    """Keep the season's results as version 1, computed anew from the answers; whatever is owed is in them."""
    season = _lock_season(season_id)
    if not by.has_perm("reports.publish_results", season):
        raise PermissionDenied
    if RecomputeOwed.objects.filter(season=season, tries__gte=MOST_TRIES).exists():
        message = _("Some scores could not be computed. They stand under “Overview”: try them again, then publish.")
        raise ResultsNotReady(message)
    recompute_season(season.pk, by=by)
    return _freeze(season, version=1, now=now, by=by)


@transaction.atomic
def freeze_corrections(season_id: int) -> Publication | None:
    """Keep the results as a new version if answers have been corrected since the latest; say what moved and why.

    Nothing is kept while scores are still owed, nor where answers differ that nobody corrected: that is an alarm.
    """
    season = _lock_season(season_id)
    latest = Publication.objects.filter(season=season).order_by("-version").first()
    if latest is None or RecomputeOwed.objects.filter(season=season).exists():
        return None
    found = corrections_since(latest)
    if not found.answers_differ:
        return None
    if found.unexplained:
        logger.error("Answers of published results have changed without a correction: %s", found.unexplained)
        _store_check(latest, verify(latest).differences)
        return None
    return _freeze(season, version=latest.version + 1, before=latest, corrections=found.corrections, by=found.by)


def _lock_season(season_id: int) -> Season:
    """Return the season, locked: until the transaction ends no correction of its answers is committed."""
    return Season.objects.select_for_update(of=("self",)).select_related("organiser").get(pk=season_id)


def _freeze(
    season: Season,
    *,
    version: int,
    before: Publication | None = None,
    corrections: Sequence[Correction] = (),
    now: datetime | None = None,
    by: User,
) -> Publication:
    results = _agreeing_results(season)
    follows_from = {
        "answers": results["answers_fingerprint"],
        "questionnaire": questionnaire_fingerprint(season),
        "rules": rules_fingerprint(season),
    }
    publication = Publication.objects.create(
        season=season,
        version=version,
        published_at=now or timezone.now(),
        published_by=by,
        reason="\n".join(dict.fromkeys(one.reason for one in corrections if one.reason)),
        code_version=code_version(),
        **{f"{name}_fingerprint": value for name, value in follows_from.items()},
        fingerprint=fingerprint_of(results, **follows_from, code=code_version()),
        results=results,
        changes=[] if before is None else [*moves(before.results, results), *(one.told for one in corrections)],
        rests_on={
            "participants": fingerprints_by_participant(season),
            "corrections": corrections_made(season),
        },
    )
    AuditEvent.record(by, FROZEN, season, version=version, fingerprint=publication.fingerprint)
    return publication


def _agreeing_results(season: Season) -> dict[str, Any]:
    """Return the results as they follow from the answers; what is stored is brought in line if it says otherwise."""
    stored, fresh = results_from(season_results(season)), recomputed_results(season)
    if differences(stored, fresh, statistics=False):
        logger.error("The stored scores of %s did not follow from the answers; they have been replaced", season.code)
        store.write_season(season)
    return {**fresh, "computed_at": stored["computed_at"]}


def check_publications() -> int:
    """Compute the latest version of every published season anew; return how many no longer follow from the answers."""
    keys = Publication.objects.latest().filter(season__state=SeasonState.PUBLISHED).values_list("pk", flat=True)
    return sum(not check_publication(key) for key in keys)


@transaction.atomic
def check_publication(publication_id: int) -> bool:
    """Keep whether the version follows from the answers; raise an alarm and return False if it does not.

    While scores are owed nothing is compared: a new version is on its way.
    """
    publication = Publication.objects.select_related("season").get(pk=publication_id)
    _lock_season(publication.season_id)
    if RecomputeOwed.objects.filter(season=publication.season_id).exists():
        return True
    try:
        with transaction.atomic():
            found: Sequence[Difference] = verify(publication).differences
    except Exception as error:
        logger.exception("Version %s of %s could not be computed anew", publication.version, publication.season.code)
        found = [Difference("version", "recomputation", None, repr(error)[:250])]
    _store_check(publication, found)
    return not found


def _store_check(publication: Publication, found: Sequence[Difference]) -> None:
    """Keep what the check found; the first time that it differs so, it is written in the trail."""
    told = [one.to_dict() for one in found[:MOST_TOLD]]
    before = PublicationCheck.objects.filter(publication=publication).first()
    PublicationCheck.objects.update_or_create(
        publication=publication,
        defaults={"checked_at": timezone.now(), "count": len(found), "differences": told},
    )
    if not found:
        return
    season, version = publication.season, publication.version
    logger.error("Version %s of %s differs from its answers in %s places", version, season.code, len(found))
    if before is None or before.differences != told:
        AuditEvent.record(system_user(season.organiser), DIFFER, season, version=version, differences=len(found))
