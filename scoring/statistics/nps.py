"""How far NPS and the means of short scales may lie from the truth, from the counts of their answers."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot
from typing import NamedTuple

from scipy.special import ndtri, stdtrit

from scoring.statistics.intervals import LEVEL, Contrast, Interval

FULL = 100.0
# Rocks' pseudo-answers: three, of which each of promoters and detractors has a quarter.
ADDED, ADDED_EACH = 3.0, 0.75
Z = float(ndtri((1 + LEVEL) / 2))


class NpsCounts(NamedTuple):
    """Who answered 9–10, who 0–6, and how many answered at all."""

    promoters: int
    detractors: int
    answers: int

    @classmethod
    def of(cls, distribution: Mapping[int, int]) -> NpsCounts:
        """The counts of answers 0–10, from how many chose each."""
        return cls(
            promoters=sum(count for answer, count in distribution.items() if answer >= 9),  # noqa: PLR2004 -- who answers 9–10
            detractors=sum(count for answer, count in distribution.items() if answer <= 6),  # noqa: PLR2004 -- who answers 0–6
            answers=sum(distribution.values()),
        )

    @property
    def value(self) -> float:
        """NPS in points, -100 to 100."""
        return FULL * (self.promoters - self.detractors) / self.answers


def nps_interval(counts: NpsCounts) -> Interval | None:
    """The adjusted Wald interval of an NPS, in points; none without answers.

    n' = n + 3, promoters and detractors + ¾ each; P - D ± z·√((P + D - (P - D)²)/n') (Rocks 2016, The American
    Statistician 70(4), 365–372), cut at -100 and 100.
    """
    if not counts.answers:
        return None
    answers = counts.answers + ADDED
    promoters, detractors = ((count + ADDED_EACH) / answers for count in (counts.promoters, counts.detractors))
    middle = promoters - detractors
    half = Z * ((promoters + detractors - middle**2) / answers) ** 0.5
    return Interval(max(-FULL, FULL * (middle - half)), min(FULL, FULL * (middle + half)))


def nps_difference(first: NpsCounts, second: NpsCounts) -> Contrast | None:
    """How much higher the first NPS is than the second, nobody being in both, with its 95 % interval.

    Each one's adjusted Wald interval gives its share of the width (Zou & Donner 2008, Statistics in Medicine
    27(10), 1693–1702), so that it agrees with what is shown beside each NPS. None if either has no answers.
    """
    one, other = nps_interval(first), nps_interval(second)
    if one is None or other is None:
        return None
    value = first.value - second.value
    below = hypot(_reach(first.value - one.low), _reach(other.high - second.value))
    above = hypot(_reach(one.high - first.value), _reach(second.value - other.low))
    return Contrast(value, max(-2 * FULL, value - below), min(2 * FULL, value + above))


def nps_part_difference(part: NpsCounts, whole: NpsCounts) -> Contrast | None:
    """How much higher a part's NPS is than that of the whole it belongs to, with its 95 % interval.

    Part - whole = (1 - w)·(part - rest), w being the part's share of the answers: the rest is independent of the
    part. None if the part or the rest has no answers.
    """
    rest = NpsCounts(*(everyone - own for everyone, own in zip(whole, part, strict=True)))
    if not rest.answers:
        return None
    difference = nps_difference(part, rest)
    if difference is None:
        return None
    share = rest.answers / whole.answers
    return Contrast(*(share * points for points in difference))


def mean_interval(distribution: Mapping[int, int]) -> Interval | None:
    """The 95 % t interval of the mean answer, cut at the ends of the scale; none below two answers.

    ``distribution`` has every step of the scale, also those that nobody chose. Where all chose the same step the
    answers tell nothing of their spread: the interval is that of the rule of three, an answer of a kind that is
    missed with probability .025 being as far off as the scale allows.
    """
    answers = sum(distribution.values())
    if answers < 2:  # noqa: PLR2004 -- a spread needs two
        return None
    lowest, highest = min(distribution), max(distribution)
    mean = sum(step * count for step, count in distribution.items()) / answers
    squares = sum(count * (step - mean) ** 2 for step, count in distribution.items())
    if not squares:
        missed = 1 - ((1 - LEVEL) / 2) ** (1 / answers)
        return Interval(mean - (mean - lowest) * missed, mean + (highest - mean) * missed)
    half = float(stdtrit(answers - 1, (1 + LEVEL) / 2)) * (squares / (answers - 1) / answers) ** 0.5
    return Interval(max(float(lowest), mean - half), min(float(highest), mean + half))


def _reach(distance: float) -> float:
    return max(0.0, distance)
