from datetime import date

import pytest

from observers.applications.periods import last_day_to_apply, offered_weeks, takes_applications
from tests.factories.participants import SeasonFactory

SEASON = {"starts_on": date(2021, 11, 29), "ends_on": date(2022, 1, 14), "organiser": None}


def season(state="preparing", **settings):
    return SeasonFactory.build(**SEASON, state=state, stored_settings=settings)


@pytest.mark.parametrize(
    ("state", "until", "today", "answer"),
    [
        ("preparing", "", date(2021, 10, 1), True),
        ("open", "", date(2022, 1, 13), True),
        ("open", "", date(2022, 1, 14), False),
        ("open", "2021-12-01", date(2021, 12, 1), True),
        ("open", "2021-12-01", date(2021, 12, 2), False),
        ("paused", "", date(2021, 12, 1), False),
        ("closed", "", date(2021, 12, 1), False),
    ],
)
def test_season_takes_applications_while_it_is_prepared_or_open_and_in_time(state, until, today, answer):
    assert takes_applications(season(state, applications_until=until), today=today) is answer


def test_deadline_is_never_after_the_season():
    assert last_day_to_apply(season(applications_until="2023-01-01")) == date(2022, 1, 14)


def test_weeks_are_offered_with_their_days_and_holidays_but_not_those_with_too_few():
    offered = offered_weeks(season(closed_on=["2021-12-20", "2021-12-21", "2021-12-22"], least_working_days=3))

    assert [week.week for week in offered] == [
        "2021-W48", "2021-W49", "2021-W50", "2021-W52", "2022-W01", "2022-W02",
    ]  # fmt: skip
    assert (offered[3].first, offered[3].last, offered[3].working_days) == (date(2021, 12, 27), date(2021, 12, 31), 5)
