"""The crossed model against lme4, against dense algebra, and against what must hold whatever the data."""

import time
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.statistics.crossed import MOST_COMPARED, TooFewRatingsError, fit_crossed
from tests.scoring.statistics.ratings import places, textbook

MODELS = [(participants, method) for participants in ("fixed", "random") for method in ("REML", "ML")]

# R 4.2.2, lme4 1.1-31, with bobyqa and rhoend = 1e-12, for the invented ratings of data/unbalanced.csv:
#   fixed:  f <- lmer(score ~ 0 + participant + (1 | observer), d, REML = …); fixef(f); sqrt(diag(vcov(f)))
#   random: f <- lmer(score ~ 1 + (1 | participant) + (1 | observer), d, REML = …); fixef(f) + ranef(f)$participant
#   REMLcrit(f) or deviance(f); VarCorr(f); r <- ranef(f, condVar = TRUE)$observer; sqrt(attr(r, "postVar"))
# The errors of the random means come from the inverse of the joint matrix of ranef and fixef, made of
# getME(f, "Lambdat"), getME(f, "Zt") and getME(f, "X").
LME4 = {
    ("fixed", "REML"): {
        "criterion": 168.824567891,
        "variances": [None, 16.330091689, 49.198919274],
        "means": [67.610536053, 80.785440758, 88.742748321, 71.573878847, 81.630656809, 65.200955287],
        "standard_errors": [3.353114229, 3.107575096, 3.931940034, 3.554943960, 3.933758403, 4.496976292],
        "effects": [-0.06038273, -1.66760264, -2.10084043, 4.30105362, 4.07025531, -2.43165938, -2.11082375],
        "errors": [2.336406881, 3.132842799, 2.648700035, 2.860488755, 2.477914187, 2.648700035, 2.477914187],
    },
    ("fixed", "ML"): {
        "criterion": 194.494282701,
        "variances": [None, 13.808728278, 38.613555844],
        "means": [67.601449579, 80.756636991, 88.733264393, 71.590963248, 81.639376691, 65.250674255],
        "standard_errors": [2.998226581, 2.780066123, 3.507016913, 3.173988274, 3.508738279, 4.007074843],
        "effects": [-0.06506874, -1.74041947, -2.16591506, 4.46984825, 4.18850905, -2.51503201, -2.17192201],
        "errors": [2.095171165, 2.837370463, 2.383598724, 2.581035060, 2.225487738, 2.383598724, 2.225487738],
    },
    ("random", "REML"): {
        "criterion": 206.889635383,
        "variances": [69.532505615, 18.895643326, 48.256074140],
        "means": [68.604810259, 80.223424897, 86.738488821, 72.101944885, 80.837333093, 67.518166710],
        "standard_errors": [3.268743374, 3.055148301, 3.733847545, 3.429155932, 3.738378998, 4.167889165],
        "effects": [-0.11973231, -1.82821665, -1.81591674, 4.93953269, 4.36985015, -3.13788294, -2.40763419],
        "errors": [2.696151581, 3.420862487, 2.977448011, 3.162346544, 2.845102660, 3.058946465, 2.821260102],
    },
    ("random", "ML"): {
        "criterion": 211.441404199,
        "variances": [57.919412043, 17.509513702, 48.501824651],
        "means": [68.786984682, 80.165202347, 86.417574030, 72.176753373, 80.689243914, 67.818813533],
        "standard_errors": [3.217959093, 3.009693242, 3.672614875, 3.376842156, 3.677282473, 4.089419772],
        "effects": [-0.12024728, -1.74882780, -1.69109721, 4.78858058, 4.24922765, -3.11402407, -2.36361188],
        "errors": [2.636660596, 3.334950952, 2.910836132, 3.089370057, 2.782955625, 2.985785902, 2.759142177],
    },
}
# Penicillin (Davies & Goldsmith 1972; in lme4): 24 plates as participants, 6 samples as observers. The deviance of
# ("random", "ML") is the one that MixedModels.jl publishes, the others are from the same calls as above.
PENICILLIN = {
    ("random", "ML"): (332.18834867227616, 0.714992333, 3.135188246, 0.302425420),
    ("random", "REML"): (330.860588991, 0.716908348, 3.730918538, 0.302415446),
    ("fixed", "ML"): (244.346886972, None, 3.109098470, 0.252012882),
    ("fixed", "REML"): (268.503219887, None, 3.730918121, 0.302415458),
}


def season(seed, *, participants=12, observers=9, contacts=5, severity=6.0):
    rng = np.random.default_rng(seed)
    participant = np.repeat(np.arange(participants), contacts)
    observer = np.concatenate([rng.choice(observers, contacts, replace=False) for _ in range(participants)])
    observer = places(observer)
    score = 75 + rng.normal(0, 8, participants)[participant] + rng.normal(0, severity, observers)[observer]
    return participant, observer, score + rng.normal(0, 15, participant.size)


