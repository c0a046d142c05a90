import numpy as np
import pytest
from scipy import stats
from scipy.special import expit, logit, polygamma

from scoring.statistics.crossed import fit_crossed
from scoring.statistics.intervals import (
    _trigamma_inverse,
    contrast_interval,
    moderated_covariance,
    participant_intervals,
    squeeze,
    unseen,
)

# What limma 3.54.1 (squeezeVar) makes of these: d₀, s₀², posterior variances.
LIMMA = [
    (
        [120, 80, 310.5, 45, 200, 150, 95, 60, 410, 33],
        [24] * 10,
        4.35479102956,
        91.2676022101,
        [
            *(115.5872152956, 81.7305030736, 276.8298072524, 52.1058798795, 183.3006397394),
            *(140.9797494620, 94.4267701569, 64.8021469627, 361.0483789044, 41.9488662129),
        ],
    ),
    ([1, 1.1, 0.9, 1.05, 0.97], [24] * 5, np.inf, 1.004, [1.004] * 5),
    (
        [5, 7, 0, 9, 20, 4],
        [5, 10, 24, 3, 8, 9],
        0.423799075276,
        0.0403342176684,
        [4.61246688104, 6.71704175210, 0.000699874908778, 7.89096936186, 18.9958345604, 3.82192927889],
    ),
]


def season(*, participants=12, observers=10, contacts=8, seed=1, spreads=(15.0,)):
    """Contacts whose chance has heavy tails; every other participant may have more of it."""
    rng = np.random.default_rng(seed)
    participant = np.repeat(np.arange(participants), contacts)
    observer = np.concatenate([(np.arange(contacts) + each) % observers for each in range(participants)])
    score = 75 + 6 * rng.standard_normal(participants)[participant] + 4 * rng.standard_normal(observers)[observer]
    score += np.resize(spreads, participants)[participant] * rng.standard_t(5, len(participant))
    return participant, observer, np.clip(score, 0, 100)


def intervals_of(participant, observer, score):
    fit = fit_crossed(participant, observer, score)
    return fit, participant_intervals(fit, participant, score)


@pytest.mark.parametrize(("variances", "df", "df0", "variance0", "posterior"), LIMMA)
def test_squeeze_gives_the_numbers_of_limma(variances, df, df0, variance0, posterior):
    squeezed = squeeze(np.array(variances, float), np.array(df, float))

    assert squeezed.df0 == pytest.approx(df0, rel=1e-10)
    assert squeezed.variance0 == pytest.approx(variance0, rel=1e-10)
    assert squeezed.posterior == pytest.approx(posterior, rel=1e-10)


def test_squeeze_borrows_nothing_from_one_variance_alone():
    squeezed = squeeze(np.array([7.0, 99.0]), np.array([4.0, 0.0]))

    assert (squeezed.df0, squeezed.variance0, squeezed.posterior.tolist()) == (0.0, 7.0, [7.0, 7.0])


def test_squeeze_borrows_from_a_second_variance():
    squeezed = squeeze(np.array([1.0, 100.0]), np.array([4.0, 4.0]))

    assert squeezed.df0 > 0
    assert 1 < squeezed.posterior[0] < squeezed.posterior[1] < 100


def test_squeeze_gives_a_variance_without_degrees_of_freedom_the_shared_one():
    variances, df = np.array([*LIMMA[0][0], 12345.0]), np.array([*LIMMA[0][1], 0.0])

    assert squeeze(variances, df).posterior == pytest.approx([*LIMMA[0][4], LIMMA[0][3]], rel=1e-10)


@pytest.mark.parametrize("size", [0, 1, 4])
def test_squeeze_of_no_spread_at_all_is_zero(size):
    squeezed = squeeze(np.zeros(size), np.full(size, 3.0))

    assert squeezed.posterior.tolist() == [0.0] * size


@pytest.mark.parametrize("value", [1e-7, 1e-5, 0.01, 0.5, 1.0, 40.0, 1e6, 1e8])
def test_trigamma_inverse_is_undone_by_trigamma(value):
    assert polygamma(1, _trigamma_inverse(value)) == pytest.approx(value, rel=1e-3 if value in {1e-7, 1e8} else 1e-10)


