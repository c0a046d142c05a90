"""Submitting a report: complete, once, with its waiting outcome computed and its answers packed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assignments.services import finish_assignment
from assignments.workflow import AssignmentState
from ksp.accounts.models import AuditEvent, User
from ksp.lib.errors import DomainError
from ksp.lib.workflow import TransitionNotAllowed
from responses.models import Answer, AttemptOutcome, SurveyResponse
from responses.outcomes import outcome_of
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.packing import pack
from responses.questionnaires.selectors import AskedQuestion, Questionnaire, questionnaire_of
from responses.services.answering import store_values
from responses.services.locking import check_move, fetch_for_update, require_open_season
from responses.signals import response_moved
from responses.waiting import Outcome
from responses.workflow import SUBMIT


class ReportIncomplete(DomainError):
    """Something is missing; ``missing`` maps question codes to what to do about them."""

    code: ClassVar[str] = "report_incomplete"

    def __init__(self, message: str, *, missing: Mapping[str, str]) -> None:
        super().__init__(message)
        self.missing = dict(missing)


@transaction.atomic
def submit_response(
    response_id: int | UUID,
    *,
    key: UUID | None = None,
    values: Mapping[str, str] | None = None,
    bases: Mapping[str, int] | None = None,
    now: datetime,
    by: User,
) -> SurveyResponse:
    """Hand the report in; the same ``key`` again returns the first result.

    ``values`` are saved first, with ``bases`` as in ``save_answers``. An unanswered contact is complete
    with its attempts alone; otherwise every question of the method must be answered and every comment long enough.
    """
    response = fetch_for_update(response_id, "reviewed_by", "assignment__observer")
    if key is not None and response.submission_key == key and by.has_perm(SUBMIT.permission, response):
        return response
    check_move(response, SUBMIT, by=by)
    require_open_season(response)
    if response.assignment.state not in {AssignmentState.ACCEPTED, AssignmentState.DONE}:
        message = _("The assignment has been “%(state)s”. Ask your project manager.")
        raise TransitionNotAllowed(message % {"state": response.assignment.get_state_display()})
    questionnaire = questionnaire_of(response.season)
    outcome = _final_outcome(response, questionnaire, now=now)
    stored = {answer.question_id: answer for answer in response.answers.all()}
    store_values(response, stored, values or {}, bases=bases, now=now, by=by)
    sheet = Sheet(response, questionnaire, stored, outcome)
    sheet.check()
    sheet.store_waiting()
    _store(response, sheet, key=key, now=now)
    if response.assignment.state == AssignmentState.ACCEPTED:
        finish_assignment(response.assignment, by=by)
    AuditEvent.record(by, SUBMIT.verb, response)
    response_moved.send(sender=SurveyResponse, response=response, transition=SUBMIT)
    return response


def _final_outcome(response: SurveyResponse, questionnaire: Questionnaire, *, now: datetime) -> Outcome:
    attempts = list(response.attempts.all())
    outcome = outcome_of(response, attempts, now=now, questionnaire=questionnaire)
    if not outcome.is_final:
        message = _("The contact is not finished: an attempt is under way or still to be made.")
        raise ReportIncomplete(message, missing={})
    for attempt in attempts:
        if attempt.outcome == AttemptOutcome.RUNNING:
            attempt.outcome = AttemptOutcome.NO_ANSWER
            attempt.save(update_fields=["outcome"])
    return outcome


@dataclass
class Sheet:
    """The report with all that its completeness and its packed form rest on."""

    response: SurveyResponse
    questionnaire: Questionnaire
    stored: dict[int, Answer]
    outcome: Outcome

    def check(self) -> None:
        """Say what is missing, if anything is."""
        missing = missing_answers(self.response, self.questionnaire, self.stored) if self.outcome.is_answered else {}
        if missing:
            count = len(missing)
            message = ngettext(
                "%(count)s answer is missing. It is marked below.",
                "%(count)s answers are missing. They are marked below.",
                count,
            )
            raise ReportIncomplete(message % {"count": count}, missing=missing)

    def store_waiting(self) -> None:
        """Write the computed outcome as the answer to the waiting question; clear the rest if nobody answered."""
        if not self.outcome.is_answered and self.stored:
            self.response.answers.exclude(question__kind=QuestionKind.WAITING).delete()
            self.stored.clear()
        Answer.objects.bulk_create(
            [self.waiting_answer()],
            update_conflicts=True,
            unique_fields=["response", "question"],
            update_fields=["option"],
        )

    def waiting_answer(self) -> Answer:
        """Return the computed outcome as the answer to the waiting question, and count it among the rest."""
        asked = self.questionnaire.waiting_question(self.response.method)
        option = asked.option_by_code[self.outcome.option or ""]
        answer = Answer(response=self.response, question=asked.question, option=option)
        self.stored[asked.question.pk] = answer
        self.response.waiting_option = option
        return answer

    def packed(self) -> bytes:
        """Return the number of the chosen option for every question of the season."""
        return pack([self._number(asked) for asked in self.questionnaire.asked])

    def _number(self, asked: AskedQuestion) -> int | None:
        answer = self.stored.get(asked.question.pk)
        if answer is None or answer.option_id is None:
            return None
        return asked.number_by_option[answer.option_id]


def missing_answers(
    response: SurveyResponse, questionnaire: Questionnaire, stored: Mapping[int, Answer]
) -> dict[str, str]:
    """Return what is missing in an answered contact: question code to what to do, in the order of the form."""
    least = response.season.settings.least_comment_length
    missing: dict[str, str] = {}
    for asked in _to_answer(questionnaire.for_method(response.method)):
        answer = stored.get(asked.question.pk)
        if asked.question.kind == QuestionKind.COMMENT:
            length = len(answer.text) if answer else 0
            if length < least:
                missing[asked.question.code] = _("Write at least %(least)s characters.") % {"least": least}
        elif answer is None or answer.option_id is None:
            missing[asked.question.code] = _("Choose an answer.")
    return missing


def _to_answer(asked: Sequence[AskedQuestion]) -> list[AskedQuestion]:
    return [item for item in asked if item.question.kind != QuestionKind.WAITING]


def _store(response: SurveyResponse, sheet: Sheet, *, key: UUID | None, now: datetime) -> None:
    response.state = SUBMIT.target
    response.is_answered = sheet.outcome.is_answered
    response.packed = sheet.packed()
    response.submission_key = key
    response.submitted_at = now
    response.first_submitted_at = response.first_submitted_at or now
    response.version += 1
    response.save(
        update_fields=[
            "state",
            "is_answered",
            "packed",
            "submission_key",
            "submitted_at",
            "first_submitted_at",
            "version",
            "waiting_option",
        ]
    )
