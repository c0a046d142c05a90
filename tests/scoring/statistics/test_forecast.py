"""The forecast of a season: that it holds what happens as often as it says, and is silent while it knows too little."""

import numpy as np
import pytest

from benchmarks.forecasts import WORLDS, coverage, play
from scoring.statistics.forecast import Pace, forecast

SEASONS = 30
HALF_WAY = 44
LAST_DAY = 84


@pytest.mark.parametrize("name", ["usual", "unsteady", "a tenth of the size"])
def test_intervals_hold_what_happens(name):
    figures = coverage(WORLDS[name], today=HALF_WAY, seasons=SEASONS)

    assert figures["number"] >= 90
    assert figures["day"] >= 90
    assert figures["wide"] < 0.06 * WORLDS[name].contacts


def test_the_same_season_is_foretold_alike():
    pace = play(WORLDS["usual"], np.random.default_rng(1)).until(HALF_WAY)

    first, second = forecast(pace, (60, LAST_DAY)), forecast(pace, (60, LAST_DAY))

    assert first == second
    assert list(first.approved) == [60, LAST_DAY]
    assert first.approved[60].high < first.approved[LAST_DAY].low


@pytest.mark.parametrize("today", [2, 8])
def test_a_young_season_says_nothing(today):
    assert forecast(play(WORLDS["usual"], np.random.default_rng(1)).until(today), (LAST_DAY,)) is None


def test_the_day_of_the_finish_waits_for_old_weeks():
    found = forecast(play(WORLDS["usual"], np.random.default_rng(1)).until(24), (LAST_DAY,))

    assert found.finish is None
    assert found.approved[LAST_DAY].low > 3_500


def test_a_season_that_has_stopped_never_finishes():
    played = play(WORLDS["usual"], np.random.default_rng(1)).until(30)
    still = np.zeros((len(played.contacts), 60), np.int64)
    pace = Pace(played.begins, played.contacts, np.hstack([played.approved, still]), 0, played.week_of_day)

    found = forecast(pace, (100,))

    assert found.finish.high is None
    assert found.approved[100].high < pace.contacts.sum()


def test_season_without_a_day_left_has_no_finish_to_tell():
    played = play(WORLDS["usual"], np.random.default_rng(1)).until(LAST_DAY)
    days = played.approved.shape[1]
    pace = Pace(played.begins, played.contacts, played.approved, 0, played.week_of_day[:days])

    assert forecast(pace, ()).finish is None


def test_no_more_is_foretold_than_there_is():
    pace = play(WORLDS["steady"], np.random.default_rng(2)).until(LAST_DAY)

    found = forecast(pace, (150,))

    assert found.approved[150].low > 0.99 * pace.contacts.sum()
    assert found.approved[150].high == pace.contacts.sum()
