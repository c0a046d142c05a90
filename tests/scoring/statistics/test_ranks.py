import numpy as np
import pytest
from scipy import stats

from scoring.statistics.ranks import probability_first, rank_intervals, spread_within

CLASSES = np.array([4, 4, 4, 4, 9, 9, 9, 2])
MEANS = np.array([80.0, 78, 71, 83, 90, 66, 70, 75])
COVARIANCE = np.diag(np.full(8, 9.0)) + 0.5


def test_first_place_is_certain_of_somebody():
    first = probability_first(MEANS, COVARIANCE, CLASSES)

    assert [first.in_class[each == CLASSES].sum() for each in (4, 9, 2)] == pytest.approx([1, 1, 1])
    assert first.overall.sum() == pytest.approx(1)
    assert first.in_class[7] == 1
    assert first.overall.argmax() == 4


def test_probability_follows_from_the_posterior_of_two():
    # Many classes of two, so that what is drawn from is known in closed form.
    rng = np.random.default_rng(1)
    means, classes, noise = 75 + 8 * rng.standard_normal(60), np.repeat(np.arange(30), 2), 16.0
    lead = means[0::2] - means[1::2]
    spread = (lead**2 / 2).mean() - noise
    pull = spread / (spread + noise)

    first = probability_first(means, noise * np.eye(60), classes, draws=40_000)

    assert spread_within(means, noise * np.eye(60), classes) == pytest.approx(spread)
    expected = stats.norm.cdf(pull * lead / np.sqrt(2 * pull * noise))
    assert first.in_class[0::2] == pytest.approx(expected, abs=0.012)


def test_probability_takes_account_of_errors_that_go_together():
    means, classes = np.tile([76.0, 74.0], 20), np.repeat(np.arange(20), 2)
    means += np.repeat(np.linspace(-5, 5, 20), 2)
    alone = np.eye(40)
    together = alone + 0.9 * np.kron(np.eye(20), [[0, 1], [1, 0]])

    assert (
        probability_first(means, together, classes).in_class[0]
        > probability_first(means, alone, classes).in_class[0] + 0.02
    )


def test_same_figures_give_the_same_probabilities_and_places():
    for function in (probability_first, rank_intervals):
        once, again = (function(MEANS, COVARIANCE, CLASSES) for _ in range(2))
        assert all((one == other).all() for one, other in zip(once, again, strict=True))


def test_order_of_participants_matters_no_more_than_the_draws():
    order = np.random.default_rng(3).permutation(8)

    first = probability_first(MEANS, COVARIANCE, CLASSES)
    shuffled = probability_first(MEANS[order], COVARIANCE[np.ix_(order, order)], CLASSES[order])

    assert shuffled.in_class == pytest.approx(first.in_class[order], abs=0.025)
    assert shuffled.overall == pytest.approx(first.overall[order], abs=0.025)


def test_everybody_is_as_probably_first_when_nothing_sets_them_apart():
    first = probability_first(np.array([80.0, 80.5, 79.5, 80.0]), 25 * np.eye(4), np.zeros(4, int))

    assert first.in_class == pytest.approx(np.full(4, 0.25), abs=0.03)


def test_nobody_ranked_gives_nothing():
    nobody = np.zeros(0)

    assert [len(values) for values in probability_first(nobody, np.zeros((0, 0)), nobody.astype(int))] == [0, 0]
    assert [len(values) for values in rank_intervals(nobody, np.zeros((0, 0)), nobody.astype(int))] == [0] * 4


def test_spread_within_classes_is_what_errors_do_not_explain():
    means, classes = np.array([70.0, 80.0, 60.0, 64.0, 68.0]), np.array([1, 1, 2, 2, 2])
    covariance = np.diag([4.0, 4.0, 2.0, 2.0, 2.0])
    covariance[0, 1] = covariance[1, 0] = 1.0

    # Squares around the class means 50 + 32; of errors (4 + 4 - 1 * 2 - ...)/2 and 4 in 1 + 2 degrees of freedom.
    assert spread_within(means, covariance, classes) == pytest.approx((50 + 32 - (8 - 10 / 2) - (6 - 6 / 3)) / 3)


def test_without_classmates_the_figures_alone_decide():
    means, classes = np.array([80.0, 76.0]), np.array([1, 2])

    first = probability_first(means, 8 * np.eye(2), classes, draws=40_000)

    assert spread_within(means, 8 * np.eye(2), classes) == 0
    assert first.in_class.tolist() == [1, 1]
    assert first.overall[0] == pytest.approx(stats.norm.cdf(4 / 16**0.5), abs=0.012)


def test_places_are_those_that_csranks_gives():
    # The procedure of csranks (20,000 draws in R), which has no class and takes everyone for one family.
    means = np.array([91, 88.5, 84, 83.2, 80, 77, 76.1, 70, 62, 58])
    covariance = np.diag(np.arange(2.0, 12.0)) + 0.8

    found = rank_intervals(means, covariance, np.zeros(10, int))

    assert found.overall_low.tolist() == [1, 1, 1, 1, 2, 3, 3, 5, 8, 8]
    assert found.overall_high.tolist() == [4, 5, 7, 7, 8, 8, 8, 10, 10, 10]
    assert found.class_low.tolist() == found.overall_low.tolist()
    assert found.class_high.tolist() == found.overall_high.tolist()


def test_places_are_certain_far_apart_and_open_when_equal():
    means = np.array([90.0, 50.0, 70.0, 70.0, 70.0, 70.0, 10.0])
    classes = np.array([1, 1, 1, 2, 2, 2, 3])

    found = rank_intervals(means, np.eye(7), classes)

    assert found.class_low.tolist() == [1, 3, 2, 1, 1, 1, 1]
    assert found.class_high.tolist() == [1, 3, 2, 3, 3, 3, 1]
    assert found.overall_low.tolist() == [1, 6, 2, 2, 2, 2, 7]
    assert found.overall_high.tolist() == [1, 6, 5, 5, 5, 5, 7]


@pytest.mark.parametrize(("lead", "low"), [(3.2, [4, 3, 1, 1]), (3.5, [4, 3, 2, 1])])
def test_steps_find_more_than_the_first_critical_value(lead, low):
    # In standard errors 2.26 and 2.47: the critical value is 2.57 of all differences, 2.39 of those left unsettled.
    means = np.array([0.0, 100.0, 200.0, 200.0 + lead])

    found = rank_intervals(means, np.eye(4), np.zeros(4, int), draws=20_000)

    assert found.overall_low.tolist() == low
    assert found.overall_high.tolist() == [4, 3, 2, 3 - low[2]]


def test_places_are_right_at_once_more_often_than_promised():
    rng = np.random.default_rng(8)
    truth = np.array([80.0, 79, 78, 74, 73, 70])
    place = 1 + (truth[None] > truth[:, None]).sum(axis=1)
    right = 0
    for _ in range(100):
        found = rank_intervals(truth + 2 * rng.standard_normal(6), 4 * np.eye(6), np.zeros(6, int), draws=500)
        right += bool(((found.class_low <= place) & (place <= found.class_high)).all())

    assert right >= 95