def dense(ratings, fit, *, participants, method):
    """Return the criterion, and the fixed effects with their covariance, from the covariance matrix of all scores."""
    participant, observer, score = ratings
    of = [np.equal.outer(place, np.arange(place.max() + 1)).astype(float) for place in (participant, observer)]
    fixed = of[0] if participants == "fixed" else np.ones((score.size, 1))
    own = fit.residual_variance * np.eye(score.size) + fit.observer_variance * of[1] @ of[1].T
    if participants == "random":
        own += fit.participant_variance * of[0] @ of[0].T
    inverse = np.linalg.inv(own)
    covariance = np.linalg.inv(fixed.T @ inverse @ fixed)
    estimates = covariance @ fixed.T @ inverse @ score
    left = score - fixed @ estimates
    criterion = np.linalg.slogdet(own)[1] + left @ inverse @ left + score.size * np.log(2 * np.pi)
    if method == "REML":
        criterion -= np.linalg.slogdet(covariance)[1] + fixed.shape[1] * np.log(2 * np.pi)
    return criterion, estimates, covariance


def errors_of_observers(ratings, fit, participants):
    """Return the errors of the observers' effects from the whole matrix: given what is fixed, as lme4's ranef."""
    participant, observer, score = ratings
    of = [np.equal.outer(place, np.arange(place.max() + 1)).astype(float) for place in (participant, observer)]
    own = fit.residual_variance * np.eye(score.size)
    if participants == "random":
        own += fit.participant_variance * of[0] @ of[0].T
    told = of[1].T @ np.linalg.inv(own) @ of[1]
    return np.sqrt(np.diag(np.linalg.inv(told + np.eye(len(told)) / fit.observer_variance)))


@pytest.mark.parametrize(("participants", "method"), MODELS)
def test_unbalanced_ratings_give_what_lme4_gives(participants, method):
    fit = fit_crossed(*textbook("unbalanced"), participants=participants, method=method)

    known = LME4[participants, method]
    assert fit.criterion == pytest.approx(known["criterion"], abs=1e-7)
    assert [fit.participant_variance, fit.observer_variance, fit.residual_variance] == [
        value and pytest.approx(value, rel=1e-6) for value in known["variances"]
    ]
    assert fit.means == pytest.approx(known["means"], abs=1e-6)
    assert fit.standard_errors == pytest.approx(known["standard_errors"], abs=1e-6)
    assert fit.observer_effects == pytest.approx(known["effects"], abs=1e-6)
    assert fit.observer_errors == pytest.approx(known["errors"], abs=1e-6)
    assert (fit.counts.tolist(), fit.observer_counts.tolist()) == ([6, 7, 4, 5, 4, 3], [6, 2, 4, 3, 5, 4, 5])


@pytest.mark.parametrize(("participants", "method"), MODELS)
def test_penicillin_gives_the_published_values(participants, method):
    fit = fit_crossed(*textbook("penicillin"), participants=participants, method=method)

    criterion, *variances = PENICILLIN[participants, method]
    assert fit.criterion == pytest.approx(criterion, abs=1e-7)
    assert [fit.participant_variance, fit.observer_variance, fit.residual_variance] == [
        value and pytest.approx(value, rel=1e-5) for value in variances
    ]


@pytest.mark.parametrize(("participants", "method"), MODELS)
@pytest.mark.parametrize(
    "size",
    [
        {"participants": 20, "observers": 14, "contacts": 6},
        {"participants": 14, "observers": 20, "contacts": 6},
        {"participants": 210, "observers": 150, "contacts": 3},
        {"participants": 130, "observers": 210, "contacts": 5},
    ],
    ids=["dense", "dense, more observers", "sparse", "sparse, more observers"],
)
def test_fit_is_that_of_the_whole_covariance_matrix(size, participants, method):
    ratings = season(1, **size)

    fit = fit_crossed(*ratings, participants=participants, method=method)

    criterion, estimates, covariance = dense(ratings, fit, participants=participants, method=method)
    assert fit.criterion == pytest.approx(criterion, abs=1e-6)
    if participants == "fixed":
        assert fit.means == pytest.approx(estimates, abs=1e-8)
        assert fit.covariance == pytest.approx(covariance, abs=1e-8)
        assert fit.standard_errors == pytest.approx(np.sqrt(np.diag(covariance)), abs=1e-8)
    else:
        assert fit.covariance is None
    assert fit.observer_errors == pytest.approx(errors_of_observers(ratings, fit, participants), abs=1e-8)
    predicted = fit.means[ratings[0]] + fit.observer_effects[ratings[1]]
    assert fit.residuals == pytest.approx(ratings[2] - predicted, abs=1e-9)


