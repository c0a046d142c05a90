"""Control charts: quiet seasons are quiet, a shift is seen the same day, and the mix of contacts is no shift."""

import numpy as np
import pytest

from benchmarks.shifts import Shift, charts, false_alarms, part_of, play, seen
from scoring.statistics.control_charts import (
    GROUP_LIMITS,
    SEASON_LIMITS,
    Expected,
    expected_scores,
    expected_shares,
    score_chart,
    share_chart,
)

SEASONS = 20
DAY = 45


def test_a_quiet_season_has_less_than_one_false_alarm():
    assert sum(false_alarms(seasons=SEASONS).values()) < 1


def test_a_drifting_mix_of_participants_is_no_shift():
    assert sum(false_alarms(seasons=SEASONS // 2, drifting_mix=True).values()) < 1


@pytest.mark.parametrize(
    ("shift", "name"), [(Shift(DAY, share=0.3), "shares"), (Shift(DAY, points=10), "scores")], ids=["share", "score"]
)
def test_a_large_shift_is_seen_the_same_day(shift, name):
    assert seen(shift, seasons=SEASONS)[name] >= 85


def test_a_smaller_shift_is_seen_within_a_week():
    assert seen(Shift(DAY, points=6), seasons=SEASONS, within=5)["scores"] >= 85


def test_the_first_contacts_only_teach():
    season = play(np.random.default_rng(1), Shift())

    chart = share_chart(season.shares, expected_shares(season.shares), SEASON_LIMITS)

    assert chart.day[0] == 2
    assert len(chart.day) == len(chart.is_signal) == 83


def test_one_unanswered_contact_among_two_is_no_signal():
    season = play(np.random.default_rng(1), Shift())
    expected = expected_shares(season.shares)
    rows = np.flatnonzero(season.base.award_class == 0)[:40]
    alone = part_of(season.shares, rows)
    alone.value[:] = 0.0
    alone.value[-1] = 1.0

    of_these = Expected(expected.value[rows], expected.variance[rows], expected.is_judged[rows])

    assert share_chart(alone, of_these, GROUP_LIMITS).is_signal.sum() == 0


def test_a_shift_is_told_from_its_first_day():
    season = play(np.random.default_rng(4), Shift(DAY, points=12))

    chart = score_chart(season.scores, expected_scores(season.scores), SEASON_LIMITS)
    days = chart.day[chart.is_signal == 1]

    # A day far out is told each day; the weighted mean begins anew after it.
    assert days[0] == DAY
    assert (chart.running[chart.is_signal == 1] < 0).all()


def test_an_empty_season_has_no_days():
    season = play(np.random.default_rng(1), Shift(), a_day=0)

    assert [len(chart.day) for found in charts(season).values() for chart in found[:1]] == [0, 0, 0]
