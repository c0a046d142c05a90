"""Reviewing: a report is approved with a grade, returned with questions, or rejected with a reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assignments.models import Assignment
from assignments.services import plan_again
from assignments.signals import contact_reopened
from ksp.accounts.models import AuditEvent, User
from ksp.accounts.services import owe_mail
from ksp.lib.errors import DomainError
from ksp.lib.workflow import Transition
from observers.services import set_internal_score
from responses import emails
from responses.grading import ASPECTS, BEST, internal_score
from responses.models import Grade, ReviewNote, SurveyResponse
from responses.questionnaires.selectors import questionnaire_of
from responses.services.locking import lock_for_move
from responses.signals import response_moved
from responses.workflow import APPROVE, REJECT, RETURN


class NothingAsked(DomainError):
    """A report went back without a word about what to mend, or was rejected without a reason."""

    code: ClassVar[str] = "nothing_asked"


class GradeIncomplete(DomainError):
    """A grade lacks an aspect or is outside 0–4."""

    code: ClassVar[str] = "grade_incomplete"


def _decide(
    response: SurveyResponse, transition: Transition, *, now: datetime, verdict: str, by: User
) -> SurveyResponse:
    response.state = transition.target
    response.reviewed_at, response.reviewed_by = now, by
    response.verdict = verdict
    response.version += 1
    response.save(update_fields=["state", "reviewed_at", "reviewed_by", "verdict", "version"])
    AuditEvent.record(by, transition.verb, response)
    response_moved.send(sender=SurveyResponse, response=response, transition=transition)
    return response


@transaction.atomic
def approve_response(
    response_id: int,
    *,
    version: int | None = None,
    grade: Mapping[str, int],
    now: datetime | None = None,
    by: User,
) -> SurveyResponse:
    """Accept a submitted report, so that it counts towards the scores, and grade the observer's work."""
    response = lock_for_move(response_id, APPROVE, by=by, version=version)
    check_grade(grade)
    _decide(response, APPROVE, now=now or timezone.now(), verdict="", by=by)
    Grade(response=response, **{aspect: grade[aspect] for aspect in ASPECTS}).save(force_insert=True)
    grade_observer(response, by=by)
    return response


def check_grade(grade: Mapping[str, int]) -> None:
    """Say no to a grade that lacks an aspect or is outside the scale."""
    if any(not 0 <= grade.get(aspect, -1) <= BEST for aspect in ASPECTS):
        raise GradeIncomplete(_("Give a grade from 0 to 4 on each of the four aspects."))


def grade_observer(response: SurveyResponse, *, by: User) -> None:
    """Bring the internal score of the report's observer up to date with the latest grades."""
    settings = response.season.settings
    latest = Grade.objects.filter(response__observer=response.observer_id).order_by("-response__submitted_at")
    grades = list(latest.values(*ASPECTS)[: settings.graded_reports])
    set_internal_score(response.observer, score=internal_score(grades, weights=settings.grade_weights), by=by)


@transaction.atomic
def return_response(
    response_id: int,
    *,
    version: int | None = None,
    notes: Mapping[str, str],
    note: str = "",
    now: datetime | None = None,
    by: User,
) -> SurveyResponse:
    """Send a report back with what to mend or explain, per question (by code) and as a whole, and owe a mail."""
    response = lock_for_move(response_id, RETURN, by=by, version=version)
    asked = questionnaire_of(response.season).by_code
    rows = [
        ReviewNote(response=response, question=asked[code].question, text=text.strip(), written_by=by)
        for code, text in notes.items()
        if text.strip() and code in asked
    ]
    if note.strip():
        rows.append(ReviewNote(response=response, text=note.strip(), written_by=by))
    if not rows:
        raise NothingAsked(_("Write what the observer should mend or explain, at one question at least."))
    now = now or timezone.now()
    _decide(response, RETURN, now=now, verdict=note.strip(), by=by)
    for row in rows:
        row.written_at = now
    ReviewNote.objects.bulk_create(rows)
    _tell_observer(response, emails.returned(response))
    return response


@transaction.atomic
def reject_response(
    response_id: int, *, version: int | None = None, reason: str, now: datetime | None = None, by: User
) -> SurveyResponse:
    """Refuse a report for good; the contact is planned anew for somebody else."""
    if not reason.strip():
        raise NothingAsked(_("Write why the report is rejected; the observer sees it."))
    response = lock_for_move(response_id, REJECT, by=by, version=version)
    _decide(response, REJECT, now=now or timezone.now(), verdict=reason.strip(), by=by)
    contact_reopened.send(sender=Assignment, assignment=plan_again(response.assignment, by=by))
    _tell_observer(response, emails.rejected(response))
    return response


def _tell_observer(response: SurveyResponse, mail: tuple[str, str]) -> None:
    user = response.observer.user
    if user is not None:
        subject, body = mail
        owe_mail(organiser_id=response.season.organiser_id, to=user.email, subject=subject, body=body)
