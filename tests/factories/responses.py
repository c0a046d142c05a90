"""Reports in every state, with attempts and answers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from django.utils import timezone

from participants.models import Season
from responses.models import (
    Answer,
    AnswerRevision,
    AttemptOutcome,
    ContactAttempt,
    Grade,
    ReviewNote,
    SurveyResponse,
)
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.packing import pack
from responses.questionnaires.selectors import questionnaire_of
from responses.workflow import ReportState
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.questionnaires import season_with_battery

STARTED = datetime(2021, 12, 1, 12, 0, tzinfo=UTC)


class SurveyResponseFactory(factory.django.DjangoModelFactory):
    """A draft without answers; see ``filled_response`` for whole ones."""

    class Meta:
        model = SurveyResponse

    assignment = factory.SubFactory(AssignmentFactory, accepted=True)
    season = factory.SelfAttribute("assignment.season")
    enrolment = factory.SelfAttribute("assignment.enrolment")
    observer = factory.SelfAttribute("assignment.observer")
    code = factory.SelfAttribute("assignment.code")
    method = factory.SelfAttribute("assignment.method")
    week = factory.SelfAttribute("assignment.week")


class ContactAttemptFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContactAttempt

    response = factory.SubFactory(SurveyResponseFactory)
    number = 1
    started_at = STARTED


class AnswerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Answer

    response = factory.SubFactory(SurveyResponseFactory)
    question = None


class AnswerRevisionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AnswerRevision

    response = factory.SubFactory(SurveyResponseFactory)
    question = None
    changed_by = factory.SelfAttribute("response.observer.user")


class ReviewNoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReviewNote

    response = factory.SubFactory(SurveyResponseFactory)
    text = "Kan du forklare?"
    written_by = factory.SubFactory(
        UserFactory, manager=True, organiser=factory.SelfAttribute("..response.season.organiser")
    )


class GradeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Grade

    response = factory.SubFactory(SurveyResponseFactory)
    content = 3
    instructions = 4
    language = 3
    punctuality = 4


def filled_response(
    state: str = ReportState.DRAFT,
    *,
    season: Season | None = None,
    choose: dict[str, str] | None = None,
    answered: bool = True,
    **assignment: Any,
) -> SurveyResponse:
    """Return a report with every answer: each question's first option unless ``choose`` says another by code.

    An unanswered contact has two attempts and score 0. A draft has everything but its submission.
    """
    season = season or season_with_battery()
    is_open = state == ReportState.DRAFT
    assignment = AssignmentFactory(season=season, **({"accepted": True} if is_open else {"done": True}), **assignment)
    response = SurveyResponseFactory(assignment=assignment)
    _add_attempts(response, answered=answered)
    numbers = _add_answers(response, choose or {}, answered=answered)
    if is_open:
        return response
    response.state, response.is_answered = state, answered
    response.packed = pack(numbers)
    response.submitted_at = response.first_submitted_at = STARTED + timedelta(hours=2)
    response.waiting_option = response.answers.get(question__kind=QuestionKind.WAITING).option
    if state in {ReportState.APPROVED, ReportState.REJECTED, ReportState.RETURNED}:
        response.reviewed_at = timezone.now()
        response.reviewed_by = UserFactory(manager=True, organiser=season.organiser)
    response.save()
    if state == ReportState.APPROVED:
        GradeFactory(response=response)
    return response


def _add_attempts(response: SurveyResponse, *, answered: bool) -> None:
    if answered:
        ContactAttemptFactory(
            response=response, answered_at=STARTED + timedelta(seconds=20), outcome=AttemptOutcome.ANSWERED
        )
        return
    for number in (1, 2):
        started = STARTED + timedelta(days=number - 1)
        ContactAttemptFactory(
            response=response,
            number=number,
            started_at=started,
            ended_at=started + timedelta(minutes=5),
            outcome=AttemptOutcome.NO_ANSWER,
        )


def _add_answers(response: SurveyResponse, choose: dict[str, str], *, answered: bool) -> list[int | None]:
    numbers: list[int | None] = []
    rows = []
    for asked in questionnaire_of(response.season).asked:
        kind, code = asked.question.kind, asked.question.code
        number = None
        if response.method in asked.question.methods and (answered or kind == QuestionKind.WAITING):
            if kind == QuestionKind.COMMENT:
                rows.append(Answer(response=response, question=asked.question, text="Hun var hyggelig og tydelig." * 3))
            else:
                wanted = choose.get(code, "none" if kind == QuestionKind.WAITING and not answered else None)
                option = asked.option_by_code[wanted] if wanted else asked.options[0]
                number = asked.number_by_option[option.pk]
                rows.append(Answer(response=response, question=asked.question, option=option))
        numbers.append(number)
    Answer.objects.bulk_create(rows)
    return numbers
