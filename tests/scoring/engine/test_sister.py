"""The best mean of both surveys: by exact comparison, among ranked participants that have both."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.ranks import Award, rank
from scoring.engine.rules import Rules
from scoring.engine.sister import Both, best_of_both, both_surveys
from tests.scoring.engine.test_ranks import EVERYONE, shares, standing


def both(standings, sister, rules=EVERYONE):
    return both_surveys(standings, rank(standings, rules), sister)


def test_order_follows_the_mean_and_not_the_total():
    standings = standing(shares(90, 0, 0), shares(80, 0, 0), shares(70, 0, 0))

    found = both(standings, {100: 60.0, 101: 75.5, 102: 80.0})

    assert found == [
        Both(101, total=80.0, sister=75.5, mean=77.75, place=1, shared=False),
        Both(100, total=90.0, sister=60.0, mean=75.0, place=2, shared=True),
        Both(102, total=70.0, sister=80.0, mean=75.0, place=2, shared=True),
    ]
    assert best_of_both(found) == [Award("best_of_both", None, "", 101, 77.75, shared=False)]


def test_those_without_a_place_or_without_a_result_do_not_compete():
    standings = standing(shares(90, 0, 0), shares(80, 0, 0), shares(70, 0, 0))
    standings.contacts[0, 0] = 19

    found = both(standings, {100: 99.0, 102: 50.0}, Rules())

    assert [one.enrolment for one in found] == [102]
    assert both(standings, {}) == []
    assert best_of_both([]) == []


def test_means_that_only_look_different_are_shared():
    # 241/3 + 71.1 and 719/9 + 71.5444…: floats differ in the last bit, decimals as written tell which are equal.
    standings = standing(
        (Fraction(1, 3), Fraction(0), Fraction(0)),
        (Fraction(1, 3) + Fraction(1, 1000), Fraction(0), Fraction(0)),
        (Fraction(1, 3) + Fraction(1, 1000), Fraction(0), Fraction(0)),
    )

    found = both(standings, {100: 71.3, 101: 71.2, 102: 71.2 - 1e-13})

    assert [(one.enrolment, one.place, one.shared) for one in found] == [
        (100, 1, True),
        (101, 1, True),
        (102, 3, False),
    ]
    assert [award.shared for award in best_of_both(found)] == [True, True]


def test_equal_means_share_a_place_although_their_floats_differ():
    standings = standing(*((Fraction(points, 60), Fraction(0), Fraction(0)) for points in (1, 4)))

    first, second = both(standings, {100: 7.0, 101: 2.0})

    assert first.mean != second.mean
    assert [(one.place, one.shared) for one in (first, second)] == [(1, True)] * 2


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 1000)),
        min_size=1,
        max_size=12,
    )
)
def test_places_are_those_of_exact_arithmetic(results):
    standings = standing(*((Fraction(points, 60), Fraction(0), Fraction(0)) for points, _sister in results))
    sister = {100 + row: tenths / 10 for row, (_points, tenths) in enumerate(results)}
    exactly = [Fraction(100 * points, 60) + Fraction(tenths, 10) for points, tenths in results]

    found = both(standings, sister)

    assert {one.enrolment - 100: one.place for one in found} == {
        row: 1 + sum(other > mean for other in exactly) for row, mean in enumerate(exactly)
    }
    assert {one.enrolment - 100: one.shared for one in found} == {
        row: exactly.count(mean) > 1 for row, mean in enumerate(exactly)
    }
    assert np.allclose([one.mean for one in found], sorted([float(mean) / 2 for mean in exactly], reverse=True))