@pytest.mark.parametrize(("participants", "method"), MODELS)
def test_no_other_variances_are_likelier(participants, method):
    ratings = season(2)
    fit = fit_crossed(*ratings, participants=participants, method=method)

    for factor in (0.99, 1.01):
        for name in ("participant_variance", "observer_variance", "residual_variance"):
            changed = {field.name: getattr(fit, field.name) for field in fields(fit)}
            if changed[name] is not None:
                changed[name] *= factor
                other = dense(ratings, type(fit)(**changed), participants=participants, method=method)[0]
                assert other > fit.criterion


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), model=st.sampled_from(MODELS))
def test_names_and_order_do_not_matter_and_a_constant_moves_the_means(seed, model):
    participant, observer, score = season(seed)
    rng = np.random.default_rng(seed + 1)
    order = rng.permutation(score.size)
    participants = rng.permutation(participant.max() + 1)
    observers = rng.permutation(observer.max() + 1)
    options = dict(zip(("participants", "method"), model, strict=True))

    plain = fit_crossed(participant, observer, score, **options)
    other = fit_crossed(participants[participant][order], observers[observer][order], score[order] + 1_000, **options)

    assert other.criterion == pytest.approx(plain.criterion, abs=1e-8)
    assert other.observer_variance == pytest.approx(plain.observer_variance, rel=1e-9, abs=1e-9)
    assert other.means[participants] == pytest.approx(plain.means + 1_000, abs=1e-9, rel=0)
    assert other.standard_errors[participants] == pytest.approx(plain.standard_errors, abs=1e-9)
    assert other.observer_effects[observers] == pytest.approx(plain.observer_effects, abs=1e-9)
    assert other.residuals == pytest.approx(plain.residuals[order], abs=1e-9)


def test_observers_who_do_not_differ_have_variance_0_and_leave_the_means_alone():
    participant, observer = np.repeat([0, 1, 2], 4), np.tile([0, 1, 2, 3], 3)
    score = np.array([60.0, 70, 62, 68, 80, 70, 78, 72, 91, 90, 89, 90])

    fit = fit_crossed(participant, observer, score)

    assert fit.observer_variance == 0
    assert fit.observer_effects.tolist() == fit.observer_errors.tolist() == [0] * 4
    assert fit.means == pytest.approx([65, 75, 90])
    assert fit.residual_variance == pytest.approx((68 + 68 + 2) / 9)
    assert fit.standard_errors == pytest.approx([np.sqrt(138 / 9 / 4)] * 3)


def test_participants_who_do_not_differ_have_variance_0_and_one_mean():
    participant, observer = np.tile([0, 1, 2, 3], 3), np.repeat([0, 1, 2], 4)
    score = np.array([60.0, 70, 62, 68, 80, 70, 78, 72, 91, 90, 89, 90])

    fit = fit_crossed(participant, observer, score, participants="random")

    assert fit.participant_variance == 0
    assert fit.observer_variance > 100
    assert fit.means == pytest.approx([score.mean()] * 4)


@pytest.mark.parametrize(("participants", "method"), MODELS)
@pytest.mark.parametrize(
    ("participant", "observer"),
    [
        (np.repeat([0, 1, 2], 4), np.zeros(12, int)),
        (np.repeat([0, 1, 2], 4), np.arange(12)),
        (np.repeat([0, 1, 2], 4), np.repeat([0, 1, 2], 4)),
        (np.zeros(12, int), np.repeat([0, 1, 2], 4)),
    ],
    ids=["one observer", "each observer once", "one observer each", "one participant"],
)
def test_observers_who_cannot_be_told_from_the_rest_are_left_out(participant, observer, participants, method):
    score = np.random.default_rng(4).normal(70, 10, 12)

    fit = fit_crossed(participant, observer, score, participants=participants, method=method)

    assert fit.residual_variance > 1
    assert np.isfinite(fit.criterion)
    assert (fit.standard_errors > 1).all()
    if participants == "fixed" and observer.max() != 2:
        assert fit.observer_variance == 0
        assert fit.means == pytest.approx([score[participant == place].mean() for place in range(3)])


def test_each_part_of_disconnected_ratings_is_adjusted_by_itself():
    first, second = season(5), season(6)
    both = (
        np.concatenate([first[0], second[0] + 12]),
        np.concatenate([first[1], second[1] + first[1].max() + 1]),
        np.concatenate([first[2], second[2]]),
    )

    fit = fit_crossed(*both)

    assert fit.covariance[:12, 12:] == pytest.approx(np.zeros((12, 12)), abs=1e-9)
    assert fit.criterion == pytest.approx(dense(both, fit, participants="fixed", method="REML")[0], abs=1e-7)


