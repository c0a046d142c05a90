from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from assignments.models import Assignment
from assignments.signals import assignment_changed
from ksp.accounts.models import AuditEvent
from ksp.lib.workflow import TransitionNotAllowed
from observers.models import Observer
from responses.batches import Approval, MadeContact, approve_responses, record_contacts
from responses.models import Answer, AnswerRevision, ContactAttempt, Grade, SurveyResponse
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.selectors import questionnaire_of
from responses.services import (
    AttemptRefused,
    ReportIncomplete,
    SeasonNotOpen,
    UnknownAnswer,
    approve_response,
    end_attempt,
    start_attempt,
    start_contact,
    submit_response,
)
from responses.services.reviewing import GradeIncomplete
from responses.signals import response_moved
from responses.waiting import Attempt
from scoring.models import RecomputeOwed
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response

pytestmark = pytest.mark.django_db
STARTED = datetime(2021, 12, 1, 9, 30, tzinfo=UTC)
ANSWERED = STARTED + timedelta(seconds=25)
SUBMITTED = STARTED + timedelta(hours=2)
NOW = datetime(2021, 12, 6, 12, tzinfo=UTC)
GRADE = {"content": 3, "instructions": 4, "language": 2, "punctuality": 4}
COMMENT = "Hun var hyggelig og tydelig fra første stund."


@pytest.fixture
def season():
    return season_with_battery()


def accepted(season, method="phone"):
    return AssignmentFactory(season=season, accepted=True, method=method)


def answers(season, method="phone"):
    return {
        item.question.code: COMMENT if item.question.kind == QuestionKind.COMMENT else item.options[0].code
        for item in questionnaire_of(season).for_method(method)
        if item.question.kind != QuestionKind.WAITING
    }


def made(assignment, **fields):
    usual = {
        "assignment_id": assignment.pk,
        "by": assignment.observer.user,
        "started_at": STARTED,
        "attempts": [Attempt(1, STARTED, ANSWERED)],
        "values": answers(assignment.season, assignment.method),
        "submitted_at": SUBMITTED,
        "now": NOW,
    }
    return MadeContact(**{**usual, **fields})


UNANSWERED = [
    Attempt(1, STARTED, None, STARTED + timedelta(minutes=6)),
    Attempt(2, STARTED + timedelta(days=1), None, STARTED + timedelta(days=1, minutes=6)),
]


def one_by_one(contact):
    """Make the same contact as an observer does on the page."""
    response = start_contact(contact.assignment_id, by=contact.by)
    for attempt in contact.attempts:
        begun = start_attempt(response.pk, started_at=attempt.started_at, now=attempt.started_at, by=contact.by)
        ended_at = attempt.answered_at or attempt.ended_at
        end_attempt(begun.pk, answered_at=attempt.answered_at, ended_at=attempt.ended_at, now=ended_at, by=contact.by)
    return submit_response(response.pk, values=contact.values, now=contact.submitted_at, by=contact.by)


def traces(response):
    """Give everything that is stored about one report, without keys and names."""
    stored = SurveyResponse.objects.get(pk=response.pk)
    questions = {item.question.pk: item.question.code for item in questionnaire_of(stored.season).asked}
    return {
        "report": {
            name: getattr(stored, name)
            for name in ("state", "version", "is_answered", "submitted_at", "first_submitted_at", "method", "week")
        },
        "packed": bytes(stored.packed),
        "waiting": stored.waiting_option.code,
        "assignment": stored.assignment.state,
        "attempts": list(
            ContactAttempt.objects.filter(response=stored).values_list(
                "number", "started_at", "answered_at", "ended_at", "outcome", "is_typed"
            )
        ),
        "answers": {
            questions[row.question_id]: (row.option_id, row.text, row.version)
            for row in Answer.objects.filter(response=stored)
        },
        "revisions": Counter(
            (
                questions[row.question_id],
                (row.old_option_id, row.new_option_id, row.old_text, row.new_text),
                (row.changed_at, row.changed_by_id == stored.observer.user_id, row.after_submission, row.reason),
            )
            for row in AnswerRevision.objects.filter(response=stored)
        ),
        "events": Counter(
            (event.verb, str(event.detail), event.actor_id == stored.observer.user_id)
            for event in AuditEvent.objects.filter(target_key=str(stored.pk), target_type="responses.surveyresponse")
        ),
    }


