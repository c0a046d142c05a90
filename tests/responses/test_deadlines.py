"""When reports should have been read, by the calendar on paper: 17 May 2022 was a Tuesday and a holiday."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.translation import override

from ksp.lib.calendar import NORWAY, OSLO
from responses.deadlines import Deadline, ReviewClock


def oslo(text):
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


@pytest.mark.parametrize(
    ("submitted", "today", "deadline"),
    [
        ("2021-12-01T23:30", "2021-12-02", Deadline(date(2021, 12, 6), 2, is_over=False)),
        ("2021-12-01T23:30", "2021-12-06", Deadline(date(2021, 12, 6), 0, is_over=False)),
        ("2021-12-01T23:30", "2021-12-08", Deadline(date(2021, 12, 6), 2, is_over=True)),
        ("2021-12-04T12:00", "2021-12-05", Deadline(date(2021, 12, 8), 3, is_over=False)),
        ("2022-05-13T12:00", "2022-05-18", Deadline(date(2022, 5, 19), 1, is_over=False)),
        ("2021-12-07T12:00", "2021-12-11", Deadline(date(2021, 12, 10), 0, is_over=True)),
    ],
)
def test_deadline_is_so_many_working_days_after_the_submission(submitted, today, deadline):
    clock = ReviewClock(date.fromisoformat(today), 3)

    assert clock.deadline(oslo(submitted)) == deadline


@pytest.mark.parametrize(
    ("deadline", "variant", "text", "words"),
    [
        (Deadline(date(2021, 12, 6), 2, is_over=False), "plain", "2 days left", "2 days to the deadline"),
        (Deadline(date(2021, 12, 6), 0, is_over=False), "soon", "today", "deadline today"),
        (Deadline(date(2021, 12, 6), 1, is_over=True), "late", "1 day over", "1 day past the deadline"),
        (Deadline(date(2021, 12, 6), 0, is_over=True), "late", "past the deadline", "past the deadline"),
    ],
)
def test_deadline_says_how_it_stands(deadline, variant, text, words):
    with override("en"):
        assert (deadline.variant, deadline.text, deadline.words) == (variant, text, words)


@pytest.mark.parametrize("working_days", [1, 3, 8])
@pytest.mark.parametrize("today", ["2021-12-08", "2021-12-11", "2022-05-18", "2022-04-19"])
def test_every_moment_is_in_the_one_part_that_its_deadline_says(today, working_days):
    clock = ReviewClock(date.fromisoformat(today), working_days)
    noon = datetime.combine(clock.today, datetime.min.time(), tzinfo=UTC) + timedelta(hours=12)

    for days in range(30):
        moment = noon - timedelta(days=days)
        deadline = clock.deadline(moment)
        age = NORWAY.working_days_between(moment.astimezone(OSLO).date(), clock.today)
        young = str(min(age, int(clock.oldest_age)))
        expected = "late" if deadline.is_over else "due" if deadline.on == clock.today else young
        parts = [
            name
            for name, (begins, ends) in clock.spans.items()
            if (begins is None or moment >= begins) and (ends is None or moment < ends)
        ]
        assert parts == [expected], moment


def test_clock_follows_oslo():
    clock = ReviewClock.at(datetime(2021, 12, 1, 23, 30, tzinfo=UTC), working_days=0)

    assert (clock.today, clock.working_days) == (date(2021, 12, 2), 1)
    assert clock.day_began_at == oslo("2021-12-02T00:00")
