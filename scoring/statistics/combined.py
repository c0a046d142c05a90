"""How certain the mean of two surveys is, from the standard errors of both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from scoring.engine.battery import Floats
from scoring.statistics.intervals import LEVEL, Interval
from scoring.statistics.ranks import probability_first


@dataclass(frozen=True)
class Combined:
    """The mean of a participant's two results (0–100) and what is known of its certainty.

    ``interval`` (95 %) and ``standard_error`` are none unless both surveys state a standard error, and
    ``probability_first`` is none unless they do so for everybody: a chance is shared among all.
    """

    mean: float
    standard_error: float | None
    interval: Interval | None
    probability_first: float | None


def combined(ksp: Floats, ksp_se: Floats, nbk: Floats, nbk_se: Floats) -> list[Combined]:
    """The means of two independent surveys, one participant in each place (0–100; NaN for an unknown error).

    The error of a mean is √(se₁² + se₂²)/2, its interval normal and within 0–100. The probability of being truly
    first is drawn with a fixed seed, all participants taken as one class: the same input gives the same output.
    """
    means = (ksp + nbk) / 2
    errors = np.sqrt(ksp_se**2 + nbk_se**2) / 2
    first: list[float | None] = [None] * len(means)
    if np.isfinite(errors).all():
        first = probability_first(means, np.diag(errors**2), np.zeros(len(means), np.int64)).overall.tolist()
    return [
        Combined(mean, error if np.isfinite(error) else None, _interval(mean, error), chance)
        for mean, error, chance in zip(means.tolist(), errors.tolist(), first, strict=True)
    ]


def _interval(mean: float, error: float) -> Interval | None:
    if not np.isfinite(error):
        return None
    reach = float(ndtri((1 + LEVEL) / 2)) * error
    return Interval(max(0.0, mean - reach), min(100.0, mean + reach))
