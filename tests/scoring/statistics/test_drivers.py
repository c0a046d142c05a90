from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine.battery import METHODS, Battery, OptionSpec, QuestionSpec
from scoring.engine.reports import Reports
from scoring.engine.scores import score_reports
from scoring.statistics.drivers import (
    Observations,
    TooManyPredictorsError,
    importances,
    johnson,
    lmg,
    observe,
    potential,
    strengths,
)

# Swiss fertility and socio-economic indicators of 1888 (Mosteller & Tukey 1977), as in R's datasets.
SWISS = Path(__file__).parent / "data" / "swiss.csv"
# R's relaimpo 2.2-7: calc.relimp(Fertility ~ ., swiss, type = c("lmg", "genizi")). The latter here to more
# decimals from R's svd of the standardised predictors, X = U D V': with Z = U V' and L = V D V', L^2 (Z'y)^2.
LMG = [0.05709122077, 0.17117302890, 0.26013467862, 0.10557015037, 0.11276592293]
GENIZI = [0.0484168958119, 0.1547082498062, 0.2719641046460, 0.1146800299476, 0.1169657213811]
YES_NO = [OptionSpec(1), OptionSpec(0), OptionSpec(not_applicable=True)]


def swiss():
    numbers = np.loadtxt(SWISS, delimiter=",", skiprows=1, usecols=range(1, 7))
    return numbers[:, 1:], numbers[:, 0]


def r_squared(predictors, outcome):
    x, y = predictors - predictors.mean(axis=0), outcome - outcome.mean()
    fitted = x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return float((fitted**2).sum() / (y**2).sum())


@st.composite
def data(draw, most=5):
    k, seed = draw(st.integers(1, most)), draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    predictors = rng.normal(size=(30, k)) @ rng.normal(size=(k, k))
    return predictors, predictors @ rng.normal(size=k) + rng.normal(size=30), rng


def test_lmg_is_that_of_relaimpo():
    predictors, outcome = swiss()

    parts = lmg(predictors, outcome)

    assert np.abs(parts - LMG).max() < 1e-10
    assert parts.sum() == pytest.approx(r_squared(predictors, outcome), abs=1e-12)


def test_johnson_is_relaimpos_genizi():
    predictors, outcome = swiss()

    parts = johnson(predictors, outcome)

    assert np.abs(parts - GENIZI).max() < 1e-12
    assert parts.sum() == pytest.approx(r_squared(predictors, outcome), abs=1e-12)


@given(data())
def test_the_parts_add_up_to_what_is_explained(drawn):
    predictors, outcome, _ = drawn

    explained = r_squared(predictors, outcome)

    assert lmg(predictors, outcome).sum() == pytest.approx(explained, abs=1e-8)
    assert johnson(predictors, outcome).sum() == pytest.approx(explained, abs=1e-8)


@given(data())
def test_the_order_of_predictors_and_their_units_do_not_matter(drawn):
    predictors, outcome, rng = drawn
    order = rng.permutation(predictors.shape[1])
    other = predictors[:, order] * rng.choice([-2.0, 0.5, 30.0], len(order)) + 7

    assert lmg(other, 3 * outcome - 1) == pytest.approx(lmg(predictors, outcome)[order], abs=1e-8)
    assert johnson(other, 3 * outcome - 1) == pytest.approx(johnson(predictors, outcome)[order], abs=1e-8)


@settings(max_examples=20)
@given(data(most=4))
def test_lmg_is_the_mean_gain_over_all_orders(drawn):
    predictors, outcome, _ = drawn
    k = predictors.shape[1]
    orders = list(permutations(range(k)))
    gains = np.zeros(k)
    for order in orders:
        for place, predictor in enumerate(order):
            before, after = predictors[:, order[:place]], predictors[:, order[: place + 1]]
            gains[predictor] += r_squared(after, outcome) - (r_squared(before, outcome) if place else 0)

    assert lmg(predictors, outcome) == pytest.approx(gains / len(orders), abs=1e-8)


def test_twins_share_and_constants_get_nothing():
    rng = np.random.default_rng(1)
    x = rng.normal(size=200)
    outcome = x + rng.normal(size=200)
    predictors = np.stack([x, x, np.full(200, 0.1), rng.normal(size=200)], axis=1)

    for parts in (lmg(predictors, outcome), johnson(predictors, outcome)):
        assert parts[0] == pytest.approx(parts[1], abs=1e-9)
        assert parts[2] == 0
        assert parts.sum() == pytest.approx(r_squared(predictors[:, [0, 3]], outcome), abs=1e-9)


