"""What becomes of contact attempts, at and around every limit."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ksp.lib.calendar import NORWAY, OSLO, WorkingCalendar
from responses.questionnaires.battery import load_battery
from responses.waiting import (
    Attempt,
    Outcome,
    Reason,
    StepMissing,
    WaitingRules,
    check_attempt,
    has_all_steps,
    waiting_outcome,
)

STEPS = {
    q.methods[0]: [(o.code, o.value) for o in q.options] for q in load_battery("KSP22").questions if q.kind == "waiting"
}
LIMITS = {"phone": 300, "chat": 300, "messenger": 1800}


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


MONDAY = at("2021-11-29T10:00")
TUESDAY = at("2021-11-30T10:00")
MUCH_LATER = at("2026-01-05T10:00")  # a Monday


def tried(number=1, start=MONDAY, seconds=None, **more):
    answered_at = None if seconds is None else start + timedelta(seconds=seconds)
    return Attempt(number, start, answered_at, **more)


def outcome(method, *attempts, now=MUCH_LATER, **more):
    return waiting_outcome(method, attempts, options=STEPS[method], calendar=NORWAY, now=now, **more)


TIMED = [
    *[
        (method, seconds, step)
        for method in ("phone", "chat")
        for seconds, step in [
            (0, "30"),
            (30, "30"),
            (31, "60"),
            (60, "60"),
            (61, "120"),
            (120, "120"),
            (121, "180"),
            (180, "180"),
            (181, "300"),
            (300, "300"),
        ]
    ],
    *[
        ("messenger", seconds, step)
        for seconds, step in [
            (0, "120"),
            (120, "120"),
            (121, "300"),
            (300, "300"),
            (301, "600"),
            (600, "600"),
            (601, "1200"),
            (1200, "1200"),
            (1201, "1800"),
            (1800, "1800"),
        ]
    ],
]


@pytest.mark.parametrize(("method", "seconds", "step"), TIMED)
def test_first_attempt_gets_the_nearest_step(method, seconds, step):
    found = outcome(method, tried(seconds=seconds))

    assert found == Outcome(reason=Reason.ANSWERED, option=f"a1_{step}", attempt=1, seconds=seconds)
    assert (found.is_final, found.is_answered, found.needs_second_attempt) == (True, True, False)


@pytest.mark.parametrize(("method", "seconds", "step"), TIMED)
def test_second_attempt_gets_the_nearest_step_of_its_own(method, seconds, step):
    found = outcome(method, tried(), tried(2, TUESDAY, seconds))

    assert found == Outcome(reason=Reason.ANSWERED, option=f"a2_{step}", attempt=2, seconds=seconds)


def test_part_of_a_second_is_more_than_the_limit():
    assert outcome("phone", tried(seconds=30.001)).option == "a1_60"
    assert outcome("phone", tried(seconds=300.001)).reason == Reason.SECOND_ATTEMPT


@pytest.mark.parametrize("method", LIMITS)
def test_no_attempt_is_no_outcome(method):
    assert outcome(method) == Outcome(reason=Reason.NOT_STARTED)


@pytest.mark.parametrize(("method", "limit"), LIMITS.items())
def test_a_running_attempt_is_waited_for_until_the_limit(method, limit):
    end = MONDAY + timedelta(seconds=limit)

    assert outcome(method, tried(), now=end) == Outcome(reason=Reason.WAITING, attempt=1, waits_until=end)


@pytest.mark.parametrize(("method", "limit"), LIMITS.items())
def test_an_unanswered_first_attempt_calls_for_a_second_the_next_day(method, limit):
    found = outcome(method, tried(), now=MONDAY + timedelta(seconds=limit + 1))

    assert found == Outcome(
        reason=Reason.SECOND_ATTEMPT, attempt=1, retry_from=at("2021-11-30T09:00"), retry_in_same_week=True
    )
    assert (found.is_final, found.is_answered, found.needs_second_attempt) == (False, False, True)


@pytest.mark.parametrize(
    ("start", "now", "retry_from", "same_week"),
    [
        ("2021-11-29T10:00", "2021-11-30T11:15", "2021-11-30T11:15", True),
        ("2021-11-29T10:00", "2021-11-30T15:00", "2021-12-01T09:00", True),
        ("2021-12-03T10:00", "2021-12-03T10:06", "2021-12-06T09:00", False),  # Friday
        ("2024-03-27T10:00", "2024-03-27T10:06", "2024-04-02T09:00", False),  # before Easter
        ("2022-05-16T10:00", "2022-05-16T10:06", "2022-05-18T09:00", True),  # before 17 May
        ("2022-03-25T10:00", "2022-03-25T10:06", "2022-03-28T09:00", False),  # over the start of summer time
        ("2020-12-30T10:00", "2020-12-30T10:06", "2020-12-31T09:00", True),  # week 53
        ("2024-02-28T10:00", "2024-02-28T10:06", "2024-02-29T09:00", True),  # leap day
    ],
)
def test_second_attempt_may_begin_in_the_next_contact_hours(start, now, retry_from, same_week):
    found = outcome("phone", tried(start=at(start)), now=at(now))

    assert (found.retry_from, found.retry_in_same_week) == (at(retry_from), same_week)


def test_a_season_that_closes_days_moves_the_second_attempt():
    closed = WorkingCalendar(closed_on=frozenset({TUESDAY.date()}))

    found = waiting_outcome("chat", [tried()], options=STEPS["chat"], calendar=closed, now=at("2021-11-29T11:00"))

    assert found.retry_from == at("2021-12-01T09:00")


def test_giving_up_or_a_closed_line_ends_the_attempt_before_the_limit():
    ended = tried(ended_at=MONDAY + timedelta(seconds=20))

    assert outcome("phone", ended, now=MONDAY + timedelta(seconds=21)).reason == Reason.SECOND_ATTEMPT


@pytest.mark.parametrize("method", LIMITS)
def test_two_unanswered_attempts_are_no_answer(method):
    found = outcome(method, tried(), tried(2, TUESDAY))

    assert found == Outcome(reason=Reason.NO_ANSWER, option="none", attempt=2)
    assert (found.is_final, found.is_answered) == (True, False)


def test_second_attempt_is_waited_for_before_it_counts():
    found = outcome("phone", tried(), tried(2, TUESDAY), now=TUESDAY + timedelta(seconds=10))

    assert found == Outcome(reason=Reason.WAITING, attempt=2, waits_until=TUESDAY + timedelta(seconds=300))


def test_a_third_attempt_changes_nothing():
    third = tried(3, at("2021-12-01T10:00"), 5)

    assert outcome("phone", tried(), tried(2, TUESDAY), third).option == "none"


def test_attempts_are_taken_by_their_number():
    assert outcome("phone", tried(2, TUESDAY, 25), tried()).option == "a2_30"


@pytest.mark.parametrize("method", ["phone", "chat"])
def test_an_answer_after_the_limit_is_none_by_phone_and_chat(method):
    assert outcome(method, tried(seconds=301)).reason == Reason.SECOND_ATTEMPT
    assert outcome(method, tried(seconds=301), tried(2, TUESDAY, 301)).option == "none"


@pytest.mark.parametrize("seconds", [1801, 3600, 23 * 3600])
def test_messenger_answered_before_the_second_attempt_is_late_but_answered(seconds):
    found = outcome("messenger", tried(seconds=seconds))

    assert found == Outcome(reason=Reason.ANSWERED_LATE, option="late", attempt=1, seconds=seconds)
    assert (found.is_final, found.is_answered) == (True, True)


@pytest.mark.parametrize(
    ("seconds", "second", "option"),
    [
        (86_399, tried(2, TUESDAY), "late"),
        (86_400, tried(2, TUESDAY), "none"),
        (86_400, tried(2, TUESDAY, 100), "a2_120"),
        (None, tried(2, TUESDAY, 1801), "none"),
    ],
)
def test_messenger_answered_after_the_second_attempt_began_is_not_late(seconds, second, option):
    assert outcome("messenger", tried(seconds=seconds), second).option == option


@pytest.mark.parametrize(
    ("sent", "answered", "option", "day"),
    [
        ("2021-11-29T11:59", "2021-11-29T12:30", "d1", 1),
        ("2021-11-29T11:59", "2021-11-29T23:59:59", "d1", 1),
        ("2021-11-29T11:59", "2021-11-30T00:00", "d2", 2),
        ("2021-11-29T11:59", "2021-12-01T00:00", "d3", 3),
        ("2021-11-29T11:59", "2021-12-01T23:59:59", "d3", 3),
        ("2021-12-03T10:00", "2021-12-06T10:00", "d2", 2),
        ("2021-12-03T10:00", "2021-12-04T10:00", "d2", 2),
        ("2024-03-27T10:00", "2024-04-03T15:00", "d3", 3),  # over Easter and the start of summer time
        ("2022-05-16T10:00", "2022-05-18T10:00", "d2", 2),  # over 17 May
        ("2024-02-28T10:00", "2024-03-01T10:00", "d3", 3),  # over leap day
        ("2020-12-31T10:00", "2021-01-05T10:00", "d3", 3),  # from week 53 to week 1
    ],
)
def test_email_gets_the_working_day_of_the_answer(sent, answered, option, day):
    found = outcome("email", Attempt(1, at(sent), at(answered)))

    assert (found.reason, found.option, found.working_day) == (Reason.ANSWERED, option, day)


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("2021-11-29T11:00", "2021-12-02T00:00"),
        ("2021-12-01T11:00", "2021-12-04T10:00"),  # Wednesday to Saturday
        ("2024-03-27T10:00", "2024-04-04T09:00"),
    ],
)
def test_email_answered_after_the_third_working_day_is_no_answer(sent, answered):
    found = outcome("email", Attempt(1, at(sent), at(answered)))

    assert found == Outcome(reason=Reason.NO_ANSWER, option="none", attempt=1)


def test_email_is_waited_for_until_the_third_working_day_is_over():
    end = at("2021-12-02T00:00")

    running = outcome("email", tried(), now=end - timedelta(seconds=1))

    assert running == Outcome(reason=Reason.WAITING, attempt=1, waits_until=end)
    assert outcome("email", tried(), now=end).option == "none"


def test_an_automatic_confirmation_is_no_answer():
    confirmed = tried(confirmed_at=MONDAY + timedelta(seconds=5))

    assert outcome("email", confirmed, now=TUESDAY).reason == Reason.WAITING
    assert outcome("email", confirmed).option == "none"


def test_email_has_no_second_attempt():
    assert outcome("email", tried(), tried(2, TUESDAY, 60)).option == "none"


def test_seconds_are_real_ones_when_the_clock_is_set_back():
    start = datetime(2022, 10, 30, 2, 59, 50, tzinfo=OSLO)
    answered = datetime(2022, 10, 30, 2, 0, 10, fold=1, tzinfo=OSLO)

    assert outcome("chat", Attempt(1, start, answered)).seconds == 20


def test_times_without_zone_are_refused():
    with pytest.raises(ValueError, match="has no time zone"):
        Attempt(1, datetime.fromisoformat("2021-11-29T10:00"))


def test_an_answer_before_the_start_is_refused():
    with pytest.raises(ValueError, match="Attempt 1 was answered before it started"):
        outcome("phone", tried(seconds=-1))


def test_a_waiting_question_without_a_fitting_option_is_refused():
    with pytest.raises(StepMissing, match="no option for an answer on attempt 1 after 200 seconds"):
        waiting_outcome("phone", [tried(seconds=200)], options=[("a1_30", 30)], calendar=NORWAY, now=MUCH_LATER)


@pytest.mark.parametrize(
    ("method", "rules", "complete"),
    [
        *[(method, WaitingRules(), True) for method in STEPS],
        ("phone", WaitingRules(phone_seconds=301), False),
        ("messenger", WaitingRules(messenger_seconds=1801), False),
        ("chat", WaitingRules(attempts=3), False),
        ("chat", WaitingRules(attempts=1, chat_seconds=120), True),
        ("email", WaitingRules(email_days=4), False),
    ],
)
def test_has_all_steps_finds_limits_without_options(method, rules, complete):
    assert has_all_steps(method, options=STEPS[method], rules=rules) is complete


@pytest.mark.parametrize("method", STEPS)
def test_has_all_steps_needs_an_option_for_no_answer(method):
    options = [step for step in STEPS[method] if step[0] != "none"]

    assert not has_all_steps(method, options=options, rules=WaitingRules())


def test_a_season_may_wait_longer_and_try_once():
    rules = WaitingRules(phone_seconds=600, attempts=1, email_days=4)

    assert outcome("phone", tried(), now=MONDAY + timedelta(seconds=599), rules=rules).reason == Reason.WAITING
    assert outcome("phone", tried(), rules=rules).option == "none"
    assert outcome("email", tried(), now=at("2021-12-02T23:59"), rules=rules).reason == Reason.WAITING


def test_rules_refuse_no_waiting_at_all():
    with pytest.raises(ValueError, match="chat_seconds must be at least 1"):
        WaitingRules(chat_seconds=0)


@settings(deadline=None)
@given(
    method=st.sampled_from(sorted(LIMITS)),
    start=st.datetimes(
        datetime.fromisoformat("2021-01-01"), datetime.fromisoformat("2030-12-31"), timezones=st.just(UTC)
    ),
    seconds=st.integers(0, 1800),
    zones=st.tuples(*[st.sampled_from([UTC, OSLO])] * 2),
)
def test_a_faster_answer_is_never_worse_on_any_day_in_any_zone(method, start, seconds, zones):
    seconds = min(seconds, LIMITS[method])
    answered = start + timedelta(seconds=seconds)
    attempt = Attempt(1, start.astimezone(zones[0]), answered.astimezone(zones[1]))

    found = waiting_outcome(method, [attempt], options=STEPS[method], calendar=NORWAY, now=answered)

    values = sorted(value for code, value in STEPS[method] if code.startswith("a1_"))
    assert found.seconds == seconds
    assert found.option == f"a1_{next(value for value in values if seconds <= value)}"


@settings(deadline=None)
@given(
    method=st.sampled_from(["phone", "email", "chat", "messenger"]),
    seconds=st.one_of(st.none(), st.integers(0, 800_000)),
    later=st.lists(st.integers(0, 1_000_000), min_size=2, max_size=2),
)
def test_a_final_outcome_stays_as_time_passes(method, seconds, later):
    attempts = [tried(), tried(2, TUESDAY, seconds)] if method != "email" else [tried(seconds=seconds)]
    first, second = (outcome(method, *attempts, now=MONDAY + timedelta(seconds=s)) for s in sorted(later))

    assert not first.is_final or first == second


@settings(deadline=None)
@given(
    start=st.datetimes(
        datetime.fromisoformat("2021-01-01"), datetime.fromisoformat("2030-12-31"), timezones=st.just(UTC)
    )
)
def test_a_second_attempt_when_it_is_due_has_no_problem(start):
    first = Attempt(1, NORWAY.next_contact_time(start))
    due = outcome("chat", first, now=first.started_at + timedelta(minutes=6)).retry_from

    second = Attempt(2, due)

    assert check_attempt("chat", second, earlier=[first], calendar=NORWAY, now=due) == []
