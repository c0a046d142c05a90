"""Working days, contact hours and ISO weeks, checked against calendars on paper and against arithmetic."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ksp.lib import calendar
from ksp.lib.calendar import NORWAY, OSLO, WorkingCalendar
from ksp.lib.weeks import IsoWeek

patient = settings(deadline=None)  # the first look at a year computes its holidays
days = st.dates(min_value=date(2007, 1, 1), max_value=date(2060, 12, 31))
moments = st.datetimes(
    min_value=datetime.fromisoformat("2007-01-01"),
    max_value=datetime.fromisoformat("2060-12-31"),
    timezones=st.just(UTC),
)


def oslo(text):
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


@pytest.mark.parametrize(
    ("day", "name_nb", "name_en"),
    [
        ("2021-12-24", None, None),
        ("2022-01-01", "Første nyttårsdag", "New Year's Day"),
        ("2022-04-14", "Skjærtorsdag", "Maundy Thursday"),
        ("2022-04-15", "Langfredag", "Good Friday"),
        ("2022-04-18", "Andre påskedag", "Easter Monday"),
        ("2022-05-17", "Grunnlovsdag", "Constitution Day"),
        ("2022-05-26", "Kristi himmelfartsdag", "Ascension Day"),
        ("2022-06-06", "Andre pinsedag", "Pentecost Monday"),
    ],
)
def test_holiday_name_is_said_in_both_languages(day, name_nb, name_en):
    named = date.fromisoformat(day)

    assert (calendar.holiday_name(named), calendar.holiday_name(named, "en")) == (name_nb, name_en)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2021-11-29", True),  # the first Monday of KSP22
        ("2021-12-04", False),  # Saturday
        ("2021-12-05", False),  # Sunday
        ("2021-12-24", True),  # Christmas Eve is no public holiday
        ("2024-02-29", True),  # leap day, a Thursday
        ("2024-03-27", True),  # Wednesday before Easter
        ("2024-03-28", False),  # Maundy Thursday
        ("2024-04-01", False),  # Easter Monday
        ("2024-04-02", True),
        ("2024-05-17", False),
    ],
)
def test_is_working_day_follows_the_norwegian_calendar(day, works):
    assert calendar.is_working_day(date.fromisoformat(day)) is works


def test_days_closed_by_a_season_are_no_working_days():
    christmas = WorkingCalendar(closed_on=frozenset(IsoWeek(2021, 52).days()))

    assert christmas.add_working_days(date(2021, 12, 24), 1) == date(2022, 1, 3)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2021-12-01", 0, "2021-12-01"),
        ("2021-12-04", 0, "2021-12-04"),
        ("2021-12-03", 1, "2021-12-06"),
        ("2021-12-04", 1, "2021-12-06"),
        ("2024-03-27", 1, "2024-04-02"),
        ("2024-04-02", -1, "2024-03-27"),
        ("2024-05-16", 1, "2024-05-21"),  # 17 May, weekend, Pentecost Monday
        ("2020-12-31", 1, "2021-01-04"),
    ],
)
def test_add_working_days_skips_weekends_and_holidays(day, count, expected):
    assert calendar.add_working_days(date.fromisoformat(day), count) == date.fromisoformat(expected)


@patient
@given(day=days, count=st.integers(1, 60))
def test_add_working_days_lands_on_the_day_that_counting_finds(day, count):
    landed = calendar.add_working_days(day, count)

    assert calendar.is_working_day(landed)
    assert calendar.working_days_between(day, landed) == count


@patient
@given(day=days, count=st.integers(1, 60))
def test_add_working_days_backwards_undoes_forwards(day, count):
    start = NORWAY.first_working_day(day)

    assert calendar.add_working_days(calendar.add_working_days(start, count), -count) == start


@patient
@given(first=days, length=st.integers(-5, 60))
def test_working_days_between_equals_counting_day_by_day(first, length):
    last = first + timedelta(days=length)
    counted = sum(calendar.is_working_day(first + timedelta(days=n + 1)) for n in range(length))

    assert calendar.working_days_between(first, last) == counted


@pytest.mark.parametrize(
    ("sent", "answered", "number"),
    [
        ("2021-11-29T11:59", "2021-11-29T23:59", 1),
        ("2021-11-29T11:59", "2021-11-30T00:00", 2),
        ("2021-11-29T09:00", "2021-12-01T15:00", 3),  # Monday to Wednesday
        ("2021-12-03T10:00", "2021-12-06T10:00", 2),  # Friday to Monday
        ("2021-12-03T10:00", "2021-12-04T10:00", 2),  # Saturday counts as Monday
        ("2024-03-27T10:00", "2024-04-02T10:00", 2),  # over Easter
        ("2024-05-16T10:00", "2024-05-21T10:00", 2),  # over 17 May and Pentecost
        ("2021-12-04T10:00", "2021-12-06T10:00", 1),  # sent on a Saturday
    ],
)
def test_working_day_number_counts_from_the_day_of_sending(sent, answered, number):
    assert calendar.working_day_number(oslo(sent), oslo(answered)) == number


def test_working_day_number_goes_by_the_date_in_oslo():
    sent = datetime(2021, 11, 29, 9, tzinfo=UTC)

    assert calendar.working_day_number(sent, datetime(2021, 11, 29, 23, 30, tzinfo=UTC)) == 2


def test_working_day_number_refuses_an_answer_from_the_day_before():
    with pytest.raises(ValueError, match="before the question was sent"):
        calendar.working_day_number(oslo("2021-11-30T09:00"), oslo("2021-11-29T10:00"))


def test_times_without_zone_are_refused():
    with pytest.raises(ValueError, match="has no time zone"):
        calendar.local_date(datetime.fromisoformat("2021-11-29T09:00"))


@pytest.mark.parametrize(
    ("day", "opens_utc", "closes_utc"),
    [
        ("2022-03-25", 8, 14),  # Friday before summer time
        ("2022-03-28", 7, 13),  # Monday after
        ("2022-10-28", 7, 13),  # Friday before winter time
        ("2022-10-31", 8, 14),  # Monday after
    ],
)
def test_contact_window_is_nine_to_three_in_oslo_summer_and_winter(day, opens_utc, closes_utc):
    on = date.fromisoformat(day)

    window = calendar.contact_window(on)

    assert window.opens_at == datetime.combine(on, time(opens_utc), tzinfo=UTC)
    assert window.closes_at == datetime.combine(on, time(closes_utc), tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock", "inside"), [("08:59:59", False), ("09:00:00", True), ("14:59:59", True), ("15:00:00", False)]
)
def test_contact_window_opens_at_nine_and_closes_before_three(clock, inside):
    moment = oslo(f"2021-11-29T{clock}")

    assert (moment in calendar.contact_window(date(2021, 11, 29))) is inside
    assert NORWAY.is_within_hours(moment) is inside


@pytest.mark.parametrize("day", [date(2021, 12, 4), date(2022, 5, 17)])
def test_contact_window_is_missing_on_days_off(day):
    assert calendar.contact_window(day) is None


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2021-11-29T08:00", "2021-11-29T09:00"),
        ("2021-11-29T10:30", "2021-11-29T10:30"),
        ("2021-11-29T15:00", "2021-11-30T09:00"),
        ("2021-12-03T16:00", "2021-12-06T09:00"),
        ("2022-03-27T02:30", "2022-03-28T09:00"),  # within the hour that summer time skips
        ("2024-03-27T15:01", "2024-04-02T09:00"),
    ],
)
def test_next_contact_time_is_now_or_the_next_opening(moment, expected):
    assert NORWAY.next_contact_time(oslo(moment)) == oslo(expected)


@patient
@given(moment=moments)
def test_next_contact_time_is_never_earlier_and_always_within_a_window(moment):
    found = NORWAY.next_contact_time(moment)

    assert found >= moment
    assert found in calendar.contact_window(calendar.local_date(found))


# Weeks


@patient
@given(day=days)
def test_week_of_a_day_contains_it_and_reads_back(day):
    week = IsoWeek.of(day)

    assert day in week.days()
    assert (week.monday().isoweekday(), week.sunday() - week.monday()) == (1, timedelta(days=6))
    assert IsoWeek.parse(str(week)) == week


@patient
@given(one=days, other=days)
def test_weeks_sort_as_their_mondays_and_subtract_to_their_distance(one, other):
    first, second = IsoWeek.of(one), IsoWeek.of(other)

    assert (first < second) is (first.monday() < second.monday())
    assert first + (second - first) == second


@pytest.mark.parametrize(
    ("day", "written"),
    [
        ("2021-11-29", "2021-W48"),
        ("2020-12-28", "2020-W53"),
        ("2021-01-03", "2020-W53"),
        ("2021-01-04", "2021-W01"),
        ("2018-12-31", "2019-W01"),
        ("2024-02-29", "2024-W09"),
    ],
)
def test_week_is_written_with_its_iso_year(day, written):
    assert str(IsoWeek.of(date.fromisoformat(day))) == written


def test_week_of_a_moment_is_that_of_the_date_in_oslo():
    sunday_night = datetime(2021, 11, 28, 23, 30, tzinfo=UTC)

    assert IsoWeek.of(sunday_night) == IsoWeek(2021, 48)


def test_range_of_weeks_passes_week_53():
    weeks = IsoWeek.range(IsoWeek(2020, 52), IsoWeek(2021, 1))

    assert [str(week) for week in weeks] == ["2020-W52", "2020-W53", "2021-W01"]


def test_range_of_weeks_is_empty_backwards():
    assert IsoWeek.range(IsoWeek(2021, 2), IsoWeek(2021, 1)) == []


@pytest.mark.parametrize("text", ["2021-48", "2021-W5", "2021-W00", "2021-W53", "2021-w48", "", "2021-W48-1", "uke 48"])
def test_week_refuses_what_is_not_a_week(text):
    with pytest.raises(ValueError, match="week"):
        IsoWeek.parse(text)
