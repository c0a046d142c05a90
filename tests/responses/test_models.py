from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from participants.models import Package
from responses.models import Answer, AttemptOutcome, ContactAttempt, Grade, SurveyResponse
from responses.workflow import ReportState
from tests.factories.accounts import UserFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import EnrolmentFactory, RepresentativeFactory
from tests.factories.questionnaires import QuestionFactory, season_with_battery
from tests.factories.responses import (
    STARTED,
    AnswerFactory,
    AnswerRevisionFactory,
    ContactAttemptFactory,
    GradeFactory,
    ReviewNoteFactory,
    SurveyResponseFactory,
    filled_response,
)

pytestmark = pytest.mark.django_db


# Who sees which reports


@pytest.fixture
def reports():
    """Give a report in every state, of one observer and one participant that bought its answers."""
    season = season_with_battery()
    enrolment = EnrolmentFactory(season=season, package=Package.SIMPLE)
    return {state: filled_response(state, season=season, enrolment=enrolment) for state in ReportState.values}


def seen_by(user):
    return sorted(SurveyResponse.objects.visible_to(user).values_list("state", flat=True))


@pytest.mark.parametrize("role", ["administrator", "manager"])
def test_staff_sees_every_report_of_its_organiser(role, reports):
    organiser = reports["draft"].season.organiser
    own, stranger = UserFactory(role=role, organiser=organiser), UserFactory(role=role)

    assert seen_by(own) == sorted(ReportState.values)
    assert seen_by(stranger) == []


def test_observer_sees_own_reports_alone(reports):
    other = ObserverFactory(organiser=reports["draft"].season.organiser)

    assert seen_by(reports["returned"].observer.user) == ["returned"]
    assert seen_by(other.user) == []


@pytest.mark.parametrize(
    ("package", "states"), [(Package.NONE, []), (Package.SIMPLE, ["approved"]), (Package.COMPETITOR, ["approved"])]
)
def test_participant_sees_approved_reports_if_it_bought_them(package, states, reports):
    enrolment = reports["approved"].enrolment
    enrolment.package = package
    enrolment.save()
    own, stranger = RepresentativeFactory(participant=enrolment.participant), RepresentativeFactory()

    assert seen_by(own.user) == states
    assert seen_by(stranger.user) == []


@pytest.mark.parametrize("role", ["administrator", "manager", "observer", "participant"])
def test_nobody_inactive_sees_a_report(role, reports):
    organiser = reports["draft"].season.organiser
    user = UserFactory(role=role, organiser=organiser, is_active=False)
    reports["draft"].observer.user = user
    reports["draft"].observer.save()
    RepresentativeFactory(user=user, participant=reports["approved"].enrolment.participant)

    assert seen_by(user) == []


def test_somebody_of_no_known_role_sees_no_report(reports):
    user = UserFactory.build(role="guest", organiser=reports["draft"].season.organiser)

    assert seen_by(user) == []


def test_approved_reports_are_those_that_count(reports):
    assert list(SurveyResponse.objects.approved()) == [reports["approved"]]


def test_review_starts_with_the_report_that_has_waited_longest():
    season = season_with_battery()
    waiting = [filled_response("submitted", season=season) for _ in range(3)]
    filled_response("returned", season=season)
    for response, hours in zip(waiting, (2, 3, 1), strict=True):
        SurveyResponse.objects.filter(pk=response.pk).update(submitted_at=STARTED - timedelta(hours=hours))

    assert list(SurveyResponse.objects.waiting_for_review()) == [waiting[1], waiting[0], waiting[2]]


# What the database keeps


def refused(change):
    with pytest.raises(IntegrityError), transaction.atomic():
        change()


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "lost"},
        {"state": "approved", "reviewed_at": None, "reviewed_by": None},
        {"state": "rejected", "reviewed_at": None, "reviewed_by": None},
        {"reviewed_at": None},
        {"reviewed_by": None},
        {"packed": None},
        {"submitted_at": None},
        {"is_answered": None},
        {"state": "submitted", "packed": None},
    ],
    ids=str,
)
def test_approved_report_has_all_that_it_counts_with(fields):
    response = filled_response("approved")

    refused(lambda: SurveyResponse.objects.filter(pk=response.pk).update(**fields))

    response.refresh_from_db()
    assert response.state == "approved"


def test_assignment_has_one_report_and_a_season_one_of_each_number():
    response = SurveyResponseFactory()

    refused(lambda: SurveyResponseFactory(assignment=response.assignment, code="another"))
    refused(lambda: SurveyResponseFactory(assignment__season=response.season, code=response.code))
    SurveyResponseFactory(code=response.code)

    assert SurveyResponse.objects.count() == 2


def test_submission_key_is_used_once():
    key = uuid4()
    SurveyResponseFactory(submission_key=key)

    refused(lambda: SurveyResponseFactory(submission_key=key))


@pytest.mark.parametrize(
    "fields",
    [
        {"answered_at": STARTED - timedelta(seconds=1), "outcome": AttemptOutcome.ANSWERED},
        {"outcome": AttemptOutcome.ANSWERED},
        {"answered_at": STARTED, "outcome": AttemptOutcome.RUNNING},
        {"answered_at": STARTED, "outcome": AttemptOutcome.NO_ANSWER},
    ],
    ids=str,
)
def test_attempt_is_answered_at_a_time_after_its_start_or_not_at_all(fields):
    response = SurveyResponseFactory()

    refused(lambda: ContactAttemptFactory(response=response, **fields))

    assert not ContactAttempt.objects.exists()


def test_attempts_of_a_report_have_numbers_of_their_own_and_stand_in_order():
    second = ContactAttemptFactory(number=2)
    first = ContactAttemptFactory(response=second.response, number=1)

    refused(lambda: ContactAttemptFactory(response=second.response, number=2))

    assert list(second.response.attempts.all()) == [first, second]


def test_question_is_answered_once_in_a_report_by_an_option_or_in_words():
    response = filled_response()
    chosen = response.answers.exclude(option=None).first()

    refused(lambda: AnswerFactory(response=response, question=chosen.question, text="Igjen"))
    refused(lambda: Answer.objects.filter(pk=chosen.pk).update(text="Begge deler"))


@pytest.mark.parametrize("aspect", ["content", "instructions", "language", "punctuality"])
@pytest.mark.parametrize("grade", [-1, 5])
def test_grade_lies_between_0_and_4(aspect, grade):
    given = GradeFactory()

    refused(lambda: Grade.objects.filter(pk=given.pk).update(**{aspect: grade}))
    assert Grade.objects.filter(pk=given.pk).update(**{aspect: 0}) == 1


# Names


def test_names():
    response = SurveyResponseFactory(code="K-00042")
    question = QuestionFactory()

    assert str(response) == "K-00042"
    assert str(ContactAttemptFactory(response=response, number=2)) == "K-00042 #2"
    assert str(AnswerFactory(response=response, question=question)) == f"K-00042 {question.pk}"
    assert str(AnswerRevisionFactory(response=response, question=question)) == f"K-00042 {question.pk}"
    assert str(ReviewNoteFactory(response=response, text="x" * 90)) == "x" * 80
    assert str(GradeFactory(response=response)) == "K-00042"
    assert response.started_at <= timezone.now()