@pytest.mark.parametrize("method", ["phone", "email", "chat", "messenger"])
def test_answered_contact_leaves_the_same_traces_as_when_it_is_made_step_by_step(season, method):
    together, alone = accepted(season, method), accepted(season, method)

    (response,) = record_contacts([made(together)])

    assert traces(response) == traces(one_by_one(made(alone)))


def test_unanswered_contact_leaves_the_same_traces_too(season):
    together, alone = accepted(season), accepted(season)
    late = SUBMITTED + timedelta(days=1)

    (response,) = record_contacts([made(together, attempts=UNANSWERED, values={}, submitted_at=late)])

    expected = one_by_one(made(alone, attempts=UNANSWERED, values={}, submitted_at=late))
    assert traces(response) == traces(expected)
    assert (response.is_answered, response.waiting_option.code) == (False, "none")


def test_answers_of_a_contact_that_nobody_answered_are_dropped(season):
    (response,) = record_contacts(
        [made(accepted(season), attempts=UNANSWERED, submitted_at=SUBMITTED + timedelta(days=1))]
    )

    assert list(response.answers.values_list("question__kind", flat=True)) == ["waiting"]


def test_both_moves_are_announced_for_every_report(season):
    rows = [accepted(season), accepted(season)]
    heard = []

    def listen(transition, **_signal):
        heard.append(transition.verb)

    for signal in (assignment_changed, response_moved):
        signal.connect(listen)
    try:
        record_contacts([made(row) for row in rows])
    finally:
        for signal in (assignment_changed, response_moved):
            signal.disconnect(listen)

    assert Counter(heard) == {"assignment.done": 2, "response.submitted": 2}


def test_contact_without_submission_is_a_draft_with_what_is_there_so_far(season):
    row = accepted(season)
    values = dict(list(answers(season).items())[:5])

    (response,) = record_contacts([made(row, values=values, submitted_at=None)])

    row.refresh_from_db()
    assert (response.state, response.is_answered, response.packed, row.state) == ("draft", True, None, "accepted")
    assert response.answers.count() == response.revisions.count() == 5
    assert response.started_at == STARTED


def test_attempt_under_way_is_kept_as_such(season):
    running = [Attempt(1, NOW - timedelta(minutes=2))]

    (response,) = record_contacts([made(accepted(season), attempts=running, values={}, submitted_at=None)])

    assert list(response.attempts.values_list("outcome", flat=True)) == ["running"]
    assert response.is_answered is None


REFUSED = {
    "on a Sunday": ({"attempts": [Attempt(1, datetime(2021, 12, 5, 10, tzinfo=UTC))]}, AttemptRefused),
    "in the evening": ({"attempts": [Attempt(1, datetime(2021, 12, 1, 18, tzinfo=UTC))]}, AttemptRefused),
    "in the future": ({"attempts": [Attempt(1, NOW + timedelta(days=1))]}, AttemptRefused),
    "a third attempt": ({"attempts": [*UNANSWERED, Attempt(3, STARTED + timedelta(days=2))]}, AttemptRefused),
    "twice a day": ({"attempts": [UNANSWERED[0], Attempt(2, STARTED + timedelta(hours=1))]}, AttemptRefused),
    "one attempt in vain": ({"attempts": UNANSWERED[:1]}, ReportIncomplete),
    "an answer missing": ({"values": {"agent_needs": "one"}}, ReportIncomplete),
    "an unknown question": ({"values": {"no_such": "yes"}}, UnknownAnswer),
    "an unknown option": ({"values": {"agent_needs": "perhaps"}}, UnknownAnswer),
    "the waiting question": ({"values": {"waiting_phone": "a1_30"}}, UnknownAnswer),
}


@pytest.mark.parametrize(("fields", "error"), REFUSED.values(), ids=REFUSED.keys())
def test_broken_rule_stops_the_whole_batch(season, fields, error):
    fine, broken = accepted(season), accepted(season)

    with pytest.raises(error):
        record_contacts([made(fine), made(broken, **fields)])

    assert SurveyResponse.objects.count() == 0
    assert set(Assignment.objects.values_list("state", flat=True)) == {"accepted"}


@pytest.mark.parametrize("state", ["offered", "done"])
def test_only_accepted_contacts_are_made(season, state):
    row = AssignmentFactory(season=season, **{state: True})

    with pytest.raises(TransitionNotAllowed):
        record_contacts([made(row)])

    assert SurveyResponse.objects.count() == 0


