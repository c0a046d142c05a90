"""One summary as one vector of float64, so that the database keeps it as bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from scoring.engine.battery import NPS, Battery, CxScale, Floats, Stored

STORED = np.dtype("<f8")
PROMOTER, DETRACTOR = 9, 6


class Scored(NamedTuple):
    """A mean percentage (0-100; None where there is nothing) and its number of contacts."""

    score: float | None
    n: int


class ScaleResult(NamedTuple):
    """A CX question: the mean on its own scale, and how many chose each step."""

    mean: float | None
    n: int
    distribution: dict[int, int]


class NpsResult(NamedTuple):
    """NPS (-100 to 100), the counts it comes from, and how many chose each step."""

    score: float | None
    promoters: int
    passives: int
    detractors: int
    n: int
    distribution: dict[int, int]


@dataclass(frozen=True)
class Summary:
    """What one participant, class or season has, on one method or on all.

    Scores are percentages (0-100), None where there is nothing to take a mean of.
    """

    participants: int
    contacts: int
    answered: int
    total: float | None
    answered_score: float | None
    waiting_all: float | None
    areas: dict[str, Scored]
    questions: dict[str, Scored]
    cx: dict[str, ScaleResult | NpsResult]


@dataclass(frozen=True)
class Layout:
    """Where each number of a summary lies in its vector: first counts, then means, then CX.

    Counts add up over participants, means are averaged, CX follows from the counts.
    """

    areas: tuple[str, ...]
    questions: tuple[str, ...]
    scales: tuple[CxScale, ...]

    participants = 0
    contacts = 1
    answered = 2

    @classmethod
    def of(cls, battery: Battery) -> Layout:
        """The layout of all summaries of a season with this battery."""
        questions = tuple(battery.questions[question] for question in battery.measured.tolist())
        return cls(areas=battery.areas, questions=questions, scales=battery.scales)

    @cached_property
    def area_n(self) -> slice:
        """Contacts behind each area's score."""
        return _after(3, len(self.areas))

    @cached_property
    def question_n(self) -> slice:
        """Contacts behind each question's percentage."""
        return _after(self.area_n.stop, len(self.questions))

    @cached_property
    def steps(self) -> slice:
        """How many chose each step of each CX scale."""
        return _after(self.question_n.stop, sum(len(scale.steps) for scale in self.scales))

    @cached_property
    def counts(self) -> slice:
        """All numbers that add up."""
        return slice(0, self.steps.stop)

    @cached_property
    def total(self) -> int:
        """Totalresultat."""
        return int(self.steps.stop)

    @cached_property
    def answered_score(self) -> int:
        """Score for Besvarte."""
        return self.total + 1

    @cached_property
    def waiting_all(self) -> int:
        """Svar- og ventetid over all contacts."""
        return self.total + 2

    @cached_property
    def area_scores(self) -> slice:
        """Each area over answered contacts."""
        return _after(self.total + 3, len(self.areas))

    @cached_property
    def question_scores(self) -> slice:
        """Each question over answered contacts."""
        return _after(self.area_scores.stop, len(self.questions))

    @cached_property
    def means(self) -> slice:
        """All numbers that are averaged over participants."""
        return slice(self.total, self.question_scores.stop)

    @cached_property
    def cx(self) -> slice:
        """The mean of each CX scale; for NPS its score."""
        return _after(self.question_scores.stop, len(self.scales))

    @property
    def added_parts(self) -> tuple[int, int]:
        """Where the sums of the means, and the numbers of those who have one, begin behind the counts."""
        means = self.means.stop - self.means.start
        return self.counts.stop, self.counts.stop + means

    @property
    def added_length(self) -> int:
        """How many numbers participants that were added up have."""
        sums, n = self.added_parts
        return 2 * n - sums

    @property
    def length(self) -> int:
        """How many numbers a summary has."""
        return int(self.cx.stop)

    def empty(self, *shape: int) -> Floats:
        """Vectors of a summary of nothing: counts 0, scores NaN."""
        vectors = np.full((*shape, self.length), np.nan)
        vectors[..., self.counts] = 0
        return vectors

    def fill_cx(self, vectors: Floats) -> None:
        """Set the CX means and NPS of each vector from its counts.

        NPS = 100 x (promoters 9-10 - detractors 0-6) / answers, never from rounded shares.
        """
        counts = vectors[..., self.steps]
        weights, members = self._cx_weights
        answers, numerator = counts @ members, counts @ weights
        np.divide(numerator, answers, out=vectors[..., self.cx], where=answers > 0)

    @cached_property
    def _cx_weights(self) -> tuple[Floats, Floats]:
        """Steps x scales: what one answer adds to the numerator, and to the number of answers."""
        shape = (self.steps.stop - self.steps.start, len(self.scales))
        weights, members = np.zeros(shape), np.zeros(shape)
        for place, scale in enumerate(self.scales):
            for row, step in enumerate(scale.steps, start=scale.start):
                members[row, place] = 1
                weights[row, place] = 100 * _nps_side(step) if scale.code == NPS else step
        return weights, members

    def matrix(self, stored: Iterable[Stored]) -> Floats:
        """Stored summaries as the rows of a matrix."""
        matrix = np.frombuffer(b"".join(stored), STORED).reshape(-1, self.length)
        return matrix.astype(np.float64, copy=False)

    def decode(self, stored: Stored | Floats) -> Summary:
        """A stored vector in words."""
        vector = stored if isinstance(stored, np.ndarray) else self.matrix([stored])[0]
        counts = [int(count) for count in vector[self.counts].tolist()]
        means = [_known(mean) for mean in vector.tolist()]
        steps = counts[self.steps]
        return Summary(
            participants=counts[self.participants],
            contacts=counts[self.contacts],
            answered=counts[self.answered],
            total=means[self.total],
            answered_score=means[self.answered_score],
            waiting_all=means[self.waiting_all],
            areas=_scored(self.areas, means[self.area_scores], counts[self.area_n]),
            questions=_scored(self.questions, means[self.question_scores], counts[self.question_n]),
            cx={
                scale.code: _cx_result(scale, mean, steps)
                for scale, mean in zip(self.scales, means[self.cx], strict=True)
            },
        )

    def encode(self, summary: Summary) -> bytes:
        """The vector of a summary as it is stored."""
        vector = self.empty()
        vector[[self.participants, self.contacts, self.answered]] = (
            summary.participants,
            summary.contacts,
            summary.answered,
        )
        for place in ("total", "answered_score", "waiting_all"):
            vector[getattr(self, place)] = _stored(getattr(summary, place))
        areas = [summary.areas[code] for code in self.areas]
        questions = [summary.questions[code] for code in self.questions]
        vector[self.area_n] = [area.n for area in areas]
        vector[self.area_scores] = [_stored(area.score) for area in areas]
        vector[self.question_n] = [question.n for question in questions]
        vector[self.question_scores] = [_stored(question.score) for question in questions]
        vector[self.steps] = [
            summary.cx[scale.code].distribution[step] for scale in self.scales for step in scale.steps
        ]
        self.fill_cx(vector)
        return vector.astype(STORED, copy=False).tobytes()


