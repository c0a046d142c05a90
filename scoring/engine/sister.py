"""«Norges beste kundesenter»: the best mean of Totalresultat and the sister survey, ties found exactly."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from scoring.engine.measures import GROUPS, exact
from scoring.engine.ranks import NEAR, Award, Ranks, Standings

BEST_OF_BOTH = "best_of_both"


@dataclass(frozen=True)
class Both:
    """What a ranked participant has in both surveys (0–100), their mean, and its place among those who have both."""

    enrolment: int
    total: float
    sister: float
    mean: float
    place: int
    shared: bool


def both_surveys(standings: Standings, ranks: Ranks, sister: Mapping[int, float]) -> list[Both]:
    """Those who are ranked and have a result (0–100) in the sister survey, by enrolment, the best first.

    Means that are exactly equal share a place, and the next places are skipped. A result of the sister survey is
    taken as the decimal number that it is written as.
    """
    rows = [row for row in np.flatnonzero(ranks.ranked).tolist() if int(standings.enrolments[row]) in sister]
    results = {row: sister[int(standings.enrolments[row])] for row in rows}
    means = {row: (float(standings.totals[row, 0]) + results[row]) / 2 for row in rows}
    exactly = _comparable(standings, results, means)
    rising = sorted(exactly.values())
    found = [
        Both(
            enrolment=int(standings.enrolments[row]),
            total=float(standings.totals[row, 0]),
            sister=results[row],
            mean=means[row],
            place=1 + len(rising) - bisect_right(rising, exactly[row]),
            shared=bisect_right(rising, exactly[row]) - bisect_left(rising, exactly[row]) > 1,
        )
        for row in rows
    ]
    return sorted(found, key=lambda both: (both.place, both.enrolment))


def best_of_both(results: Sequence[Both]) -> list[Award]:
    """The award to whoever is first of those who have both results; equals share it."""
    return [
        Award(BEST_OF_BOTH, award_class=None, method="", enrolment=one.enrolment, score=one.mean, shared=one.shared)
        for one in results
        if one.place == 1
    ]


def _comparable(standings: Standings, results: Mapping[int, float], means: Mapping[int, float]) -> dict[int, Fraction]:
    """The means as numbers that compare exactly: those near another are computed as fractions."""
    order = sorted(means, key=means.__getitem__)
    near = {row for pair in pairwise(order) if means[pair[1]] - means[pair[0]] <= NEAR for row in pair}
    return {row: _exact(standings, row, results[row]) if row in near else Fraction(means[row]) for row in means}


def _exact(standings: Standings, row: int, result: float) -> Fraction:
    total = 100 * exact(bytes(standings.sums[row * len(GROUPS)])).total
    return (total + Fraction(repr(float(result)))) / 2
