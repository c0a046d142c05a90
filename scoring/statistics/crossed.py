"""Ratings of participants by observers: adjusted means, severities and variances of the crossed mixed model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from scoring.engine.battery import Floats, Ints
from scoring.statistics.henderson import OBSERVERS, PARTICIPANTS, Design
from scoring.statistics.ratios import Method, Point, Profile, best

# Above this many participants nobody compares them pair by pair, and the matrix would be large.
MOST_COMPARED: Final = 2_000
# Scores that differ less than this, in parts of the largest one, differ by rounding alone.
_ROUNDING: Final = 1e-13


class TooFewRatingsError(ValueError):
    """There are no more ratings than effects to be estimated, so that nothing is left to judge chance by."""

    def __init__(self, ratings: int, effects: int) -> None:
        super().__init__(f"There must be more ratings ({ratings}) than effects to be estimated ({effects}).")


@dataclass(frozen=True, eq=False)
class CrossedFit:
    """The model fitted to N ratings of P participants by O observers; everything in points, or points squared.

    ``criterion`` is the REML criterion or the deviance (−2 log likelihood) as lme4 reports them; None where every
    rating can be met without any chance, for then it has no bound. The residual variance is then 0 or next to it.
    ``means`` [P] are the adjusted means: what an observer of severity 0 is expected to give. Where participants are
    fixed these are the estimates, ``standard_errors`` [P] theirs and ``covariance`` [P x P] too (None for more than
    2,000). Where they are drawn these are level + predicted effect, and the standard errors are those of prediction,
    the uncertainty of the level included.
    ``observer_effects`` [O] are predicted (BLUP), and ``observer_errors`` [O] their standard deviations given the
    estimates of everything that is fixed, as lme4's ``ranef(condVar=TRUE)`` has them.
    ``counts`` [P] and ``observer_counts`` [O] are numbers of ratings, ``residuals`` [N] what the model leaves.
    """

    criterion: float | None
    residual_variance: float
    observer_variance: float
    participant_variance: float | None
    means: Floats
    standard_errors: Floats
    covariance: Floats | None
    observer_effects: Floats
    observer_errors: Floats
    counts: Ints
    observer_counts: Ints
    residuals: Floats
    evaluations: int


def fit_crossed(
    participant: Ints,
    observer: Ints,
    score: Floats,
    *,
    participants: Literal["fixed", "random"] = "fixed",
    method: Method = "REML",
) -> CrossedFit:
    """Fit score = participant + observer (drawn, mean 0) + chance to N ratings; the same pair may occur repeatedly.

    ``participant`` and ``observer`` are places 0..P-1 and 0..O-1, each of which occurs; ``score`` is on any scale.
    The same as lme4's ``score ~ 0 + participant + (1 | observer)`` for fixed participants and
    ``score ~ 1 + (1 | participant) + (1 | observer)`` for drawn ones (Bates, Mächler, Bolker & Walker 2015,
    J. Stat. Softw. 67(1)). A variance that the ratings do not tell from chance is 0: so is that of observers who
    rated once each. Raises ``ValueError`` for ratings that are not such, ``TooFewRatingsError`` for too few.
    """
    participant, observer, score = _checked(participant, observer, score)
    design = Design(participant, observer, fixed=participants == "fixed")
    if design.ratings <= design.fixed_effects:
        raise TooFewRatingsError(design.ratings, design.fixed_effects)
    level = float(score.mean())
    centred = score - level
    if _is_met_exactly(design, centred, scale=float(np.abs(score).max())):
        return _exact(design, centred, level)
    profile = Profile(design, centred, method)
    return _described(profile, best(profile), level)


def _checked(participant: Ints, observer: Ints, score: Floats) -> tuple[Ints, Ints, Floats]:
    participant, observer = np.asarray(participant), np.asarray(observer)
    score = np.asarray(score, np.float64)
    if not participant.shape == observer.shape == score.shape or score.ndim != 1:
        message = "Participants, observers and scores must be three lists of the same length."
        raise ValueError(message)
    if not score.size:
        message = "There are no ratings."
        raise ValueError(message)
    if not np.isfinite(score).all():
        message = f"Score number {int(np.flatnonzero(~np.isfinite(score))[0]) + 1} is not a number."
        raise ValueError(message)
    return _places(participant, "participant"), _places(observer, "observer"), score


def _places(values: Ints, what: str) -> Ints:
    if values.dtype.kind not in "iu":
        message = f"Places of {what}s must be whole numbers."
        raise ValueError(message)
    if values.min() < 0 or values.max() >= values.size or not np.bincount(values).all():
        message = f"Places of {what}s must run from 0 on without gaps."
        raise ValueError(message)
    return values.astype(np.int64, copy=False)


def _is_met_exactly(design: Design, centred: Floats, *, scale: float) -> bool:
    left = centred
    if design.fixed:
        means = design.sums(centred)[PARTICIPANTS] / design.counts[PARTICIPANTS]
        left = centred - means[design.places[PARTICIPANTS]]
    return bool(np.abs(left).max() <= _ROUNDING * scale)


def _exact(design: Design, centred: Floats, level: float) -> CrossedFit:
    counts, observer_counts = (own.astype(np.int64) for own in design.counts)
    nothing = np.zeros(counts.size)
    means = design.sums(centred)[PARTICIPANTS] / counts if design.fixed else nothing
    is_compared = design.fixed and counts.size <= MOST_COMPARED
    return CrossedFit(
        criterion=None,
        residual_variance=0.0,
        observer_variance=0.0,
        participant_variance=None if design.fixed else 0.0,
        means=level + means,
        standard_errors=nothing,
        covariance=np.zeros((counts.size, counts.size)) if is_compared else None,
        observer_effects=np.zeros(observer_counts.size),
        observer_errors=np.zeros(observer_counts.size),
        counts=counts,
        observer_counts=observer_counts,
        residuals=np.zeros(design.ratings),
        evaluations=0,
    )


def _described(profile: Profile, point: Point, level: float) -> CrossedFit:
    """Say in points what was found in ratios."""
    design, ratios, effects = profile.design, point.solution.ratios, point.estimates.effects
    variance = point.squares / profile.degrees
    counts, observer_counts = (own.astype(np.int64) for own in design.counts)
    covariance = None
    if design.fixed and counts.size <= MOST_COMPARED:
        covariance = variance * point.solution.covariance(PARTICIPANTS)
    return CrossedFit(
        criterion=point.criterion if profile.has_bottom(point) else None,
        residual_variance=variance,
        observer_variance=variance * ratios[OBSERVERS] ** 2,
        participant_variance=None if design.fixed else variance * ratios[PARTICIPANTS] ** 2,
        means=level + point.estimates.level + ratios[PARTICIPANTS] * effects[PARTICIPANTS],
        standard_errors=np.sqrt(variance * _mean_variances(design, point)),
        covariance=covariance,
        observer_effects=ratios[OBSERVERS] * effects[OBSERVERS],
        observer_errors=ratios[OBSERVERS] * np.sqrt(variance * _observer_variances(design, point)),
        counts=counts,
        observer_counts=observer_counts,
        residuals=point.estimates.residuals,
        evaluations=profile.evaluations,
    )


def _mean_variances(design: Design, point: Point) -> Floats:
    """Return the variances of the adjusted means, in residual variances."""
    solution = point.solution
    own = solution.variances(PARTICIPANTS)
    if design.fixed:
        return own
    ratio = solution.ratios[PARTICIPANTS]
    followed: Floats = 1 - ratio * solution.intercept[PARTICIPANTS]
    return ratio**2 * own + followed**2 / solution.information


def _observer_variances(design: Design, point: Point) -> Floats:
    """Return the variances of the spherical effects of observers given what is fixed, in residual variances."""
    if design.fixed:
        return 1 / (1 + point.solution.ratios[OBSERVERS] ** 2 * design.counts[OBSERVERS])
    return point.solution.variances(OBSERVERS)
