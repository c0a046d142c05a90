"""Henderson's equations of two crossed factors, solved by eliminating the larger factor as a diagonal block.

Henderson (1984), Applications of Linear Models in Animal Breeding; in the scaling of Bates, Mächler, Bolker & Walker
(2015), J. Stat. Softw. 67(1): an effect is its ratio (standard deviation / residual standard deviation) times a
spherical effect, so that a ratio of 0 needs no special care.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from scipy import sparse
from scipy.linalg import lapack

from scoring.engine.battery import Floats, Ints

PARTICIPANTS, OBSERVERS = 0, 1
Pair = tuple[Floats, Floats]
# From this share of the cells on, a full cross table multiplies faster than a sparse one.
_DENSE: Final = 0.2
_SMALL: Final = 20_000
_CELLS_AT_ONCE: Final = 4_000_000


class NotSolvableError(ArithmeticError):
    """The equations have no single solution within the precision of the machine."""


class CrossTable:
    """How often each level of the larger factor (rows) meets each of the smaller one (columns)."""

    def __init__(self, rows: Ints, columns: Ints, shape: tuple[int, int]) -> None:
        counts = sparse.csr_array((np.ones(rows.size), (rows, columns)), shape=shape)
        counts.sum_duplicates()
        cells = shape[0] * shape[1]
        self._dense: Floats | None = counts.toarray() if cells <= _SMALL or counts.nnz >= _DENSE * cells else None
        self._rows: Any = counts if self._dense is None else self._dense
        self._columns: Any = counts.T.tocsr() if self._dense is None else self._dense.T

    def gram(self, weights: Floats) -> Floats:
        """Return N' diag(weights) N, columns x columns."""
        if self._dense is not None:
            gram: Floats = (self._columns * weights) @ self._dense
            return gram
        weighted = self._columns.copy()
        weighted.data *= weights[weighted.indices]
        full: Floats = (weighted @ self._rows).toarray()
        return full

    def to_rows(self, values: Floats) -> Floats:
        """Return N values, one number a row (or a row of numbers, for values with columns)."""
        found: Floats = self._rows @ values
        return found

    def to_columns(self, values: Floats) -> Floats:
        """Return N' values, one number a column."""
        found: Floats = self._columns @ values
        return found

    def forms(self, matrix: Floats) -> Floats:
        """Return the diagonal of N matrix N', a slice of rows at a time."""
        length = self._rows.shape[0]
        size = max(1, _CELLS_AT_ONCE // matrix.shape[0])
        parts = []
        for start in range(0, length, size):
            rows = self._rows[start : start + size]
            product = rows @ matrix
            parts.append(np.asarray((rows * product).sum(axis=1)).ravel())
        return np.concatenate(parts)


class Design:
    """Who rated whom: what the equations need and no ratio changes.

    ``participant`` and ``observer`` (N each) are places from 0 on, all of them used. Participants are effects to
    be estimated (``fixed``), or drawn from a population around one level.
    """

    def __init__(self, participant: Ints, observer: Ints, *, fixed: bool) -> None:
        self.fixed = fixed
        self.places = (participant, observer)
        self.counts: Pair = (np.bincount(participant).astype(float), np.bincount(observer).astype(float))
        self.ridges = (0.0 if fixed else 1.0, 1.0)
        self.big = OBSERVERS if self.counts[OBSERVERS].size > self.counts[PARTICIPANTS].size else PARTICIPANTS
        self.small = 1 - self.big
        shape = (self.counts[self.big].size, self.counts[self.small].size)
        self.table = CrossTable(self.places[self.big], self.places[self.small], shape)

    @property
    def ratings(self) -> int:
        """How many ratings there are."""
        return self.places[PARTICIPANTS].size

    @property
    def fixed_effects(self) -> int:
        """How many effects are estimated without being drawn towards a level."""
        return self.counts[PARTICIPANTS].size if self.fixed else 1

    def sums(self, values: Floats) -> Pair:
        """Return the sum of N values for each participant and each observer."""
        participants, observers = (
            np.bincount(place, weights=values, minlength=count.size).astype(np.float64, copy=False)
            for place, count in zip(self.places, self.counts, strict=True)
        )
        return participants, observers

    def reduction(self, weights: Floats) -> Floats:
        """Return what the larger factor takes from the block of the smaller one."""
        return self._reduction if self.fixed and self.big == PARTICIPANTS else self.table.gram(weights)

    @cached_property
    def _reduction(self) -> Floats:
        return self.table.gram(1 / self.counts[PARTICIPANTS])


@dataclass(frozen=True, eq=False)
class Estimates:
    """What the equations give for one vector of N values: the level, the spherical effects, what they leave."""

    level: float
    effects: Pair
    residuals: Floats


class Solution:
    """The equations factorised for one pair of ratios; that of fixed participants is 1."""

    def __init__(self, design: Design, ratios: tuple[float, float]) -> None:
        self.design, self.ratios = design, ratios
        big, small = design.big, design.small
        self._cross = ratios[big] * ratios[small]
        self.diagonal = ratios[big] ** 2 * design.counts[big] + design.ridges[big]
        block = design.reduction(ratios[big] ** 2 / self.diagonal) * -(ratios[small] ** 2)
        block.flat[:: block.shape[0] + 1] += ratios[small] ** 2 * design.counts[small] + design.ridges[small]
        self._factor, failed = lapack.dpotrf(block.T, lower=1, clean=1, overwrite_a=1)
        if failed:
            raise NotSolvableError
        self.log_determinant = float(np.log(self.diagonal).sum() + 2 * np.log(np.diagonal(self._factor)).sum())

    @cached_property
    def intercept(self) -> Pair:
        """How the spherical effects follow the level where participants are drawn."""
        counts = self.design.counts
        return self.solve(
            (self.ratios[PARTICIPANTS] * counts[PARTICIPANTS], self.ratios[OBSERVERS] * counts[OBSERVERS])
        )

    @cached_property
    def information(self) -> float:
        """What the ratings tell of the level where participants are drawn, in numbers of ratings."""
        told = sum(
            ratio * float(counts @ follows)
            for ratio, counts, follows in zip(self.ratios, self.design.counts, self.intercept, strict=True)
        )
        return self.design.ratings - told

    @cached_property
    def inverse(self) -> Floats:
        """The smaller factor's block of the inverse; only its lower triangle, zeros above."""
        inverse: Floats = lapack.dpotri(self._factor, lower=1)[0]
        return inverse

    def solve(self, right: Pair) -> Pair:
        """Return the spherical effects for a right-hand side, the level being 0."""
        big, small = self.design.big, self.design.small
        table = self.design.table
        reduced = right[small] - self._cross * table.to_columns(right[big] / self.diagonal)
        inner = lapack.dpotrs(self._factor, reduced, lower=1)[0]
        outer = (right[big] - self._cross * table.to_rows(inner)) / self.diagonal
        return (outer, inner) if big == PARTICIPANTS else (inner, outer)

    def estimate(self, values: Floats) -> Estimates:
        """Return the level, the spherical effects and the residuals for N values."""
        sums = self.design.sums(values)
        effects = self.solve((self.ratios[0] * sums[0], self.ratios[1] * sums[1]))
        level = 0.0
        if not self.design.fixed:
            told = sum(
                ratio * float(own @ sums_) for ratio, own, sums_ in zip(self.ratios, self.intercept, sums, strict=True)
            )
            level = (float(values.sum()) - told) / self.information
            effects = (effects[0] - level * self.intercept[0], effects[1] - level * self.intercept[1])
        return Estimates(level, effects, values - level - self.part(0, effects) - self.part(1, effects))

    def part(self, factor: int, effects: Pair) -> Floats:
        """Return the share of one factor's effects in each of the N values."""
        return (self.ratios[factor] * effects[factor])[self.design.places[factor]]

    def trace(self, factor: int) -> float:
        """Return the trace of a factor's block of the inverse, the level being known."""
        inner = float(np.trace(self.inverse))
        if factor == self.design.small:
            return inner
        gram = self.design.table.gram(self.diagonal**-2)
        twice = 2 * np.vdot(self.inverse, gram) - np.diagonal(self.inverse) @ np.diagonal(gram)
        return float((1 / self.diagonal).sum() + self._cross**2 * twice)

    def variances(self, factor: int) -> Floats:
        """Return the diagonal of a factor's block of the inverse, the level being known."""
        if factor == self.design.small:
            return np.diagonal(self.inverse).copy()
        return 1 / self.diagonal + (self._cross / self.diagonal) ** 2 * self.design.table.forms(self._full)

    def covariance(self, factor: int) -> Floats:
        """Return a factor's block of the inverse, the level being known."""
        if factor == self.design.small:
            return self._full
        across = self.design.table.to_rows(self._full)
        block = self.design.table.to_rows(across.T) * self._cross**2
        block /= self.diagonal
        block /= self.diagonal[:, None]
        block.flat[:: block.shape[0] + 1] += 1 / self.diagonal
        return (block + block.T) / 2

    @cached_property
    def _full(self) -> Floats:
        return self.inverse + np.tril(self.inverse, -1).T
