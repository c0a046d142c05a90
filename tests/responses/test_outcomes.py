from datetime import UTC, datetime, time, timedelta

import pytest

from participants.season_settings import SeasonSettings
from responses.outcomes import outcome_of, plain_attempt, problems_of, waiting_rules
from responses.questionnaires.selectors import questionnaire_of
from responses.waiting import Attempt, Problem, Reason, WaitingRules
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import STARTED, ContactAttemptFactory, filled_response

pytestmark = pytest.mark.django_db
LATER = STARTED + timedelta(days=20)


def test_settings_of_the_season_become_the_limits():
    settings = SeasonSettings(phone_limit=1, chat_limit=2, messenger_limit=3, email_limit=4, email_latest_hour=11)

    assert waiting_rules(settings) == WaitingRules(
        phone_seconds=1, chat_seconds=2, messenger_seconds=3, email_days=4, email_before=time(11)
    )
    assert waiting_rules(SeasonSettings()) == WaitingRules()


def test_attempt_is_computed_with_its_number_and_times():
    attempt = ContactAttemptFactory.build(
        response=None, number=2, answered_at=STARTED + timedelta(seconds=9), ended_at=STARTED + timedelta(seconds=8)
    )

    assert plain_attempt(attempt) == Attempt(
        number=2,
        started_at=STARTED,
        answered_at=STARTED + timedelta(seconds=9),
        ended_at=STARTED + timedelta(seconds=8),
    )


@pytest.mark.parametrize(("seconds", "option"), [(30, "a1_30"), (31, "a1_60"), (180, "a1_180"), (300, "a1_300")])
def test_answered_contact_gets_the_step_of_its_question(seconds, option):
    response = filled_response(method="phone")
    response.attempts.update(answered_at=STARTED + timedelta(seconds=seconds))

    outcome = outcome_of(response, response.attempts.all(), now=LATER)

    assert (outcome.option, outcome.is_answered, outcome.is_final) == (option, True, True)


def test_contact_without_attempts_has_not_begun():
    response = filled_response(method="chat")

    outcome = outcome_of(response, [], now=LATER)

    assert (outcome.reason, outcome.is_final) == (Reason.NOT_STARTED, False)


def test_limits_are_those_of_the_season():
    season = season_with_battery(stored_settings={"phone_limit": 10})
    response = filled_response(season=season, method="phone")

    outcome = outcome_of(response, response.attempts.all(), now=LATER)

    assert (outcome.reason, outcome.is_answered) == (Reason.SECOND_ATTEMPT, False)


def test_questionnaire_that_is_at_hand_is_not_read_again(count_queries):
    response = filled_response(method="email")
    questionnaire, attempts = questionnaire_of(response.season), list(response.attempts.all())

    with count_queries(0):
        outcome = outcome_of(response, attempts, now=LATER, questionnaire=questionnaire)

    assert outcome.option == "d1"


@pytest.mark.parametrize(
    ("started", "problems"),
    [
        (datetime(2021, 12, 1, 12, 0, tzinfo=UTC), []),
        (datetime(2021, 12, 1, 14, 0, tzinfo=UTC), [Problem.OUTSIDE_HOURS]),
        (datetime(2021, 12, 4, 12, 0, tzinfo=UTC), [Problem.WEEKEND]),
        (datetime(2022, 1, 3, 12, 0, tzinfo=UTC), [Problem.IN_FUTURE]),
    ],
)
def test_problems_with_the_time_of_an_attempt(started, problems):
    response = filled_response(method="phone")
    attempt = ContactAttemptFactory.build(response=response, started_at=started)

    assert problems_of(response, attempt, earlier=[], now=LATER) == problems


def test_second_attempt_is_held_against_the_first():
    response = filled_response(method="phone", answered=False)
    first, second = response.attempts.all()
    second.started_at = first.started_at + timedelta(hours=1)
    second.ended_at = second.started_at + timedelta(minutes=5)

    assert problems_of(response, second, earlier=[first], now=LATER) == [Problem.SECOND_SAME_DAY]
