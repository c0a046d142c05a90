"""The small form of what ``python -m benchmarks.simulation`` measures in full: wide bounds, yet not for any method."""

import numpy as np
import pytest
from scipy.special import expit

from benchmarks.simulation import (
    NPS_TRUTHS,
    POOLED,
    RAW_T,
    RAW_Z,
    RECOMMENDED,
    WORLDS,
    calibration_error,
    coverage,
    dependability,
    nps_coverage,
    places,
    rank_in,
    young_coverage,
)
from benchmarks.worlds import AGENT_SPREAD, ITEMS, World, expected_score, make_season, part_of

SEASONS = 8
LOW, HIGH, LEAST_QUARTER = 93.0, 97.0, 90.0


def is_honest(figures):
    return LOW <= figures["all"] <= HIGH and min(figures["quarters"]) >= LEAST_QUARTER


@pytest.fixture(scope="module")
def covered():
    return {name: coverage(world, seasons=SEASONS) for name, world in WORLDS.items()}


@pytest.mark.parametrize("name", WORLDS)
def test_intervals_hold_the_truth_as_often_as_they_say(covered, name):
    assert is_honest(covered[name][RECOMMENDED])


@pytest.mark.parametrize("method", [RAW_Z, RAW_T, POOLED])
def test_simpler_intervals_do_not(covered, method):
    assert not all(is_honest(figures[method]) for figures in covered.values())


def test_places_and_probabilities_hold_what_they_say():
    found = places(WORLDS["severity .35, 3 % unanswered"], seasons=SEASONS)

    leader, held = found["first"]["leader by total"], found["held"]
    assert abs(leader["said"] - leader["was"]) < 0.08
    assert leader["ece"] < 0.13
    assert found["first"]["everyone"]["ece"] < 0.04
    assert held["places in class"] >= 95
    assert 92 <= held["pair differences"] <= 98.5
    assert 92 <= held["differences to class mean"] <= 98.5


def test_dependability_is_as_estimated():
    found = dependability(World(0.7, 0.03), seasons=SEASONS)

    assert abs(found["estimated"] - found["true"]) < 0.05


@pytest.mark.parametrize("truth", NPS_TRUTHS)
def test_nps_interval_holds_the_truth(truth):
    promoters, detractors = NPS_TRUTHS[truth]

    assert 100 * (promoters - detractors) == pytest.approx(truth)
    assert 94 <= nps_coverage(promoters, detractors) <= 98


def test_truth_of_a_made_season_is_what_contacts_come_to():
    rng = np.random.default_rng(1)
    world = World(severity=0.7, unanswered=0.03)
    seasons = [make_season(world, rng) for _ in range(60)]

    bias = np.mean([season.score.mean() - season.truth.mean() for season in seasons])
    ability = 0.4 + np.hypot(AGENT_SPREAD, 0.7) * rng.standard_normal((20_000, 1))
    assert bias == pytest.approx(0, abs=0.4)
    assert expected_score(np.array([0.4]), 0.7)[0] == pytest.approx(
        (expit(ability - ITEMS.difficulty) @ ITEMS.points).mean(), abs=0.4
    )


def test_made_season_has_the_shape_of_a_season():
    season = make_season(World(0.35, 0.03), np.random.default_rng(2))

    pairs = season.participant * 1000 + season.observer
    assert (len(season.score), len(np.unique(pairs)), len(np.unique(season.classes))) == (4700, 4700, 23)
    assert np.bincount(season.participant).tolist() == [25] * 188
    assert np.bincount(season.classes).min() == 4
    assert np.bincount(season.classes).max() == 19
    assert (season.score.min(), season.score.max()) == pytest.approx((0, 100))


def test_risk_may_differ_between_participants():
    season = make_season(World(0.0, 0.1, uneven=0.7), np.random.default_rng(2))

    lost = (season.score == 0).reshape(-1, 25).sum(axis=1)
    assert lost.var() > 1.5 * lost.mean()


def test_calibration_error_is_the_distance_of_said_and_was():
    said = np.array([0.2] * 50 + [0.8] * 50)

    assert calibration_error(said, np.array([0.0, 0, 0, 0, 1] * 20)) == pytest.approx(0.3)
    assert calibration_error(said, np.array([0.0, 0, 0, 0, 1] * 10 + [1.0, 1, 1, 1, 0] * 10)) == pytest.approx(0)


def test_rank_in_class_counts_those_above():
    assert rank_in(np.array([5.0, 7, 6, 9]), np.array([1, 1, 1, 2])).tolist() == [3, 1, 2, 1]


def test_part_of_a_season_keeps_first_contacts_and_their_truth():
    rng = np.random.default_rng(4)
    season = make_season(World(0.35, 0.03), rng)

    part = part_of(season, participants=20, contacts=4, rng=rng)

    places = [season.truth.tolist().index(truth) for truth in part.truth]
    assert len(set(places)) == 20
    assert part.classes.tolist() == season.classes[places].tolist()
    assert part.score.reshape(20, 4).tolist() == season.score.reshape(188, 25)[places, :4].tolist()
    assert np.unique(part.observer).tolist() == list(range(part.observer.max() + 1))


def test_young_seasons_have_honest_intervals():
    found = young_coverage(WORLDS["severity .35, 3 % unanswered"], participants=188, contacts=6, seasons=6)

    assert 92 <= found <= 98
