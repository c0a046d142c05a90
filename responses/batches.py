"""Many contacts and reviews at once: the same checks and records as one by one, in few statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from assignments.models import Assignment
from assignments.signals import assignment_changed
from assignments.workflow import FINISH, AssignmentState
from ksp.accounts.models import AuditEvent, User
from ksp.lib.copying import Value, copy_rows
from ksp.lib.workflow import TransitionNotAllowed
from responses.models import Answer, AnswerRevision, AttemptOutcome, ContactAttempt, Grade, SurveyResponse
from responses.outcomes import outcome_of
from responses.questionnaires.selectors import questionnaire_of
from responses.services.answering import asked_question, read_value
from responses.services.contacts import check_times, ending_of
from responses.services.locking import check_move, require_open_season
from responses.services.reviewing import check_grade, grade_observer
from responses.services.submission import ReportIncomplete, Sheet
from responses.signals import response_moved
from responses.waiting import Attempt
from responses.workflow import APPROVE, SUBMIT

BATCH = 500
ANSWER_COLUMNS = ("response_id", "question_id", "option_id", "text", "version")
REVISION_COLUMNS = (
    "response_id",
    "question_id",
    "old_option_id",
    "new_option_id",
    "old_text",
    "new_text",
    "changed_at",
    "changed_by_id",
    "after_submission",
    "reason",
)


@dataclass(frozen=True, kw_only=True)
class MadeContact:
    """One contact as its observer made it: when it was begun, what the attempts gave, what the report says.

    Without ``submitted_at`` it is a draft, as it stands at ``now``.
    """

    assignment_id: int
    by: User
    started_at: datetime
    attempts: Sequence[Attempt]
    values: Mapping[str, str]
    submitted_at: datetime | None
    now: datetime


@dataclass
class _Report:
    """One report on its way into the database, with everything that belongs to it."""

    made: MadeContact
    response: SurveyResponse
    attempts: list[ContactAttempt] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    waiting: list[Answer] = field(default_factory=list)


@transaction.atomic
def record_contacts(contacts: Sequence[MadeContact]) -> list[SurveyResponse]:
    """Begin the report of each accepted contact, with its attempts and answers, and submit those that are finished.

    Every rule for attempts, answers and complete reports holds; one that is broken stops all.
    """
    made = {contact.assignment_id: contact for contact in contacts}
    rows = Assignment.objects.select_for_update(of=("self",)).filter(pk__in=list(made)).order_by("pk")
    reports = [_begin(made[item.pk], item) for item in rows.select_related("season", "observer__user")]
    for report in reports:
        _fill(report)
    SurveyResponse.objects.bulk_create([report.response for report in reports], batch_size=BATCH)
    ContactAttempt.objects.bulk_create((item for report in reports for item in report.attempts), batch_size=BATCH)
    copy_rows(Answer, ANSWER_COLUMNS, _answer_rows(reports))
    copy_rows(AnswerRevision, REVISION_COLUMNS, _revision_rows(reports))
    _finish([report for report in reports if report.made.submitted_at is not None])
    AuditEvent.objects.bulk_create((event for report in reports for event in _events(report)), batch_size=BATCH)
    return [report.response for report in reports]


def _begin(made: MadeContact, assignment: Assignment) -> _Report:
    """Return the report of an accepted contact, or say why it cannot be begun."""
    if not made.by.has_perm("assignments.answer_assignment", assignment) or assignment.observer is None:
        raise PermissionDenied
    if assignment.state != AssignmentState.ACCEPTED:
        message = _("This assignment is “%(state)s”. Accept it before you start.")
        raise TransitionNotAllowed(message % {"state": assignment.get_state_display()})
    response = SurveyResponse(
        assignment=assignment,
        season=assignment.season,
        enrolment_id=assignment.enrolment_id,
        observer=assignment.observer,
        code=assignment.code,
        method=assignment.method,
        week=assignment.week,
        started_at=made.started_at,
    )
    require_open_season(response)
    return _Report(made, response)


def _fill(report: _Report) -> None:
    """Add attempts and answers, and the submission if there is one."""
    made, response = report.made, report.response
    questionnaire = questionnaire_of(response.season)
    for attempt in made.attempts:
        report.attempts.append(_attempt(report, attempt))
    for code, value in made.values.items():
        answer = read_value(asked_question(response, code), value)
        answer.response, answer.version = response, 1
        report.answers.append(answer)
    outcome = outcome_of(response, report.attempts, now=made.submitted_at or made.now, questionnaire=questionnaire)
    response.is_answered = outcome.is_answered if outcome.is_final else None
    if made.submitted_at is None:
        return
    if not outcome.is_final:
        message = _("The contact is not finished: an attempt is under way or still to be made.")
        raise ReportIncomplete(message, missing={})
    stored = {answer.question_id: answer for answer in report.answers} if outcome.is_answered else {}
    sheet = Sheet(response, questionnaire, stored, outcome)
    sheet.check()
    report.answers = list(stored.values())
    report.waiting = [sheet.waiting_answer()]
    _submit(report, sheet.packed(), made.submitted_at)


def _attempt(report: _Report, plain: Attempt) -> ContactAttempt:
    attempt = ContactAttempt(
        response=report.response,
        number=plain.number,
        started_at=plain.started_at,
        answered_at=plain.answered_at,
        ended_at=plain.ended_at,
    )
    attempt.outcome = ending_of(attempt)
    check_times(report.response, attempt, earlier=report.attempts, now=report.made.now)
    return attempt


def _submit(report: _Report, packed: bytes, submitted_at: datetime) -> None:
    response = report.response
    for attempt in report.attempts:
        if attempt.outcome == AttemptOutcome.RUNNING:
            attempt.outcome = AttemptOutcome.NO_ANSWER
    response.state, response.packed = SUBMIT.target, packed
    response.submitted_at = response.first_submitted_at = submitted_at
    response.version += 1


def _answer_rows(reports: Iterable[_Report]) -> Iterable[Sequence[Value]]:
    for report in reports:
        for answer in (*report.answers, *report.waiting):
            yield report.response.pk, answer.question_id, answer.option_id, answer.text, answer.version


def _revision_rows(reports: Iterable[_Report]) -> Iterable[Sequence[Value]]:
    """What the history keeps of each answer that the observer gave; the computed one has none."""
    for report in reports:
        made = report.made
        at = str(connection.ops.adapt_datetimefield_value(made.submitted_at or made.now))
        for answer in report.answers:
            head = (report.response.pk, answer.question_id, None, answer.option_id)
            yield (*head, "", answer.text, at, made.by.pk, 0, "")


def _finish(reports: Sequence[_Report]) -> None:
    """End the assignments of submitted reports, and announce both."""
    done = [report.response.assignment for report in reports]
    Assignment.objects.filter(pk__in=[item.pk for item in done]).update(state=FINISH.target)
    for report in reports:
        assignment = report.response.assignment
        assignment.state = FINISH.target
        assignment_changed.send(sender=Assignment, assignment=assignment, transition=FINISH)
        response_moved.send(sender=SurveyResponse, response=report.response, transition=SUBMIT)


def _events(report: _Report) -> Iterable[AuditEvent]:
    """What the audit trail says of one contact."""
    by, response = report.made.by, report.response
    yield AuditEvent.of(by, "response.started", response)
    for attempt in report.attempts:
        started_at = attempt.started_at.isoformat()
        yield AuditEvent.of(by, "attempt.started", response, number=attempt.number, started_at=started_at)
        if attempt.outcome != AttemptOutcome.RUNNING:
            yield AuditEvent.of(by, "attempt.ended", response, number=attempt.number, outcome=attempt.outcome)
    if report.made.submitted_at is not None:
        yield AuditEvent.of(by, SUBMIT.verb, response)


@dataclass(frozen=True, kw_only=True)
class Approval:
    """One submitted report that a manager accepts, with the grade of the observer's work."""

    response_id: int
    grade: Mapping[str, int]
    now: datetime
    by: User