def add_up(layout: Layout, participants: Floats) -> Floats:
    """Participants added together, so that such sums add up once more: classes make a season.

    Behind the counts stand the sum of each mean, over those who have one, and how many they are. The first axis
    is what is added, one row after the other in an order that the caller fixes; further axes are kept.
    """
    rows = np.ascontiguousarray(participants)
    means = rows[..., layout.means]
    known = ~np.isnan(means)
    # Along the first, slow axis NumPy adds row by row, so participants without a score change nothing.
    parts = (rows[..., layout.counts], np.where(known, means, 0.0), known.astype(np.float64))
    return np.concatenate([np.add.reduce(part, axis=0) for part in parts], axis=-1)


def average(layout: Layout, added: Floats) -> Floats:
    """The summary of those who were added up: the mean over them, each weighing the same.

    Percentages (0-100) are means over the participants that have one, counts are sums, CX means and NPS come from
    the summed counts.
    """
    combined = layout.empty(*added.shape[:-1])
    counts, sums, n = np.split(added, layout.added_parts, axis=-1)
    combined[..., layout.counts] = counts
    np.divide(sums, n, out=combined[..., layout.means], where=n > 0)
    layout.fill_cx(combined)
    return combined


def _after(start: int, length: int) -> slice:
    return slice(start, start + length)


def _nps_side(step: int) -> int:
    return (step >= PROMOTER) - (step <= DETRACTOR)


def _known(mean: float) -> float | None:
    return None if np.isnan(mean) else mean


def _stored(score: float | None) -> float:
    return np.nan if score is None else score


def _scored(codes: tuple[str, ...], scores: list[float | None], counts: list[int]) -> dict[str, Scored]:
    pairs = zip(codes, scores, counts, strict=True)
    return {code: Scored(score, n) for code, score, n in pairs}


def _cx_result(scale: CxScale, mean: float | None, counts: list[int]) -> ScaleResult | NpsResult:
    own = counts[scale.start : scale.start + len(scale.steps)]
    distribution = dict(zip(scale.steps, own, strict=True))
    if scale.code != NPS:
        return ScaleResult(mean, sum(own), distribution)
    sides = [_nps_side(step) for step in scale.steps]
    promoters, passives, detractors = (
        sum(count for count, side in zip(own, sides, strict=True) if side == wanted) for wanted in (1, 0, -1)
    )
    return NpsResult(mean, promoters, passives, detractors, sum(own), distribution)
