import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.statistics.nps import (
    NpsCounts,
    mean_interval,
    nps_difference,
    nps_interval,
    nps_part_difference,
)


@st.composite
def counts(draw, most=40):
    return NpsCounts.of(dict(enumerate(draw(st.lists(st.integers(0, most), min_size=11, max_size=11)))))


def test_counts_come_from_the_answers():
    counted = NpsCounts.of({0: 1, 6: 2, 7: 4, 8: 8, 9: 16, 10: 32})

    assert counted == (48, 3, 63)
    assert counted.value == pytest.approx(100 * 45 / 63)


@pytest.mark.parametrize(("promoters", "detractors", "answers"), [(15, 3, 25), (9, 9, 25), (2, 17, 25), (120, 30, 200)])
def test_interval_is_the_adjusted_wald_interval(promoters, detractors, answers):
    p, d = (promoters + 0.75) / (answers + 3), (detractors + 0.75) / (answers + 3)
    half = 1.959963984540054 * ((p + d - (p - d) ** 2) / (answers + 3)) ** 0.5

    interval = nps_interval(NpsCounts(promoters, detractors, answers))

    assert interval == pytest.approx((100 * (p - d - half), 100 * (p - d + half)), rel=1e-14)


@pytest.mark.parametrize(("everyone", "bound"), [(NpsCounts(25, 0, 25), 100), (NpsCounts(0, 25, 25), -100)])
def test_interval_stays_on_the_scale_and_is_open_to_surprises(everyone, bound):
    interval = nps_interval(everyone)

    assert bound in interval
    assert 20 < interval.high - interval.low < 40


def test_nothing_is_said_without_answers():
    nobody, somebody = NpsCounts(0, 0, 0), NpsCounts(1, 0, 2)

    assert nps_interval(nobody) is None
    assert nps_difference(nobody, somebody) is None
    assert nps_difference(somebody, nobody) is None
    assert nps_part_difference(nobody, somebody) is None
    assert nps_part_difference(somebody, somebody) is None


def test_difference_joins_the_widths_of_both():
    one, other = NpsCounts(15, 3, 25), NpsCounts(60, 50, 160)
    own, theirs = nps_interval(one), nps_interval(other)

    value, low, high = nps_difference(one, other)

    assert value == pytest.approx(48 - 6.25)
    assert value - low == pytest.approx(np.hypot(48 - own.low, theirs.high - 6.25))
    assert high - value == pytest.approx(np.hypot(own.high - 48, 6.25 - theirs.low))


@given(counts(), counts())
def test_difference_encloses_its_value_and_turns_around(one, other):
    found = nps_difference(one, other)

    if not one.answers or not other.answers:
        assert found is None
        return
    value, low, high = found
    assert -200 <= low <= value <= high <= 200
    assert nps_difference(other, one) == pytest.approx((-value, -high, -low))


def test_part_is_compared_with_the_rest_of_the_whole():
    part, whole = NpsCounts(15, 3, 25), NpsCounts(90, 60, 200)
    rest = NpsCounts(75, 57, 175)

    found = nps_part_difference(part, whole)

    assert found.value == pytest.approx(part.value - whole.value)
    assert found == pytest.approx([175 / 200 * points for points in nps_difference(part, rest)])


def test_mean_interval_is_that_of_student():
    distribution = {1: 0, 2: 1, 3: 4, 4: 9, 5: 3}
    answers = np.repeat(list(distribution), list(distribution.values()))

    expected = stats.t.interval(0.95, 16, answers.mean(), stats.sem(answers))

    assert mean_interval(distribution) == pytest.approx(expected)


def test_mean_interval_ends_where_the_scale_does():
    assert mean_interval({1: 1, 2: 0, 3: 0, 4: 0, 5: 1}) == (1.0, 5.0)


def test_mean_interval_of_equal_answers_leaves_room_for_others():
    missed = stats.binomtest(0, 25).proportion_ci(method="exact").high

    interval = mean_interval({1: 0, 2: 0, 3: 0, 4: 25, 5: 0})

    assert interval == pytest.approx((4 - 3 * missed, 4 + missed))


@pytest.mark.parametrize("distribution", [{}, {1: 0, 2: 0}, {1: 0, 2: 1}])
def test_mean_interval_needs_two_answers(distribution):
    assert mean_interval(distribution) is None