@transaction.atomic
def approve_responses(approvals: Sequence[Approval]) -> list[SurveyResponse]:
    """Accept submitted reports, so that they count, and bring their observers' internal scores up to date."""
    by_report = {approval.response_id: approval for approval in approvals}
    rows = SurveyResponse.objects.select_for_update(of=("self",)).filter(pk__in=list(by_report)).order_by("pk")
    responses = list(rows.select_related("season", "observer__user").defer("packed", "season__manual"))
    for response in responses:
        approval = by_report[response.pk]
        check_move(response, APPROVE, by=approval.by)
        check_grade(approval.grade)
        response.state, response.verdict = APPROVE.target, ""
        response.reviewed_at, response.reviewed_by = approval.now, approval.by
        response.version += 1
    _store_approvals(responses)
    moves = [(response, by_report[response.pk]) for response in responses]
    Grade.objects.bulk_create((_grade(response, approval) for response, approval in moves), batch_size=BATCH)
    AuditEvent.objects.bulk_create(
        (AuditEvent.of(approval.by, APPROVE.verb, response) for response, approval in moves), batch_size=BATCH
    )
    for response in responses:
        response_moved.send(sender=SurveyResponse, response=response, transition=APPROVE)
    for response, approval in {response.observer_id: (response, approval) for response, approval in moves}.values():
        grade_observer(response, by=approval.by)
    return responses


def _store_approvals(responses: Sequence[SurveyResponse]) -> None:
    """Write who approved, then what all have in common and when: no report is approved without its person."""
    by_person: dict[int, list[int]] = {}
    for response in responses:
        by_person.setdefault(response.reviewed_by_id or 0, []).append(response.pk)
    for person, keys in by_person.items():
        SurveyResponse.objects.filter(pk__in=keys).update(
            state=APPROVE.target,
            verdict="",
            version=F("version") + 1,
            reviewed_by=person,
            reviewed_at=next(item.reviewed_at for item in responses if item.pk == keys[0]),
        )
    SurveyResponse.objects.bulk_update(responses, ["reviewed_at"], batch_size=BATCH)


def _grade(response: SurveyResponse, approval: Approval) -> Grade:
    fields: dict[str, Any] = dict(approval.grade)
    return Grade(response=response, **fields)
