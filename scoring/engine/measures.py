"""Means of percentages by group from whole-number sums: the same in any order of the contacts."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from scoring.engine.battery import METHODS, Floats, Ints, Stored
from scoring.engine.rules import Mean
from scoring.engine.scores import percentage

# Group 0 of an enrolment is all its contacts, the rest are its contact methods.
GROUPS = ("", *METHODS)
SUMS = np.dtype("<i8")
Numbers = NDArray[np.signedinteger[Any]]


class Exact(NamedTuple):
    """The three published results as exact shares (0-1); -1 where there is nothing."""

    total: Fraction
    answered_score: Fraction
    agent: Fraction


@dataclass(frozen=True, eq=False)
class Measure:
    """A mean by group (enrolments x groups): percentage (0-100), contacts, and the exact sums."""

    score: Floats
    n: Ints
    points: Ints
    possible: Ints
    divisor: Ints

    @classmethod
    def of(cls, mean: Mean, *, cells: Ints, enrolments: int, points: Numbers, possible: Numbers) -> Self:
        """Kundeserviceprisen's mean of the contacts in each cell (enrolment x 4 + method).

        "contacts": the mean of 100 x points / possible. "pooled": 100 x all points / all possible.
        Contacts where nothing is possible are left out.
        """
        if not possible.all():
            kept = np.flatnonzero(possible)
            cells, points, possible = cells[kept], points[kept], possible[kept]
        size = enrolments * len(METHODS)
        n = by_group(np.bincount(cells, minlength=size).reshape(-1, len(METHODS)))
        if mean == "pooled":
            return cls._pooled(n, _added(cells, points, size), _added(cells, possible, size))
        sizes = np.flatnonzero(np.bincount(possible))
        place = np.zeros(1 + possible.max(initial=0), np.int64)
        place[sizes] = np.arange(len(sizes))
        flat = cells * len(sizes) + place[possible]
        sums = _added(flat, points, size * len(sizes)).reshape(enrolments, len(METHODS), -1)
        return cls._of_contacts(n, by_group(sums), sizes)

    @classmethod
    def _of_contacts(cls, n: Ints, sums: Ints, sizes: Ints) -> Self:
        """Add points / possible in rising order of possible: a size without points adds 0."""
        if not len(sizes):
            return cls(np.full(n.shape, np.nan), n, sums, sizes, n)
        shares = np.add.accumulate(sums * np.float64(100) / sizes, axis=-1)[..., -1]
        score = np.full(n.shape, np.nan)
        np.divide(shares, n, out=score, where=n > 0)
        return cls(score, n, sums, np.broadcast_to(sizes, sums.shape), n)

    @classmethod
    def _pooled(cls, n: Ints, points: Ints, possible: Ints) -> Self:
        points = by_group(points.reshape(-1, len(METHODS)))
        possible = by_group(possible.reshape(-1, len(METHODS)))
        score = percentage(points, possible)
        return cls(score, n, points[..., None], possible[..., None], (n > 0).astype(np.int64))

    def terms(self, measure: int) -> tuple[Ints, Ints]:
        """The exact sums as (measure, 0, divisor) and (measure, possible, points), with their rows."""
        divisor = self.divisor.ravel()
        groups = np.flatnonzero(divisor)
        flat = np.flatnonzero(self.points)
        rows = flat // max(self.points.shape[-1], 1)
        heads = _triples(measure, np.zeros_like(groups), divisor[groups])
        tails = _triples(measure, self.possible.reshape(-1)[flat], self.points.reshape(-1)[flat])
        return np.concatenate([groups, rows]), np.concatenate([heads, tails])


def by_group(cells: NDArray[np.int64]) -> Ints:
    """Enrolments x methods (x anything) with all contacts put first."""
    return np.concatenate([cells.sum(axis=1, keepdims=True), cells], axis=1)


def pack_sums(measures: list[Measure | None], groups: int) -> list[bytes]:
    """For each group the sums from which its published results follow without rounding."""
    terms = [measure.terms(place) for place, measure in enumerate(measures) if measure is not None]
    rows = np.concatenate([rows for rows, _ in terms])
    order = np.argsort(rows, kind="stable")
    packed = np.concatenate([triples for _, triples in terms])[order].astype(SUMS).tobytes()
    ends = np.searchsorted(rows[order], np.arange(groups + 1)) * (3 * SUMS.itemsize)
    places = ends.tolist()
    return [packed[start:end] for start, end in pairwise(places)]


def exact(sums: Stored) -> Exact:
    """The published results of one group, exactly: sum of points / possible, over the divisor."""
    triples = np.frombuffer(sums, SUMS).reshape(-1, 3).tolist()
    return Exact(*(_share([t[1:] for t in triples if t[0] == place]) for place in range(3)))


def _share(terms: list[list[int]]) -> Fraction:
    divisor = sum(number for possible, number in terms if possible == 0)
    if divisor == 0:
        return Fraction(-1)
    common = lcm(*(possible for possible, _ in terms if possible))
    points = sum(number * (common // possible) for possible, number in terms if possible)
    return Fraction(points, common * divisor)


def _added(cells: Ints, numbers: Numbers, size: int) -> Ints:
    return np.bincount(cells, weights=numbers, minlength=size).astype(np.int64)


def _triples(measure: int, possible: Ints, numbers: Ints) -> Ints:
    return np.stack([np.full_like(numbers, measure), possible, numbers], axis=1)
