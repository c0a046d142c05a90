from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assignments.calendars.appointments import Days, Hours, appointment_of
from assignments.models import Assignment
from ksp.lib.calendar import NORWAY, OSLO, WorkingCalendar
from ksp.lib.weeks import IsoWeek

METHODS = ("phone", "email", "chat", "messenger")


def when(week, weekday=None, slot="", *, method="phone", calendar=NORWAY, email_hour=12):
    contact = Assignment(week=week, weekday=weekday, slot=slot, method=method)
    return appointment_of(contact, calendar=calendar, email_hour=email_hour)


def oslo(text):
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


# What the clock in Oslo says, and the same in UTC, around both changes of the clock and a year with 53 weeks.
ADVISED = [
    ("2026-W13", 5, "09", "2026-03-27T08:00+00:00", "2026-03-27T10:00+00:00"),
    ("2026-W14", 1, "09", "2026-03-30T07:00+00:00", "2026-03-30T09:00+00:00"),
    ("2026-W43", 5, "13", "2026-10-23T11:00+00:00", "2026-10-23T13:00+00:00"),
    ("2026-W44", 1, "13", "2026-10-26T12:00+00:00", "2026-10-26T14:00+00:00"),
    ("2026-W53", 3, "11", "2026-12-30T10:00+00:00", "2026-12-30T12:00+00:00"),
    ("2020-W53", 1, "11", "2020-12-28T10:00+00:00", "2020-12-28T12:00+00:00"),
    ("2022-W12", 5, "09", "2022-03-25T08:00+00:00", "2022-03-25T10:00+00:00"),
    ("2022-W13", 1, "09", "2022-03-28T07:00+00:00", "2022-03-28T09:00+00:00"),
    ("2024-W09", 4, "09", "2024-02-29T08:00+00:00", "2024-02-29T10:00+00:00"),
]


@pytest.mark.parametrize(("week", "weekday", "slot", "begins", "ends"), ADVISED)
def test_nine_is_nine_in_oslo_in_winter_and_in_summer(week, weekday, slot, begins, ends):
    found = when(week, weekday, slot)

    assert found == Hours(datetime.fromisoformat(begins), datetime.fromisoformat(ends))
    assert found.begins_at.hour == int(slot)
    assert IsoWeek.of(found.begins_at) == IsoWeek.parse(week)


@given(
    st.dates(date(1990, 1, 1), date(2037, 12, 31)),
    st.integers(1, 5),
    st.sampled_from(["", "09", "11", "13"]),
    st.sampled_from(METHODS),
    st.integers(10, 15),
)
def test_contact_lies_between_nine_and_fifteen_on_working_days_of_its_week(day, weekday, slot, method, email_hour):
    week = IsoWeek.of(day)

    found = when(str(week), weekday, slot, method=method, email_hour=email_hour)

    if isinstance(found, Days):
        assert not NORWAY.is_working_day(week.days()[weekday - 1])
        assert week.monday() <= found.first <= found.last <= week.days()[4]
        return
    window = NORWAY.contact_window(week.days()[weekday - 1])
    assert window.opens_at <= found.begins_at < found.ends_at <= window.closes_at
    assert found.begins_at.astimezone(UTC) < found.ends_at.astimezone(UTC)
    # Wall clock and real time agree: no change of the clock falls into the hours of contacts.
    assert found.ends_at.timestamp() - found.begins_at.timestamp() == (found.ends_at - found.begins_at).total_seconds()


def test_email_is_over_at_the_seasons_latest_hour():
    assert when("2021-W48", 2, "11", method="email") == Hours(oslo("2021-11-30T11:00"), oslo("2021-11-30T12:00"))
    assert when("2021-W48", 2, "09", method="email") == Hours(oslo("2021-11-30T09:00"), oslo("2021-11-30T11:00"))
    assert when("2021-W48", 2, "11", method="chat") == Hours(oslo("2021-11-30T11:00"), oslo("2021-11-30T13:00"))
    assert when("2021-W48", 2, "", method="email") == Hours(oslo("2021-11-30T09:00"), oslo("2021-11-30T12:00"))


def test_contact_without_an_advised_day_takes_the_working_days_of_its_week():
    closed = WorkingCalendar(closed_on=frozenset({date(2021, 11, 29)}))

    assert when("2021-W48") == Days(date(2021, 11, 29), date(2021, 12, 3))
    assert when("2021-W48", calendar=closed) == Days(date(2021, 11, 30), date(2021, 12, 3))
    # Easter week of 2022 ends on a Wednesday; the season of 2021 gives the last week of the year away.
    assert when("2022-W15") == Days(date(2022, 4, 11), date(2022, 4, 13))


def test_advice_for_a_holiday_is_no_advice():
    maundy_thursday = when("2022-W15", 4, "09")

    assert maundy_thursday == Days(date(2022, 4, 11), date(2022, 4, 13))


def test_week_without_any_working_day_is_still_a_week():
    week = IsoWeek.parse("2021-W48")
    closed = WorkingCalendar(closed_on=frozenset(week.days()))

    assert when("2021-W48", 1, "09", calendar=closed) == Days(week.monday(), week.monday() + timedelta(days=4))
