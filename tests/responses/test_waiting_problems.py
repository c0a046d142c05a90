"""What is wrong with the times of an attempt: every problem by its name."""

from datetime import UTC, datetime, time, timedelta

import pytest

from ksp.lib.calendar import NORWAY
from responses.waiting import Problem, WaitingRules, check_attempt
from tests.responses.test_waiting import MUCH_LATER, TUESDAY, at, tried


@pytest.mark.parametrize(
    ("method", "attempt", "earlier", "problems"),
    [
        ("phone", tried(), [], []),
        ("phone", tried(start=at("2021-11-29T09:00")), [], []),
        ("phone", tried(start=at("2021-11-29T14:59:59"), seconds=120), [], []),
        ("phone", tried(start=at("2021-11-29T08:59:59")), [], [Problem.OUTSIDE_HOURS]),
        ("phone", tried(start=at("2021-11-29T15:00")), [], [Problem.OUTSIDE_HOURS]),
        ("phone", tried(start=at("2022-03-28T09:00")), [], []),  # summer time
        ("phone", tried(start=datetime(2022, 3, 28, 6, 59, tzinfo=UTC)), [], [Problem.OUTSIDE_HOURS]),
        ("chat", tried(start=at("2021-12-04T10:00")), [], [Problem.WEEKEND]),
        ("chat", tried(start=at("2022-04-14T10:00")), [], [Problem.HOLIDAY]),
        ("chat", tried(start=at("2022-05-17T10:00")), [], [Problem.HOLIDAY]),
        ("chat", tried(start=at("2021-12-25T10:00")), [], [Problem.WEEKEND]),
        ("email", tried(start=at("2021-11-29T11:59:59")), [], []),
        ("email", tried(start=at("2021-11-29T12:00")), [], [Problem.EMAIL_AFTER_NOON]),
        ("email", tried(start=at("2021-11-29T15:30")), [], [Problem.OUTSIDE_HOURS, Problem.EMAIL_AFTER_NOON]),
        ("email", tried(2, TUESDAY), [tried()], [Problem.TOO_MANY_ATTEMPTS]),
        ("phone", tried(2, TUESDAY), [tried()], []),
        ("phone", tried(2, at("2021-11-29T14:00")), [tried()], [Problem.SECOND_SAME_DAY]),
        ("phone", tried(3, at("2021-12-01T10:00")), [tried(), tried(2, TUESDAY)], [Problem.TOO_MANY_ATTEMPTS]),
        ("phone", tried(seconds=-1), [], [Problem.ANSWERED_BEFORE_STARTED]),
        ("phone", tried(ended_at=at("2021-11-29T09:59")), [], [Problem.ENDED_BEFORE_STARTED]),
        ("phone", tried(start=MUCH_LATER + timedelta(seconds=1)), [], [Problem.IN_FUTURE]),
        ("email", tried(seconds=2000 * 86_400), [], [Problem.IN_FUTURE]),
    ],
)
def test_check_attempt_names_every_problem(method, attempt, earlier, problems):
    assert check_attempt(method, attempt, earlier=earlier, calendar=NORWAY, now=MUCH_LATER) == problems


def test_check_attempt_follows_the_rules_of_the_season():
    early = WaitingRules(email_before=time(10))

    found = check_attempt("email", tried(), earlier=[], calendar=NORWAY, now=MUCH_LATER, rules=early)

    assert found == [Problem.EMAIL_AFTER_NOON]