def test_an_outcome_that_never_varies_is_explained_by_nothing():
    predictors = np.random.default_rng(1).normal(size=(20, 3))

    assert lmg(predictors, np.full(20, 8.0)).tolist() == [0, 0, 0]
    assert johnson(predictors, np.full(20, 8.0)).tolist() == [0, 0, 0]


def test_lmg_refuses_what_would_take_too_long():
    rng = np.random.default_rng(1)
    predictors, outcome = rng.normal(size=(40, 13)), rng.normal(size=40)

    assert lmg(predictors[:, :12], outcome).shape == (12,)
    with pytest.raises(TooManyPredictorsError, match="at most 12 predictors, not 13"):
        lmg(predictors, outcome)


def observations(seed=3, participants=30, contacts=20, observers=40):
    """Satisfaction follows the first of three questions; participants differ, and that must not count."""
    rng = np.random.default_rng(seed)
    n = participants * contacts
    participant = np.repeat(np.arange(participants), contacts)
    items = rng.normal(size=(n, 3)) + 5 * rng.normal(size=participants)[participant, None]
    within = items - np.stack([np.bincount(participant, column) / contacts for column in items.T], axis=1)[participant]
    nps = 2 * within[:, 0] + within[:, 1] + rng.normal(size=n) - 9 * rng.normal(size=participants)[participant]
    areas = np.stack([items[:, :2].mean(axis=1), items[:, 2]], axis=1)
    return Observations(
        areas=("agent", "overall"),
        items=("q1", "q2", "q3"),
        outcomes=("csat", "nps"),
        participant=participant,
        observer=rng.integers(0, observers, n),
        values=np.column_stack([areas, items, rng.permutation(nps), nps]),
    )


def test_drivers_are_found_inside_participants():
    csat, nps = importances(observations())

    shares = [driver.share for driver in nps.items.drivers]
    assert [driver.code for driver in nps.items.drivers] == ["q1", "q2", "q3"]
    assert shares == pytest.approx([0.8, 0.2, 0], abs=0.04)
    assert sum(shares) == pytest.approx(1)
    assert sum(driver.raw for driver in nps.items.drivers) == pytest.approx(nps.items.r_squared)
    assert nps.items.r_squared == pytest.approx(5 / 6, abs=0.03)
    assert nps.areas.drivers[0].share > 0.98
    assert nps.areas.drivers[0].correlation == pytest.approx(3 / np.sqrt(2 * 6), abs=0.03)
    assert csat.items.r_squared < 0.05
    assert (nps.outcome, nps.n, nps.observers, nps.items.few) == ("nps", 600, 40, False)


def test_the_importance_of_areas_is_lmg_and_of_items_johnson_of_the_deviations():
    known = observations()
    means = np.stack([np.bincount(known.participant, column) / 20 for column in known.values.T], axis=1)
    deviations = known.values - means[known.participant]

    nps = importances(known, replicates=5)[1]

    assert [driver.raw for driver in nps.areas.drivers] == pytest.approx(lmg(deviations[:, :2], deviations[:, 6]))
    assert [driver.raw for driver in nps.items.drivers] == pytest.approx(johnson(deviations[:, 2:5], deviations[:, 6]))


def test_intervals_enclose_the_share_and_come_out_the_same_again():
    nps = importances(observations())[1]

    for driver in (*nps.areas.drivers, *nps.items.drivers):
        assert 0 <= driver.low <= driver.share <= driver.high <= 1
    assert 0.02 < nps.items.drivers[0].high - nps.items.drivers[0].low < 0.2
    assert importances(observations())[1] == nps
    assert importances(observations(), seed=1)[1] != nps


def test_a_share_lies_in_its_interval_whatever_was_drawn():
    for seed in range(3):
        nps = importances(observations(), replicates=1, seed=seed)[1]

        for driver in (*nps.areas.drivers, *nps.items.drivers):
            assert driver.low <= driver.share <= driver.high
            assert driver.share in {driver.low, driver.high}


def test_the_order_of_reports_changes_nothing_but_the_last_bits():
    known = observations()
    order = np.random.default_rng(0).permutation(len(known.observer))

    first, second = importances(known)[1], importances(known.take(order))[1]

    for one, other in zip(first.items.drivers, second.items.drivers, strict=True):
        assert (one.share, one.low, one.high) == pytest.approx((other.share, other.low, other.high), abs=1e-9)


def test_reports_without_the_outcome_are_left_out_of_that_outcome_alone():
    known = observations()
    values = known.values.copy()
    values[:100, 6] = np.nan

    csat, nps = importances(replace(known, values=values))

    assert (csat.n, nps.n) == (600, 500)
    whole, part = importances(known)[0], importances(known.take(np.arange(100, 600)))[1]
    for one, other in ((csat, whole), (nps, part)):
        assert one.items.r_squared == pytest.approx(other.items.r_squared, abs=1e-12)
        for driver, same in zip(one.items.drivers, other.items.drivers, strict=True):
            assert (driver.raw, driver.low, driver.high) == pytest.approx((same.raw, same.low, same.high), abs=1e-9)


