"""Generalizability against Brennan's published figures, by hand, and against what was put into made seasons."""

from dataclasses import replace

import numpy as np
import pytest

from scoring.statistics.crossed import fit_crossed
from scoring.statistics.reliability import (
    Components,
    Reliability,
    class_reliability,
    contacts_needed,
    estimate_components,
    harmonic_mean,
    reliability_of,
    season_reliability,
    variance_between,
)
from tests.scoring.statistics.ratings import textbook


def season(seed, *, participants=188, observers=100, contacts=25, spread=7.0):
    rng = np.random.default_rng(seed)
    truth = 78 + rng.normal(0, spread, participants)
    participant = np.repeat(np.arange(participants), contacts)
    observer = np.concatenate([rng.choice(observers, contacts, replace=False) for _ in range(participants)])
    score = truth[participant] + rng.normal(0, 5, observers)[observer] + rng.normal(0, 17, participant.size)
    return (participant, observer, score), truth


# 10 persons answer 12 items: Brennan (2001), Generalizability Theory, synthetic data set no. 1, table 2.2.
def test_components_are_those_that_brennan_publishes():
    found = estimate_components(*textbook("brennan"))

    assert [round(value, 4) for value in (found.participant, found.observer, found.residual)] == [
        0.0574,
        0.0754,
        0.1269,
    ]
    # The same by analysis of variance in whole numbers, which a balanced table allows.
    assert found.participant == pytest.approx(31 / 540, abs=1e-6)
    assert found.observer == pytest.approx(0.07542087542, abs=1e-6)
    assert found.residual == pytest.approx(137 / 1080, abs=1e-6)


def test_coefficients_are_those_of_brennans_table():
    components = estimate_components(*textbook("brennan"))

    found = reliability_of(components, participants=10, contacts=12, same_observers=True)

    assert found.relative == pytest.approx(0.8444948922, abs=1e-6)
    assert found.absolute == pytest.approx(0.7730235194, abs=1e-6)


def test_every_figure_follows_from_the_variances():
    assert reliability_of(Components(40, 10, 290), participants=8, contacts=25) == Reliability(
        participants=8,
        contacts=25,
        relative=pytest.approx(40 / 52),
        absolute=pytest.approx(40 / 52),
        standard_error=pytest.approx(12**0.5),
        icc=pytest.approx(40 / 340),
        needed_80=30,
        needed_90=68,
        few=False,
    )


def test_severity_cancels_where_all_meet_the_same_observers():
    found = reliability_of(Components(40, 10, 290), participants=4, contacts=25, same_observers=True)

    assert found.relative == pytest.approx(40 / (40 + 290 / 25))
    assert found.absolute == pytest.approx(40 / 52)
    assert found.few


@pytest.mark.parametrize(
    ("components", "needed"),
    [
        (Components(40, 10, 290), 30),
        (Components(40, 10, 290.5), 31),
        (Components(40, 0, 0), 1),
        (Components(0, 10, 290), None),
        (Components(None, 10, 290), None),
    ],
)
def test_contacts_needed_are_the_fewest_that_reach_the_coefficient(components, needed):
    assert contacts_needed(components, 0.8) == needed


def test_what_cannot_be_answered_is_none():
    alone = reliability_of(Components(None, 10, 290), participants=1, contacts=25)
    nothing = reliability_of(Components(0, 0, 0), participants=6, contacts=25)
    alike = reliability_of(Components(0, 10, 290), participants=6, contacts=25)

    assert (alone.relative, alone.absolute, alone.icc, alone.needed_80) == (None, None, None, None)
    assert (nothing.relative, nothing.absolute, nothing.icc, nothing.standard_error) == (None, None, None, 0)
    assert (alike.relative, alike.absolute, alike.icc, alike.needed_90) == (0, 0, 0, None)


def test_season_is_as_reliable_as_its_totals_are_correlated_with_the_truth():
    found, correlations = [], []
    for seed in range(12):
        ratings, truth = season(seed)
        found.append(season_reliability(*ratings)[0].absolute)
        totals = np.bincount(ratings[0], ratings[2]) / 25
        correlations.append(np.corrcoef(totals, truth)[0, 1] ** 2)

    assert np.mean(found) == pytest.approx(np.mean(correlations), abs=0.02)


def test_season_counts_by_the_harmonic_mean_and_knows_what_it_rests_on():
    (participant, observer, score), _ = season(3, participants=30, observers=25, contacts=10)
    kept = np.arange(score.size) % 10 < np.where(participant < 10, 5, 10)

    found, components = season_reliability(participant[kept], observer[kept], score[kept])

    assert found.contacts == pytest.approx(30 / (10 / 5 + 20 / 10))
    assert found == reliability_of(components, participants=30, contacts=found.contacts)
    assert components.residual == pytest.approx(289, rel=0.3)


def test_season_with_one_participant_cannot_tell_how_participants_differ():
    found, components = season_reliability(
        np.zeros(6, int), np.array([0, 1, 2, 0, 1, 2]), np.array([70.0, 80, 75, 72, 79, 60])
    )

    assert (components.participant, found.absolute, found.participants) == (None, None, 1)


def test_class_takes_its_own_variance_of_participants_and_the_rest_from_the_season():
    ratings, truth = season(5)
    season_components = estimate_components(*ratings)
    fit = fit_crossed(*ratings)
    similar, different = np.argsort(truth)[90:98], np.argsort(truth)[::24]

    close = class_reliability(fit, similar, season_components)
    wide = class_reliability(fit, different, season_components)

    assert (close.participants, close.contacts, close.few) == (8, 25, False)
    assert close.standard_error == wide.standard_error == pytest.approx(np.sqrt(season_components.error / 25))
    assert close.absolute < 0.3
    assert wide.absolute > 0.75


def test_variance_between_is_right_on_average_and_never_below_0():
    found = []
    for seed in range(60):
        ratings, _ = season(100 + seed, participants=40, observers=30, contacts=10, spread=6.0)
        found.append(variance_between(fit_crossed(*ratings), np.arange(20)))

    assert np.mean(found) == pytest.approx(36, abs=6)
    assert min(found) >= 0


def test_errors_that_members_share_are_no_difference_between_them():
    rng = np.random.default_rng(7)
    participant, observer = np.repeat(np.arange(6), 10), np.tile(np.arange(10), 6)
    score = rng.normal(0, 20, 10)[observer] + rng.normal(0, 5, 6)[participant] + rng.normal(0, 5, 60)
    fit = fit_crossed(participant, observer, score)

    found = variance_between(fit, np.arange(6))

    assert found == pytest.approx(fit.means.var(ddof=1) - fit.residual_variance / 10)
    assert found > fit.means.var(ddof=1) - (fit.standard_errors**2).mean() + 15
    without = variance_between(replace(fit, covariance=None), np.arange(6))
    assert without == pytest.approx(max(0, fit.means.var(ddof=1) - (fit.standard_errors**2).mean()))


def test_class_of_few_is_marked_and_one_of_none_has_no_reliability():
    ratings, _ = season(6, participants=10, observers=8, contacts=5)
    fit = fit_crossed(*ratings)
    components = estimate_components(*ratings)

    assert class_reliability(fit, np.array([2, 3, 4, 5]), components).few
    assert not class_reliability(fit, np.array([2, 3, 4, 5, 6]), components).few
    assert class_reliability(fit, np.array([4]), components).absolute is None
    assert class_reliability(fit, np.array([], int), components) is None


def test_harmonic_mean_gives_the_average_error_variance():
    assert harmonic_mean(np.array([10, 40])) == pytest.approx(16)
