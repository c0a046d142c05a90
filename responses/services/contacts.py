"""Making the contact: the report is begun, attempts are started, answered, given up, corrected."""

from datetime import datetime
from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assignments.models import Assignment
from assignments.services import ClassPaused
from assignments.workflow import AssignmentState
from ksp.accounts.models import AuditEvent, User
from ksp.lib.errors import DomainError
from ksp.lib.workflow import TransitionNotAllowed
from responses.models import AttemptOutcome, ContactAttempt, SurveyResponse
from responses.outcomes import outcome_of, problems_of
from responses.services.locking import lock_for_writing, require_open_season
from responses.waiting import Problem, Reason

SENTENCES = {
    Problem.IN_FUTURE: gettext_lazy("The time lies in the future. Write when it really happened."),
    Problem.ANSWERED_BEFORE_STARTED: gettext_lazy("The answer comes before the start. Check both times."),
    Problem.ENDED_BEFORE_STARTED: gettext_lazy("The end comes before the start. Check both times."),
    Problem.WEEKEND: gettext_lazy("Contacts are made Monday to Friday. Choose a weekday."),
    Problem.HOLIDAY: gettext_lazy("This day is a public holiday. Choose a working day."),
    Problem.OUTSIDE_HOURS: gettext_lazy("Contacts are made between 09.00 and 15.00. Choose a time within these hours."),
    Problem.EMAIL_AFTER_NOON: gettext_lazy("E-mail and contact forms are sent before 12.00. Send it another day."),
    Problem.TOO_MANY_ATTEMPTS: gettext_lazy("There are no more attempts for this contact."),
    Problem.SECOND_SAME_DAY: gettext_lazy("The second attempt is made on another day than the first."),
}


class AttemptRefused(DomainError):
    """The times of an attempt break a rule, or this is not the moment for one."""

    code: ClassVar[str] = "attempt_refused"


@transaction.atomic
def start_contact(assignment_id: int, *, by: User) -> SurveyResponse:
    """Return the report of an accepted assignment, begun now if it was not; a double tap begins one."""
    rows = Assignment.objects.select_for_update(of=("self",)).select_related(
        "season", "observer", "enrolment__award_class"
    )
    assignment = rows.get(pk=assignment_id)
    if not by.has_perm("assignments.answer_assignment", assignment) or assignment.observer is None:
        raise PermissionDenied
    found = SurveyResponse.objects.filter(assignment=assignment).first()
    if found is not None:
        return found
    if assignment.state != AssignmentState.ACCEPTED:
        message = _("This assignment is “%(state)s”. Accept it before you start.")
        raise TransitionNotAllowed(message % {"state": assignment.get_state_display()})
    if assignment.enrolment.award_class.paused_at is not None:
        message = _("The class “%(name)s” is paused. Wait until it goes on before you make the contact.")
        raise ClassPaused(message % {"name": assignment.enrolment.award_class})
    response = SurveyResponse(
        assignment=assignment,
        season=assignment.season,
        enrolment_id=assignment.enrolment_id,
        observer=assignment.observer,
        code=assignment.code,
        method=assignment.method,
        week=assignment.week,
    )
    require_open_season(response)
    response.save(force_insert=True)
    AuditEvent.record(by, "response.started", response)
    return response


@transaction.atomic
def start_attempt(response_id: int, *, started_at: datetime, now: datetime, by: User) -> ContactAttempt:
    """Begin an attempt at ``started_at``: now, or a time typed afterwards."""
    response = lock_for_writing(response_id, by=by)
    require_open_season(response)
    earlier = list(response.attempts.all())
    _check_moment(response, earlier, now=now)
    attempt = ContactAttempt(
        response=response, number=len(earlier) + 1, started_at=started_at, is_typed=started_at != now
    )
    check_times(response, attempt, earlier=earlier, now=now)
    attempt.save(force_insert=True)
    AuditEvent.record(by, "attempt.started", response, number=attempt.number, started_at=started_at.isoformat())
    return attempt


