"""The certainty of a mean of two surveys."""

import numpy as np
import pytest

from scoring.statistics.combined import Combined, combined

NAN = np.nan


def of(*rows):
    return combined(*np.array(rows, float).T)


def test_error_and_interval_follow_from_both_errors():
    (one,) = of((80, 3, 70, 4))

    assert (one.mean, one.standard_error) == (75, 2.5)
    assert one.interval == pytest.approx((75 - 1.959964 * 2.5, 75 + 1.959964 * 2.5), abs=1e-5)
    assert one.probability_first == 1


def test_interval_stays_within_the_scale():
    low, high = of((1, 4, 1, 4), (99, 4, 99, 4))

    assert (low.interval.low, high.interval.high) == (0, 100)


def test_without_an_error_of_everybody_there_are_no_chances():
    known, unknown = of((80, 3, 70, 4), (90, 3, 80, NAN))

    assert unknown == Combined(mean=85, standard_error=None, interval=None, probability_first=None)
    assert (known.standard_error, known.probability_first) == (2.5, None)


def test_chances_add_up_to_one_follow_the_means_and_are_the_same_every_time():
    rows = [(80, 3, 82, 2), (78, 3, 81, 2), (60, 3, 58, 2), (70, 3, 71, 2)]

    chances = [one.probability_first for one in of(*rows)]

    assert sum(chances) == pytest.approx(1)
    assert chances[0] > chances[1] > chances[3] >= chances[2]
    assert chances == [one.probability_first for one in of(*rows)]


def test_equals_have_equal_chances():
    chances = [one.probability_first for one in of((80, 3, 70, 3), (70, 3, 80, 3), (50, 3, 50, 3))]

    assert chances[0] == pytest.approx(chances[1], abs=0.02)


def test_nobody_has_both():
    assert combined(*np.zeros((4, 0))) == []


def test_interval_holds_the_truth_in_95_of_100_cases():
    rng = np.random.default_rng(5)
    truth, ksp_se, nbk_se = 75.0, 2.0, 1.0
    ksp, nbk = truth + ksp_se * rng.standard_normal(4000), truth + nbk_se * rng.standard_normal(4000)

    found = [of((one, ksp_se, other, nbk_se))[0].interval for one, other in zip(ksp, nbk, strict=True)]

    assert np.mean([low <= truth <= high for low, high in found]) == pytest.approx(0.95, abs=0.015)