def test_interval_is_t_on_the_logit_scale_with_the_moderated_variance():
    contacts = 8
    participant, observer, score = season(contacts=contacts, spreads=(2.0, 20.0))

    fit, intervals = intervals_of(participant, observer, score)

    residuals = fit.residuals.reshape(-1, contacts)
    own = residuals.var(axis=1, ddof=1)
    own *= fit.residual_variance / own.mean()
    # Unbiased estimates of κ₄ and σ⁴ from each participant, by another's k-statistics.
    fourth = np.array([stats.kstat(row, 4) for row in residuals])
    squares = np.array([(stats.kstat(row, 2) ** 2 - stats.kstat(row, 4) / contacts) for row in residuals])
    kurtosis = fourth.sum() / (squares.sum() * (contacts - 1) / (contacts + 1))
    chance = 2 / (contacts - 1) + kurtosis / contacts
    spread = own.var(ddof=1) - (own**2).mean() * chance / (1 + chance)
    df0 = 2 * (own**2).mean() / (1 + chance) / spread
    moderated = (df0 * fit.residual_variance + 2 / chance * own) / (df0 + 2 / chance)
    assert kurtosis > 0
    assert spread > 0
    error = np.sqrt(moderated / contacts + fit.standard_errors**2 - fit.residual_variance / contacts)
    df = min(contacts - 1 + df0, len(own) * (contacts - 1))
    share = fit.means / 100
    half = stats.t.ppf(0.975, df) * error / 100 / (share * (1 - share))
    assert intervals.mean == pytest.approx(fit.means)
    assert intervals.standard_error == pytest.approx(error)
    assert intervals.variance == pytest.approx(moderated)
    assert intervals.df == pytest.approx(np.full(len(own), df))
    assert intervals.low == pytest.approx(100 * expit(logit(share) - half))
    assert intervals.high == pytest.approx(100 * expit(logit(share) + half))


def test_variances_that_chance_explains_are_all_taken_for_one():
    fit, intervals = intervals_of(*season())

    assert intervals.variance.tolist() == [fit.residual_variance] * 12
    assert intervals.df.tolist() == [12 * 7] * 12


def test_variances_of_two_or_three_contacts_are_moderated_as_if_normal():
    participant, observer, score = season(contacts=3, observers=6, spreads=(2.0, 20.0))
    kept = (participant < 6) | (np.arange(len(participant)) % 3 > 0)

    fit, intervals = intervals_of(participant[kept], observer[kept], score[kept])

    centred = [fit.residuals[participant[kept] == each] for each in range(12)]
    squares = np.array([((row - row.mean()) ** 2).sum() for row in centred])
    own = squares * fit.residual_variance * 18 / squares.sum() / (fit.counts - 1)
    assert fit.counts.tolist() == [3] * 6 + [2] * 6
    assert intervals.variance == pytest.approx(squeeze(own, fit.counts - 1.0).posterior)
    assert intervals.variance.std() > 1


def test_interval_is_the_same_in_any_order_of_contacts():
    participant, observer, score = season()
    order = np.random.default_rng(5).permutation(len(score))

    _, intervals = intervals_of(participant, observer, score)
    _, shuffled = intervals_of(participant[order], observer[order], score[order])

    assert shuffled.low == pytest.approx(intervals.low, abs=1e-6)
    assert shuffled.high == pytest.approx(intervals.high, abs=1e-6)


@pytest.mark.parametrize("level", [0.0, 80.0, 100.0])
def test_equal_scores_everywhere_leave_room_for_what_was_not_met(level):
    participant, observer = np.repeat(np.arange(3), 5), np.tile(np.arange(5), 3)

    _, intervals = intervals_of(participant, observer, np.full(15, level))

    # The exact interval of a share of which nothing was met among five.
    missed = stats.binomtest(0, 5).proportion_ci(method="exact").high
    assert intervals.low == pytest.approx(np.full(3, level * (1 - missed)))
    assert intervals.high == pytest.approx(np.full(3, 100 - (100 - level) * (1 - missed)))


def test_perfect_participant_among_others_gets_at_least_the_rule_of_three():
    participant, observer, score = season()
    score[participant == 0] = 100.0

    fit, intervals = intervals_of(participant, observer, score)

    least = unseen(intervals.mean[:1], fit.counts[:1].astype(float))
    assert intervals.low[0] <= least.low[0]
    assert intervals.mean[0] <= intervals.high[0] <= 100
    assert intervals.high[0] - intervals.low[0] > 20
    assert np.sqrt(np.diag(moderated_covariance(fit, intervals))) == pytest.approx(intervals.standard_error)


def test_single_contact_borrows_all_its_variance():
    participant, observer, score = season()
    kept = (participant > 0) | (np.arange(len(participant)) == 0)

    fit, intervals = intervals_of(participant[kept], observer[kept], score[kept])

    assert fit.counts[0] == 1
    assert intervals.low[0] < intervals.mean[0] - 15
    assert intervals.low[1:].min() > intervals.low[0]


