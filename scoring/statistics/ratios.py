"""Finds the ratios of standard deviations under which crossed ratings are likeliest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from scoring.engine.battery import Floats
from scoring.statistics.henderson import OBSERVERS, PARTICIPANTS, Design, Estimates, Solution

Method = Literal["REML", "ML"]
Ratios = tuple[float, float]
_START: Final = 0.5
_LARGEST: Final = 1e4
_MOST_STEPS: Final = 100
_MOST_HALVINGS: Final = 30
# A step changes a ratio by these shares of it at most.
_SHRINK, _GROW = -0.9, 9.0
# A step so short that it needs no proof where its gain is too small to be seen in the criterion.
_SHORT: Final = 0.1
_UNSEEN: Final = 1e-6
# What keeps a curvature of 0 from being divided by.
_RIDGE: Final = 1e-12
# At the largest ratio a criterion that has a limit no longer falls, and one that has none falls by 1 or more.
_FALLING: Final = -0.5
# What counts as no gain, and what the last step may gain.
_NOTHING: Final = 1e-9
_LAST_GAIN: Final = 1e-12
# A ratio whose logarithm has at least this curvature is so well determined that it cannot be 0.
_DETERMINED: Final = 20.0


@dataclass(frozen=True, eq=False)
class Point:
    """The profiled criterion at one pair of ratios, and the solution there."""

    criterion: float
    squares: float
    solution: Solution
    estimates: Estimates


class Profile:
    """The REML criterion or deviance of N centred scores as a function of the ratios alone."""

    def __init__(self, design: Design, score: Floats, method: Method) -> None:
        self.design, self.score, self.method = design, score, method
        self.degrees = design.ratings - (design.fixed_effects if method == "REML" else 0)
        self.evaluations = 0

    def at(self, ratios: Ratios) -> Point:
        """Return the criterion and the solution at a pair of ratios."""
        self.evaluations += 1
        solution = Solution(self.design, ratios)
        estimates = solution.estimate(self.score)
        penalties = (
            ridge * float(effects @ effects)
            for ridge, effects in zip(self.design.ridges, estimates.effects, strict=True)
        )
        squares = float(estimates.residuals @ estimates.residuals) + sum(penalties)
        fit = self.degrees * (1 + np.log(2 * np.pi * squares / self.degrees))
        return Point(float(self._log_determinant(solution) + fit), squares, solution, estimates)

    def slope(self, point: Point, factors: list[int]) -> tuple[Floats, Floats]:
        """Return gradient and curvature in the logarithms of the squared ratios of some factors.

        The curvature is the average of the observed and the expected one (Gilmour, Thompson & Cullis 1995,
        Biometrics 51, 1440–1450), for the profiled criterion.
        """
        share = self.degrees / point.squares
        effects = [point.estimates.effects[factor] for factor in factors]
        lengths = np.array([own @ own for own in effects])
        traces = np.array([self._trace(point.solution, factor) for factor in factors])
        sizes = np.array([own.size for own in effects])
        parts = [point.solution.part(factor, point.estimates.effects) for factor in factors]
        left = [point.solution.estimate(part).residuals for part in parts]
        products = np.array([[part @ other for other in left] for part in parts])
        return sizes - traces - share * lengths, share * (products - np.outer(lengths, lengths) / point.squares)

    def has_bottom(self, point: Point) -> bool:
        """Tell whether the criterion stops falling; it does not where every rating can be met without any chance."""
        largest = [factor for factor in (PARTICIPANTS, OBSERVERS) if point.solution.ratios[factor] >= _LARGEST]
        return not largest or bool((self.slope(point, largest)[0] > _FALLING).all())

    def _log_determinant(self, solution: Solution) -> float:
        if self.design.fixed and self.method == "ML":
            return float(np.log1p(solution.ratios[OBSERVERS] ** 2 * self.design.counts[OBSERVERS]).sum())
        if self.design.fixed or self.method == "ML":
            return solution.log_determinant
        return solution.log_determinant + float(np.log(solution.information))

    def _trace(self, solution: Solution, factor: int) -> float:
        if self.design.fixed and self.method == "ML":
            return float((1 / (1 + solution.ratios[OBSERVERS] ** 2 * self.design.counts[OBSERVERS])).sum())
        if self.design.fixed or self.method == "ML":
            return solution.trace(factor)
        follows = solution.intercept[factor]
        return solution.trace(factor) + float(follows @ follows) / solution.information


def best(profile: Profile) -> Point:
    """Return the likeliest point below the start; a ratio is 0 where that is no less likely."""
    free = _told_apart(profile.design)
    found = _descended(profile, profile.at(_ratios(profile.design, dict.fromkeys(free, _START))), free)
    while dropped := _droppable(profile, found, free):
        found, free = dropped
    return found


def _told_apart(design: Design) -> list[int]:
    """Return the factors whose effects can be told from chance: those with a level that occurs twice."""
    factors = [OBSERVERS] if design.fixed else [PARTICIPANTS, OBSERVERS]
    return [factor for factor in factors if design.counts[factor].size < design.ratings]


def _ratios(design: Design, chosen: dict[int, float]) -> Ratios:
    return 1.0 if design.fixed else chosen.get(PARTICIPANTS, 0.0), chosen.get(OBSERVERS, 0.0)


def _droppable(profile: Profile, found: Point, free: list[int]) -> tuple[Point, list[int]] | None:
    """Return the best point with one ratio fewer, if it is no worse."""
    if not free:
        return None
    curvature = np.diagonal(profile.slope(found, free)[1])
    for factor, determined in zip(free, curvature, strict=True):
        if determined >= _DETERMINED:
            continue
        others = [other for other in free if other != factor]
        start = _ratios(profile.design, {other: found.solution.ratios[other] for other in others})
        without = _descended(profile, profile.at(start), others)
        if without.criterion <= found.criterion + _NOTHING * (1 + abs(found.criterion)):
            return without, others
    return None


def _descended(profile: Profile, point: Point, free: list[int]) -> Point:
    """Return the bottom below a point, by Newton steps in the free ratios."""
    for _step in range(_MOST_STEPS):
        moving, step, gain = _step_from(profile, point, free)
        is_short = bool((np.abs(step) <= _SHORT).all())
        if not moving or (gain < _NOTHING and not is_short):
            return point
        if gain < _UNSEEN and is_short:
            point = profile.at(_moved(point, moving, step))
        elif (lower := _lower(profile, point, moving, step)) is None:
            return point
        else:
            point = lower
        if gain < _LAST_GAIN:
            return point
    return point


def _step_from(profile: Profile, point: Point, free: list[int]) -> tuple[list[int], Floats, float]:
    """Return which ratios to change, by which shares, and how much the criterion should gain."""
    if not free:
        return [], np.zeros(0), 0.0
    slope, curvature = profile.slope(point, free)
    ratios = np.array([point.solution.ratios[factor] for factor in free])
    moves = (ratios < _LARGEST) | (slope > 0)
    slope, curvature = slope[moves], curvature[np.ix_(moves, moves)]
    bend = 2 * curvature + np.diag(np.maximum(slope, 0))
    bend += _RIDGE * np.diag(1 + np.diagonal(bend))
    step = np.linalg.solve(bend, -slope)
    if slope @ step > 0:
        # So far up the curvature is lost in rounding; the way down is not.
        step = np.where(slope > 0, _SHRINK, _GROW)
    return [factor for factor, is_moved in zip(free, moves, strict=True) if is_moved], step, float(-slope @ step)


def _moved(point: Point, moving: list[int], step: Floats) -> Ratios:
    ratios = list(point.solution.ratios)
    for factor, share in zip(moving, np.clip(step, _SHRINK, _GROW).tolist(), strict=True):
        ratios[factor] = min(ratios[factor] * (1 + share), _LARGEST)
    return ratios[0], ratios[1]


def _lower(profile: Profile, point: Point, moving: list[int], step: Floats) -> Point | None:
    """Return the first point along the step, halved as often as needed, with a lower criterion."""
    for _halving in range(_MOST_HALVINGS):
        tried = profile.at(_moved(point, moving, step))
        if tried.criterion < point.criterion:
            return tried
        step = np.clip(step, _SHRINK, _GROW) / 2
    return None