def test_a_question_that_was_not_asked_says_nothing():
    known = observations()
    values = known.values.copy()
    values[:, 4] = np.nan

    _, nps = importances(replace(known, values=values))

    last = nps.items.drivers[2]
    assert (last.raw, last.share, last.correlation) == (0, 0, 0)
    assert sum(driver.share for driver in nps.items.drivers) == pytest.approx(1)


@pytest.mark.parametrize(
    ("reports", "observers", "areas_few", "items_few"),
    [(30, 10, False, False), (29, 10, False, True), (19, 10, True, True), (60, 9, True, True)],
)
def test_few_data_are_warned_of(reports, observers, areas_few, items_few):
    known = observations().take(np.arange(reports))
    known = replace(known, observer=np.arange(reports) % observers)

    nps = importances(known, replicates=2)[1]

    assert (nps.areas.few, nps.items.few) == (areas_few, items_few)


def test_one_observer_gives_no_interval_and_no_report_no_share():
    known = observations()
    alone, empty = replace(known, observer=np.zeros_like(known.observer)), known.take(np.arange(0))

    (_, nps), (_, nothing) = importances(alone), importances(empty)

    assert nps.items.drivers[0].share > 0.7
    assert importances(replace(known, observer=known.observer % 2))[1].items.drivers[0].low > 0
    assert [(driver.low, driver.high) for driver in nps.items.drivers] == [(None, None)] * 3
    assert (nothing.n, nothing.observers, nothing.items.r_squared, nothing.items.few) == (0, 0, 0, True)
    assert {(driver.raw, driver.share, driver.low) for driver in nothing.items.drivers} == {(0, None, None)}


def test_observing_takes_answered_reports_as_percentages_and_steps():
    battery = Battery.build(
        areas=["agent"],
        questions=[
            QuestionSpec("listened", "agent", "scored", METHODS, YES_NO),
            QuestionSpec("spelling", "agent", "scored", ("email",), YES_NO),
            QuestionSpec("site", "agent", "unscored", METHODS, YES_NO),
            QuestionSpec("nps", "cx", "cx", METHODS, [OptionSpec(value=step) for step in range(11)]),
            QuestionSpec("ves1", "cx", "cx", METHODS, [OptionSpec(value=step) for step in range(1, 8)]),
        ],
    )
    reports = Reports.from_rows(
        battery,
        [
            (1, 7, "email", 202148, True, np.array([0, 1, 0, 9, 3], "<i2").tobytes()),
            (2, 7, "phone", 202148, True, np.array([2, 0, 0, -1, 3], "<i2").tobytes()),
            (3, 7, "phone", 202148, False, np.array([0, 0, 0, 5, 3], "<i2").tobytes()),
            (4, 9, "phone", 202148, True, np.array([1, -1, 1, 0, 3], "<i2").tobytes()),
        ],
    )

    found = observe(battery, reports, scores=score_reports(battery, reports), observer=np.array([4, 5, 6, 4]))

    assert (found.areas, found.items, found.outcomes) == (("agent",), ("listened", "spelling"), ("nps",))
    assert (found.participant.tolist(), found.observer.tolist()) == ([0, 0, 1], [4, 5, 4])
    wanted = [[50, 100, 0, 9], [np.nan, np.nan, np.nan, np.nan], [0, 0, np.nan, 0]]
    np.testing.assert_array_equal(found.values, np.array(wanted))


def test_a_questionnaire_without_outcomes_has_no_drivers():
    battery = Battery.build(areas=["agent"], questions=[QuestionSpec("q", "agent", "scored", METHODS, YES_NO)])
    reports = Reports.from_rows(battery, [(1, 7, "email", 202148, True, np.array([0], "<i2").tobytes())])

    found = observe(battery, reports, scores=score_reports(battery, reports), observer=np.array([4]))

    assert importances(found) == ()


def test_potential_is_importance_times_points_lost_and_strength_what_is_gained_beyond_others():
    importance, score = np.array([0.5, 0.3, 0.2]), np.array([[80.0, 100.0, np.nan], [0.0, 50.0, 20.0]])
    others = np.array([70.0, 75.0, 40.0])

    np.testing.assert_allclose(potential(importance, score), [[0.1, 0, np.nan], [0.5, 0.15, 0.16]])
    np.testing.assert_allclose(strengths(importance, score, others), [[0.05, 0.075, np.nan], [0, 0, 0]])
