"""How sure places are: the probability of being truly first, and the places that each may truly have."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.engine.battery import Floats, Ints
from scoring.statistics.intervals import LEVEL

# Single precision is more than the draws are worth, and twice as fast.
Draws = NDArray[np.float32]
# One fixed seed: the same figures give the same answer on every machine and day.
SEED = 20211129
DRAWS, RANK_DRAWS = 10_000, 2_000
# Numbers worked on at once: enough to be quick, few enough to stay small in memory.
BLOCK = 500_000
# Added to a covariance, in parts of its mean variance, so that it has a root.
JITTER = 1e-9


class FirstPlaces(NamedTuple):
    """Each participant's probability of being truly best in its class, and of all."""

    in_class: Floats
    overall: Floats


class RankIntervals(NamedTuple):
    """The places, 1 the best, that each participant may truly have, in its class and of all."""

    class_low: Ints
    class_high: Ints
    overall_low: Ints
    overall_high: Ints


class Places(NamedTuple):
    """The best and the worst place that each may truly have."""

    low: Ints
    high: Ints


def probability_first(
    means: Floats, covariance: Floats, classes: Ints, *, seed: int = SEED, draws: int = DRAWS
) -> FirstPlaces:
    """How probable it is that each participant's true result is the best in its class, and the best of all.

    ``means`` in points with their ``covariance`` (square) and each one's class (any numbers). The true results of a
    class are taken to lie normally around its unknown mean, with one variance within classes that is estimated from
    all of them; the posterior of that is drawn from (empirical Bayes: Laird & Louis 1989, JEBS 14(1), 29–46;
    Goldstein & Spiegelhalter 1996, JRSS A 159(3), 385–443). The same input gives the same answer. In each class,
    and of all, the probabilities add up to 1.
    """
    if not len(means):
        return FirstPlaces(np.zeros(0), np.zeros(0))
    found, place = np.unique(classes, return_inverse=True)
    order = np.argsort(place, kind="stable")
    middle, root = _posterior(means[order], covariance[np.ix_(order, order)], place[order])
    sizes = np.bincount(place, minlength=len(found))
    starts = np.cumsum(sizes) - sizes
    in_class, overall = np.zeros(len(means)), np.zeros(len(means))
    rng = np.random.default_rng(seed)
    block = max(1, BLOCK // len(means))
    for first in range(0, draws, block):
        drawn = root @ rng.standard_normal((len(means), min(block, draws - first))) + middle[:, None]
        best = np.maximum.reduceat(drawn, starts)
        in_class[order] += (drawn == np.repeat(best, sizes, axis=0)).sum(axis=1)
        overall[order] += (drawn == best.max(axis=0)).sum(axis=1)
    return FirstPlaces(in_class / draws, overall / draws)


def spread_within(means: Floats, covariance: Floats, classes: Ints) -> float:
    """The pooled variance of true results within classes, by moments: what the errors do not account for; ≥ 0."""
    _, place = np.unique(classes, return_inverse=True)
    sizes = np.bincount(place)
    if len(means) <= len(sizes):
        return 0.0
    centred = means - (np.bincount(place, means) / sizes)[place]
    same = place[:, None] == place[None, :]
    errors = float(np.trace(covariance) - (covariance * same / sizes[place]).sum())
    return max(0.0, (float(centred @ centred) - errors) / (len(means) - len(sizes)))


def rank_intervals(
    means: Floats, covariance: Floats, classes: Ints, *, seed: int = SEED, draws: int = RANK_DRAWS
) -> RankIntervals:
    """The places that enclose every participant's true place at once, in 95 of 100 cases, by class and of all.

    ``means`` in points with their ``covariance`` (square) and each one's class. One stands certainly above another
    if the difference passes the simultaneous critical value of all differences, found by steps; a place counts those
    certainly above and below (Mogstad, Romano, Shaikh & Wilhelm 2024, Rev. Econ. Stud. 91(1), 476–518). Each class
    is a family of its own, all participants together another. The same input gives the same answer.
    """
    size = len(means)
    noise = (_root(covariance) @ np.random.default_rng(seed).standard_normal((size, draws))).astype(np.float32)
    low, high = np.ones(size, np.int64), np.ones(size, np.int64)
    for each in np.unique(classes):
        rows = np.flatnonzero(classes == each)
        low[rows], high[rows] = _places(means[rows], covariance[np.ix_(rows, rows)], noise[rows])
    return RankIntervals(low, high, *_places(means, covariance, noise))


def _posterior(means: Floats, covariance: Floats, place: Ints) -> tuple[Floats, Floats]:
    """The mean of the true results given the means, and a root of their covariance; class means are unknown."""
    members = (place[:, None] == np.arange(place.max() + 1)).astype(np.float64)
    spread = spread_within(means, covariance, place)
    whole = covariance + np.eye(len(means)) * (spread + JITTER * (1 + np.trace(covariance) / len(means)))
    inverse = np.linalg.inv(whole)
    weighted = inverse @ members
    projected = inverse - weighted @ np.linalg.solve(members.T @ weighted, weighted.T)
    pulled = covariance @ projected
    return means - pulled @ means, _root(covariance - pulled @ covariance)


def _root(covariance: Floats) -> Floats:
    """A lower triangle L with LL' the covariance, or next to it where that has none."""
    size = len(covariance)
    symmetric = (covariance + covariance.T) / 2
    root: Floats = np.linalg.cholesky(symmetric + np.eye(size) * JITTER * (1 + np.trace(symmetric) / max(1, size)))
    return root


def _places(means: Floats, covariance: Floats, noise: Draws) -> Places:
    above = _certainly_above(means, covariance, noise)
    return Places(1 + above.sum(axis=0), len(means) - above.sum(axis=1))


def _certainly_above(means: Floats, covariance: Floats, noise: Draws) -> NDArray[np.bool_]:
    """Which participant (row) stands certainly above which (column), all of this being right in 95 of 100 cases."""
    left = ~np.eye(len(means), dtype=bool)
    above = np.zeros_like(left)
    if not left.any():
        return above
    variances = np.diag(covariance)
    squared = variances[:, None] + variances[None, :] - 2 * covariance
    precise = 1 / np.sqrt(np.maximum(squared, JITTER * (1 + variances.mean())))
    standing = (means[:, None] - means[None, :]) * precise
    largest = _largest(noise, precise, left)
    while True:
        found = left & (standing > np.quantile(largest, LEVEL, method="higher"))
        if not found.any():
            return above
        above |= found
        left &= ~found
        # Only the draws whose largest difference was of a pair now settled have another.
        gone = np.flatnonzero(_largest(noise, precise, found) >= largest)
        largest[gone] = _largest(noise[:, gone], precise, left)


def _largest(noise: Draws, precise: Floats, pairs: NDArray[np.bool_]) -> Draws:
    """The largest standardised difference of each draw (column) among these ordered pairs; at least 0."""
    mutual = np.triu(pairs & pairs.T)
    one_way = pairs & ~mutual & ~mutual.T
    largest = np.zeros(noise.shape[1], noise.dtype)
    for row in np.flatnonzero(pairs.any(axis=1)):
        for others, either_way in ((mutual[row], True), (one_way[row], False)):
            below = np.flatnonzero(others)
            if not below.size:
                continue
            differences = (noise[row] - noise[below]) * precise[row, below, None].astype(noise.dtype)
            np.maximum(largest, differences.max(axis=0), out=largest)
            if either_way:
                np.maximum(largest, -differences.min(axis=0), out=largest)
    return largest