CASES = {
    "one participant": (np.zeros(6, int), np.arange(6), [80, 90, 100, 70, 0, 95]),
    "one observer": (np.repeat([0, 1], 3), np.zeros(6, int), [80, 90, 100, 70, 0, 95]),
    "every observer once": (np.repeat([0, 1], 3), np.arange(6), [80, 90, 100, 70, 0, 95]),
    "observers of one participant each": (
        np.repeat([0, 1], 4),
        [0, 0, 1, 1, 2, 2, 3, 3],
        [80, 90, 100, 70, 0, 95, 5, 6],
    ),
    "two contacts": (np.array([0, 0]), np.array([0, 1]), [80, 90]),
    "three participants, one with two": (np.array([0, 1, 1, 2]), np.array([0, 0, 1, 1]), [80, 90, 100, 0]),
    "all but one perfect": (np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4), [100] * 11 + [0]),
    "nothing but extremes": (np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4), [0] * 6 + [100] * 6),
}


@pytest.mark.parametrize("case", CASES)
def test_little_data_give_wide_intervals_and_no_nonsense(case):
    participant, observer, score = (np.asarray(values) for values in CASES[case])

    fit, intervals = intervals_of(participant, observer, score.astype(float))

    for values in (intervals.low, intervals.high, intervals.standard_error, intervals.df, intervals.variance):
        assert np.isfinite(values).all()
    assert (intervals.low >= 0).all()
    assert (intervals.low <= intervals.mean).all()
    assert (intervals.mean <= intervals.high).all()
    assert (intervals.high <= 100).all()
    assert (intervals.high - intervals.low).min() > 10
    if len(fit.counts) > 1:
        weights = np.zeros(len(fit.counts))
        weights[:2] = 1, -1
        value, low, high = contrast_interval(fit, intervals, weights)
        assert -100 <= low < value < high <= 100 or abs(value) == 100


def test_contrast_has_its_own_variance_and_degrees_of_freedom():
    participant, observer, score = season()
    fit, intervals = intervals_of(participant, observer, score)
    weights = np.zeros(12)
    weights[[3, 7]] = 1, -1

    contrast = contrast_interval(fit, intervals, weights)

    own = intervals.variance[[3, 7]] / 8
    shared = weights @ fit.covariance @ weights - 2 * fit.residual_variance / 8
    variance = own.sum() + shared
    df = variance**2 / ((own**2 / intervals.df[[3, 7]]).sum() + shared**2 / 96)
    half = stats.t.ppf(0.975, df) * variance**0.5
    value = fit.means[3] - fit.means[7]
    assert shared > 0
    assert contrast == pytest.approx((value, value - half, value + half))
    assert all(type(bound) is float for bound in contrast)


def test_contrast_turns_around_with_its_weights():
    participant, observer, score = season()
    fit, intervals = intervals_of(participant, observer, score)
    weights = np.full(12, -1 / 12)
    weights[0] += 1

    value, low, high = contrast_interval(fit, intervals, weights)

    assert contrast_interval(fit, intervals, -weights) == pytest.approx((-value, -high, -low))


def test_contrast_without_a_covariance_takes_the_means_for_independent():
    participant, observer, score = season(contacts=10)
    fit, intervals = intervals_of(participant, observer, score)
    alone = np.eye(12)[0]
    object.__setattr__(fit, "covariance", None)

    value, low, high = contrast_interval(fit, intervals, alone)

    assert (high - low) / 2 == pytest.approx(value - low)
    assert (high - low) / 2 > intervals.standard_error[0] * 1.96
    assert moderated_covariance(fit, intervals) == pytest.approx(np.diag(intervals.standard_error**2))


def test_contrast_of_nothing_is_nothing():
    participant, observer, score = season()
    fit, intervals = intervals_of(participant, observer, score)

    assert contrast_interval(fit, intervals, np.zeros(12)) == (0.0, 0.0, 0.0)


def test_moderated_covariance_has_the_standard_errors_on_its_diagonal():
    participant, observer, score = season(spreads=(2.0, 20.0))
    fit, intervals = intervals_of(participant, observer, score)

    covariance = moderated_covariance(fit, intervals)

    assert np.sqrt(np.diag(covariance)) == pytest.approx(intervals.standard_error)
    assert intervals.variance.std() > 1
    assert covariance[0, 1] == pytest.approx(fit.covariance[0, 1])