@pytest.mark.parametrize("state", ["paused", "closed", "published"])
def test_nothing_is_recorded_while_the_season_is_not_open(state):
    row = accepted(season_with_battery(state))

    with pytest.raises(SeasonNotOpen):
        record_contacts([made(row)])

    assert SurveyResponse.objects.count() == 0


def test_nobody_reports_for_another(season):
    own, other = accepted(season), accepted(season)
    manager = UserFactory(manager=True, organiser=season.organiser)

    for person in (other.observer.user, manager):
        with pytest.raises(PermissionDenied):
            record_contacts([made(own, by=person)])

    assert SurveyResponse.objects.count() == 0


def approval(response, manager, **fields):
    return Approval(**{"response_id": response.pk, "grade": GRADE, "now": NOW, "by": manager, **fields})


def test_approving_together_leaves_the_same_traces_as_one_by_one(season):
    manager = UserFactory(manager=True, organiser=season.organiser)
    together, alone = (filled_response("submitted", season=season) for _ in range(2))

    approve_responses([approval(together, manager)])
    approve_response(alone.pk, grade=GRADE, now=NOW, by=manager)

    fields = ("state", "reviewed_at", "reviewed_by_id", "verdict", "version")
    first, second = (SurveyResponse.objects.values(*fields).get(pk=item.pk) for item in (together, alone))
    grades = [Grade.objects.values("content", "punctuality").get(pk=item.pk) for item in (together, alone)]
    scores = [Observer.objects.get(pk=item.observer_id).internal_score for item in (together, alone)]
    assert first == second
    assert first == {"state": "approved", "reviewed_at": NOW, "reviewed_by_id": manager.pk, "verdict": "", "version": 2}
    assert grades[0] == grades[1] == {"content": 3, "punctuality": 4}
    assert scores[0] == scores[1] is not None
    assert Counter(AuditEvent.objects.values_list("verb", flat=True))["response.approved"] == 2
    assert Counter(RecomputeOwed.objects.values_list("enrolment_id", flat=True)) == {
        together.enrolment_id: 1,
        alone.enrolment_id: 1,
    }


def test_each_report_is_approved_by_its_manager_at_its_time(season):
    people = [UserFactory(manager=True, organiser=season.organiser) for _ in range(2)]
    reports = [filled_response("submitted", season=season) for _ in range(3)]
    times = [NOW + timedelta(hours=hour) for hour in range(3)]
    owners = [people[0], people[1], people[0]]

    approve_responses([approval(item, by, now=when) for item, by, when in zip(reports, owners, times, strict=True)])

    stored = SurveyResponse.objects.order_by("pk").values_list("reviewed_by_id", "reviewed_at")
    assert list(stored) == [(by.pk, when) for by, when in zip(owners, times, strict=True)]


def test_internal_score_counts_all_that_was_approved_together(season):
    manager = UserFactory(manager=True, organiser=season.organiser)
    first = filled_response("submitted", season=season)
    second = filled_response("submitted", season=season, observer=first.observer)
    perfect, worst = dict.fromkeys(GRADE, 4), dict.fromkeys(GRADE, 0)

    approve_responses([approval(first, manager, grade=perfect), approval(second, manager, grade=worst)])

    assert Observer.objects.get(pk=first.observer_id).internal_score == 50


def test_report_that_cannot_be_approved_stops_the_whole_batch(season):
    manager = UserFactory(manager=True, organiser=season.organiser)
    fine, returned = filled_response("submitted", season=season), filled_response("returned", season=season)

    with pytest.raises(TransitionNotAllowed):
        approve_responses([approval(fine, manager), approval(returned, manager)])
    with pytest.raises(GradeIncomplete):
        approve_responses([approval(fine, manager, grade={**GRADE, "content": 5})])
    with pytest.raises(PermissionDenied):
        approve_responses([approval(fine, fine.observer.user)])

    assert sorted(SurveyResponse.objects.values_list("state", flat=True)) == ["returned", "submitted"]
    assert Grade.objects.count() == 0


def test_queries_do_not_grow_with_the_number_of_contacts(season, count_queries):
    one, three = [made(accepted(season))], [made(accepted(season)) for _ in range(3)]

    with count_queries() as for_one:
        record_contacts(one)
    with count_queries() as for_three:
        record_contacts(three)

    # Answers and their history are copied, which only one of the databases counts as queries.
    assert [len([sql for sql in queries if "responses_answer" not in sql]) for queries in (for_one, for_three)] == [
        5,
        5,
    ]