@pytest.mark.parametrize("participants", ["fixed", "random"])
def test_equal_scores_have_no_variance_and_no_criterion(participants):
    third = 100 / 3

    fit = fit_crossed(np.repeat([0, 1], 3), np.tile([0, 1, 2], 2), np.full(6, third), participants=participants)

    assert (fit.criterion, fit.residual_variance, fit.observer_variance) == (None, 0, 0)
    assert fit.participant_variance == (None if participants == "fixed" else 0)
    assert fit.means == pytest.approx([third, third])
    assert fit.standard_errors.tolist() == [0, 0]
    assert fit.evaluations == 0


def test_participants_who_differ_and_never_vary_have_their_own_means():
    fit = fit_crossed(np.repeat([0, 1], 3), np.tile([0, 1, 2], 2), np.repeat([50.0, 70.0], 3))

    assert (fit.criterion, fit.residual_variance) == (None, 0)
    assert fit.means == pytest.approx([50, 70])


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("participants", ["fixed", "random"])
def test_scores_that_leave_nothing_to_chance_have_no_criterion(participants, method):
    participant, observer = np.repeat(np.arange(4), 3), np.tile([0, 1, 2], 4)
    score = np.array([50.0, 60, 80, 75])[participant] + np.array([0.0, 5, 12])[observer]

    fit = fit_crossed(participant, observer, score, participants=participants, method=method)

    assert fit.criterion is None
    assert 0 < fit.residual_variance < 1e-4
    assert np.diff(fit.means) == pytest.approx([10, 20, -5], abs=1e-3)
    assert np.isfinite(fit.standard_errors).all()


# So few ratings that the effects meet them almost exactly; lme4 (as above) stops a little before the bottom.
@pytest.mark.parametrize(
    ("participants", "method", "criterion"),
    [("fixed", "REML", 20.4810757), ("random", "REML", 75.9673249), ("random", "ML", 79.3996572)],
)
def test_ratings_that_leave_little_to_chance_are_fitted_as_well_as_by_lme4(participants, method, criterion):
    participant = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2])
    observer = np.array([6, 6, 5, 4, 2, 4, 5, 4, 2, 3, 4, 0, 1])
    score = np.array([4.0, 3, -15, 7, 4, -4, -10, 3, 0, -2, 6, 2, -2])

    fit = fit_crossed(participant, observer, score, participants=participants, method=method)

    assert criterion - 1e-4 < fit.criterion < criterion + 1e-6
    assert fit.residual_variance < 1e-4 < fit.observer_variance


def test_covariance_is_left_out_where_nobody_compares_everybody():
    size = MOST_COMPARED + 1
    participant, observer = np.repeat(np.arange(size), 2), np.arange(2 * size) % 7
    score = np.random.default_rng(8).normal(70, 10, 2 * size)

    fit = fit_crossed(participant, observer, score)

    assert fit.covariance is None
    assert fit.standard_errors.shape == (size,)


def test_season_is_fitted_in_less_than_a_second():
    ratings = season(9, participants=188, observers=100, contacts=25)

    begun = time.perf_counter()
    fit = fit_crossed(*ratings)
    fit_crossed(*ratings, participants="random")

    assert time.perf_counter() - begun < 1
    assert fit.observer_variance == pytest.approx(36, rel=0.5)


@pytest.mark.parametrize(
    ("participant", "observer", "score", "message"),
    [
        ([0, 1], [0], [1.0, 2.0], "Participants, observers and scores must be three lists of the same length."),
        ([], [], [], "There are no ratings."),
        ([0, 0], [0, 0], [1.0, np.nan], "Score number 2 is not a number."),
        ([0, 0], [0, 0], [np.inf, 1.0], "Score number 1 is not a number."),
        ([0, 2, 2], [0, 0, 0], [1.0, 2.0, 3.0], "Places of participants must run from 0 on without gaps."),
        ([0, 0], [-1, 0], [1.0, 2.0], "Places of observers must run from 0 on without gaps."),
        ([0, 0], [0.5, 0], [1.0, 2.0], "Places of observers must be whole numbers."),
    ],
)
def test_what_is_not_ratings_is_refused(participant, observer, score, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        fit_crossed(np.array(participant), np.array(observer), np.array(score))


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize(("participants", "participant"), [("fixed", [0, 1]), ("fixed", [0]), ("random", [0])])
def test_as_few_ratings_as_effects_are_too_few(participants, participant, method):
    with pytest.raises(TooFewRatingsError, match=r"^There must be more ratings"):
        fit_crossed(
            np.array(participant),
            np.zeros(len(participant), int),
            np.arange(len(participant), dtype=float),
            participants=participants,
            method=method,
        )
