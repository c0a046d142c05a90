"""What has been corrected in the answers of a published season since its latest version, and by whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ksp.accounts.models import User
from participants.models import Season
from reports.models import Publication
from responses.models import AnswerRevision, SurveyResponse
from scoring.fingerprints import (
    answers_fingerprint,
    fingerprints_by_participant,
    questionnaire_fingerprint,
    rules_fingerprint,
)


@dataclass(frozen=True)
class Correction:
    """One answer that a manager corrected, or one report that was approved after publication.

    ``told`` is what a version keeps of it: which contact, question and answers, and never who made the contact.
    """

    told: dict[str, Any]
    participant: str
    at: datetime
    by: User
    reason: str = ""


@dataclass(frozen=True)
class Since:
    """What happened since a version; ``unexplained`` names whose answers differ without a correction."""

    answers_differ: bool
    corrections: Sequence[Correction]
    unexplained: Sequence[str]

    @property
    def by(self) -> User:
        """Whoever corrected last."""
        return max(self.corrections, key=lambda one: one.at).by


def corrections_since(latest: Publication) -> Since:
    """Compare the answers with those that the version rests on, and find out what made the difference."""
    season = latest.season
    before, after = latest.rests_on["participants"], fingerprints_by_participant(season)
    changed = {code for code in before.keys() | after.keys() if before.get(code) != after.get(code)}
    corrections = [*_corrected(latest), *_approved(latest, changed)]
    unexplained = sorted(changed - {one.participant for one in corrections})
    same_questions = questionnaire_fingerprint(season) == latest.questionnaire_fingerprint
    same_rules = rules_fingerprint(season) == latest.rules_fingerprint
    if not (corrections and same_questions and same_rules):
        unexplained.append(season.code)
    return Since(answers_fingerprint(season) != latest.answers_fingerprint, corrections, unexplained)


def corrections_made(season: Season) -> list[int]:
    """Return the keys of all corrections of the season's approved reports."""
    return list(_revisions(season).values_list("pk", flat=True))


def _revisions(season: Season) -> Any:
    """Return the changes that came with a reason: those of approved reports."""
    return AnswerRevision.objects.filter(response__season=season).exclude(reason="").order_by("pk")


def _corrected(latest: Publication) -> Iterator[Correction]:
    rows = _revisions(latest.season).exclude(pk__in=latest.rests_on["corrections"])
    related = ("question", "old_option", "new_option", "changed_by", "response__enrolment__participant")
    for row in rows.select_related(*related).defer("response__packed"):
        participant = row.response.enrolment.participant
        told = {
            "kind": "correction",
            "contact": row.response.code,
            "participant": participant.code,
            "name": participant.name,
            "question": row.question.code,
            "old": row.old_option.code if row.old_option else None,
            "new": row.new_option.code if row.new_option else None,
            "reason": row.reason,
        }
        yield Correction(told, participant.code, row.changed_at, row.changed_by, row.reason)


def _approved(latest: Publication, changed: set[str]) -> Iterator[Correction]:
    """Yield the reports that were approved since: of each participant as many as it has more than in the version."""
    before = {row["participant"]: row["contacts"] for row in latest.results["participants"]}
    rows = SurveyResponse.objects.approved().filter(season=latest.season).select_related("reviewed_by")
    for code in sorted(changed):
        own = rows.filter(enrolment__participant__code=code).order_by("-reviewed_at", "-pk")
        for row in own[: max(own.count() - before.get(code, 0), 0)]:
            if row.reviewed_at is not None and row.reviewed_by is not None:
                told = {"kind": "approval", "contact": row.code, "participant": code}
                yield Correction(told, code, row.reviewed_at, row.reviewed_by)
