from datetime import UTC, date, datetime

import pytest

from ksp.rehearsal.shape import Shape, current_start

FIRST = Shape(season="KSP22")


def test_season_has_seventeen_weeks_without_the_one_after_christmas():
    weeks = [str(week) for week in FIRST.weeks()]

    assert (weeks[0], weeks[3], weeks[4], weeks[-1], len(weeks)) == (
        "2021-W48",
        "2021-W51",
        "2022-W01",
        "2022-W13",
        17,
    )
    assert FIRST.ends_on == date(2022, 4, 1)


def test_weeks_around_easter_are_left_out():
    weeks = [str(week) for week in Shape(season="E", starts_on=date(2022, 3, 7)).weeks()]

    # Maundy Thursday and Good Friday leave three days of week 15, Easter Monday four of week 16.
    assert "2022-W15" in weeks
    assert [str(week) for week in Shape(season="C", starts_on=date(2026, 12, 21)).weeks()][:2] == [
        "2026-W52",
        "2027-W01",
    ]


@pytest.mark.parametrize(
    ("progress", "moment"),
    [
        (0, "2021-11-29T09:00:00+01:00"),
        (0.5, "2022-02-02T12:00:00+01:00"),
        (4 / 17, "2022-01-03T09:00:00+01:00"),
        (1, "2022-04-29T12:00:00+02:00"),
    ],
)
def test_play_stops_where_that_share_of_the_weeks_is_over(progress, moment):
    stops_at = Shape(season="KSP22", progress=progress).stops_at()

    assert stops_at.isoformat() == moment


@pytest.mark.parametrize("progress", [0, 0.3, 0.5, 0.97])
@pytest.mark.parametrize("now", [datetime(2026, 11, 18, 12, tzinfo=UTC), datetime(2027, 7, 8, 9, tzinfo=UTC)])
def test_season_that_ends_now_has_its_played_share_end_in_this_week(progress, now):
    starts_on = current_start(progress, now)

    stops_at = Shape(season="S", progress=progress, starts_on=starts_on).stops_at()
    assert starts_on.isoweekday() == 1
    assert stops_at.isocalendar()[:2] == now.isocalendar()[:2]


def test_whole_season_that_ends_now_is_decided_by_now():
    now = datetime(2026, 11, 18, 12, tzinfo=UTC)

    shape = Shape(season="S", progress=1, starts_on=current_start(1, now))

    assert abs((shape.stops_at() - now).days) <= 7


def test_season_never_starts_in_a_week_without_contacts():
    for week in range(1, 53):
        now = datetime.fromisocalendar(2027, week, 3).replace(tzinfo=UTC)
        starts_on = current_start(0.5, now)
        assert Shape(season="S", starts_on=starts_on).weeks()[8].monday() <= now.date()