def _check_moment(response: SurveyResponse, earlier: list[ContactAttempt], *, now: datetime) -> None:
    """Say no unless the first, or a needed second, attempt is what comes next."""
    reason = outcome_of(response, earlier, now=now).reason
    if reason not in {Reason.NOT_STARTED, Reason.SECOND_ATTEMPT}:
        raise AttemptRefused(_("No further attempt is needed now. Reload the page to see how the contact stands."))


def check_times(
    response: SurveyResponse, attempt: ContactAttempt, *, earlier: list[ContactAttempt], now: datetime
) -> None:
    """Say which rules the times of an attempt break, if any."""
    problems = problems_of(response, attempt, earlier=earlier, now=now)
    if problems:
        raise AttemptRefused(" ".join(str(SENTENCES[problem]) for problem in problems))


@transaction.atomic
def end_attempt(
    attempt_id: int, *, answered_at: datetime | None, ended_at: datetime | None, now: datetime, by: User
) -> ContactAttempt:
    """Write down when the running attempt was answered, or when the observer gave up."""
    attempt, earlier, response = _open_attempt(attempt_id, by=by)
    if attempt.outcome != AttemptOutcome.RUNNING:
        return attempt
    return _store_end(attempt, earlier, response, answered_at=answered_at, ended_at=ended_at, now=now, by=by)


@transaction.atomic
def register_attempt(
    response_id: int,
    *,
    started_at: datetime,
    answered_at: datetime | None,
    ended_at: datetime | None,
    now: datetime,
    by: User,
) -> ContactAttempt:
    """Write down an attempt that was made without the timer, with the times that were typed."""
    attempt = start_attempt(response_id, started_at=started_at, now=now, by=by)
    if answered_at is None and ended_at is None:
        return attempt
    return end_attempt(attempt.pk, answered_at=answered_at, ended_at=ended_at, now=now, by=by)


@transaction.atomic
def correct_attempt(
    attempt_id: int,
    *,
    started_at: datetime,
    answered_at: datetime | None,
    ended_at: datetime | None,
    now: datetime,
    by: User,
) -> ContactAttempt:
    """Correct the times of the latest attempt; the outcome is computed anew and the old times are recorded."""
    attempt, earlier, response = _open_attempt(attempt_id, by=by)
    if response.attempts.filter(number__gt=attempt.number).exists():
        raise AttemptRefused(_("Only the latest attempt can be corrected."))
    before = {"started_at": attempt.started_at.isoformat(), "answered_at": str(attempt.answered_at or "")}
    attempt.started_at, attempt.is_typed = started_at, True
    AuditEvent.record(by, "attempt.corrected", response, number=attempt.number, before=before)
    return _store_end(attempt, earlier, response, answered_at=answered_at, ended_at=ended_at, now=now, by=by)


def _open_attempt(attempt_id: int, *, by: User) -> tuple[ContactAttempt, list[ContactAttempt], SurveyResponse]:
    attempt = ContactAttempt.objects.get(pk=attempt_id)
    response = lock_for_writing(attempt.response_id, by=by)
    attempts = list(response.attempts.all())
    attempt = next(item for item in attempts if item.pk == attempt_id)
    return attempt, [item for item in attempts if item.number < attempt.number], response


def _store_end(  # noqa: PLR0913 -- the times, the people and the context of one attempt
    attempt: ContactAttempt,
    earlier: list[ContactAttempt],
    response: SurveyResponse,
    *,
    answered_at: datetime | None,
    ended_at: datetime | None,
    now: datetime,
    by: User,
) -> ContactAttempt:
    attempt.answered_at, attempt.ended_at = answered_at, ended_at
    attempt.outcome = ending_of(attempt)
    check_times(response, attempt, earlier=earlier, now=now)
    attempt.save()
    outcome = outcome_of(response, [*earlier, attempt], now=now)
    response.is_answered = outcome.is_answered if outcome.is_final else None
    response.save(update_fields=["is_answered"])
    AuditEvent.record(by, "attempt.ended", response, number=attempt.number, outcome=attempt.outcome)
    return attempt


def ending_of(attempt: ContactAttempt) -> str:
    """Return how the attempt ended, by its times."""
    if attempt.answered_at is not None:
        return AttemptOutcome.ANSWERED
    return AttemptOutcome.NO_ANSWER if attempt.ended_at is not None else AttemptOutcome.RUNNING
