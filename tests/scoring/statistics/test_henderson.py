"""Henderson's equations by themselves: the same whichever factor is eliminated, and honest at the end of precision."""

import numpy as np
import pytest

from scoring.statistics.henderson import OBSERVERS, PARTICIPANTS, Design, NotSolvableError, Solution


@pytest.fixture
def ratings():
    rng = np.random.default_rng(3)
    return np.repeat(np.arange(12), 5), np.concatenate([rng.choice(9, 5, replace=False) for _ in range(12)])


def test_it_does_not_matter_which_factor_is_eliminated(ratings):
    rated, by = ratings
    score = np.random.default_rng(4).normal(0, 10, rated.size)
    one = Solution(Design(rated, by, fixed=False), (0.7, 1.3))
    other = Solution(Design(by, rated, fixed=False), (1.3, 0.7))

    assert (one.design.big, other.design.big) == (PARTICIPANTS, OBSERVERS)
    assert one.log_determinant == pytest.approx(other.log_determinant)
    assert one.information == pytest.approx(other.information)
    for factor in (PARTICIPANTS, OBSERVERS):
        assert one.trace(factor) == pytest.approx(other.trace(1 - factor))
        assert one.trace(factor) == pytest.approx(one.variances(factor).sum())
        assert one.variances(factor) == pytest.approx(other.variances(1 - factor))
        assert one.covariance(factor) == pytest.approx(other.covariance(1 - factor))
    found, mirrored = one.estimate(score), other.estimate(score)
    assert found.level == pytest.approx(mirrored.level)
    assert found.effects[PARTICIPANTS] == pytest.approx(mirrored.effects[OBSERVERS])
    assert found.residuals == pytest.approx(mirrored.residuals)


def test_ratios_beyond_the_precision_of_the_machine_are_refused():
    design = Design(np.array([0, 0]), np.array([0, 1]), fixed=True)

    with pytest.raises(NotSolvableError):
        Solution(design, (1.0, 1e30))
