import pytest
from hypothesis import given
from hypothesis import strategies as st

from participants.season_settings import DEFAULT_GRADE_WEIGHTS
from responses.grading import ASPECTS, internal_score, suggested_punctuality

EVEN = dict.fromkeys(ASPECTS, 1)


def graded(*numbers):
    return dict(zip(ASPECTS, numbers, strict=True))


def test_observer_without_grades_has_no_score():
    assert internal_score([], weights=DEFAULT_GRADE_WEIGHTS) is None


@pytest.mark.parametrize(
    ("grades", "score"),
    [
        ([graded(4, 4, 4, 4)], 100),
        ([graded(0, 0, 0, 0)], 0),
        ([graded(4, 0, 0, 0)], 40),
        ([graded(0, 4, 0, 0)], 30),
        ([graded(0, 0, 4, 0)], 15),
        ([graded(0, 0, 0, 4)], 15),
        ([graded(3, 2, 4, 1)], 100 * (0.4 * 3 + 0.3 * 2 + 0.15 * 4 + 0.15 * 1) / 4),
        ([graded(4, 4, 4, 4), graded(0, 0, 0, 0), graded(2, 2, 2, 2)], 50),
    ],
)
def test_score_is_the_weighted_mean_of_the_grades(grades, score):
    assert internal_score(grades, weights=DEFAULT_GRADE_WEIGHTS) == pytest.approx(score, abs=1e-12)


@pytest.mark.parametrize(("grade", "score"), [(graded(4, 0, 0, 0), 25), (graded(1, 2, 3, 4), 62.5)])
def test_weights_are_shares_of_their_sum(grade, score):
    assert internal_score([grade], weights=EVEN) == score
    assert internal_score([grade], weights=dict.fromkeys(ASPECTS, 7)) == score


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 4), min_size=1, max_size=20), st.randoms())
def test_order_of_the_grades_changes_nothing_and_the_score_stays_on_its_scale(numbers, rng):
    grades = [graded(*each) for each in numbers]
    score = internal_score(grades, weights=DEFAULT_GRADE_WEIGHTS)
    rng.shuffle(grades)

    assert internal_score(grades, weights=DEFAULT_GRADE_WEIGHTS) == score
    assert 0 <= score <= 100


@pytest.mark.parametrize(("days", "grade"), [(0, 4), (1, 3), (2, 2), (3, 1), (4, 0), (9, 0)])
def test_punctuality_falls_with_each_day(days, grade):
    assert suggested_punctuality(days) == grade
