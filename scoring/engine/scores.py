"""Points and possible points of every report, in total and by area."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.engine.battery import FIELD, FIELD_MASK, WAITING, Battery, Floats, Ints
from scoring.engine.reports import Reports

# Reports worked on at once: they stay in the cache, and the product stays on one thread.
BLOCK = 1_024


@dataclass(frozen=True, eq=False)
class ReportScores:
    """Points and possible points of N reports; the areas are in the order of the battery."""

    points: Ints
    possible: Ints
    area_points: NDArray[np.int32]
    area_possible: NDArray[np.int32]

    @cached_property
    def score(self) -> Floats:
        """The contact's score (0-100); NaN where nothing could give points."""
        return percentage(self.points, self.possible)

    @cached_property
    def area_score(self) -> Floats:
        """The contact's score in each area (0-100); NaN where nothing could give points."""
        return percentage(self.area_points, self.area_possible)


def percentage(points: NDArray[np.signedinteger[Any]], possible: NDArray[np.signedinteger[Any]]) -> Floats:
    """100 x points / possible points (0-100); NaN where nothing is possible."""
    score = np.full(np.shape(points), np.nan)
    np.divide(points * np.float64(100), possible, out=score, where=possible > 0)
    return score


def score_reports(battery: Battery, reports: Reports) -> ReportScores:
    """Kundeserviceprisen's rule for a contact: points over possible points.

    "Not applicable" and a missing answer take their question out of both. An unanswered contact
    has 0 of all that its method can give, in total and for waiting, and no other area.
    """
    reports.check(battery)
    packed = _unanswered(battery)[reports.method]
    answered = np.flatnonzero(reports.answered)
    for first in range(0, len(answered), BLOCK):
        rows = answered[first : first + BLOCK]
        codes = battery.codes(reports.method[rows], reports.answers[rows])
        packed[rows] = codes @ battery.weights
    points, possible = packed & FIELD_MASK, packed >> FIELD
    return ReportScores(
        points=points[:, 0].copy(),
        possible=possible[:, 0].copy(),
        area_points=points[:, 1:].astype(np.int32),
        area_possible=possible[:, 1:].astype(np.int32),
    )


def _unanswered(battery: Battery) -> Ints:
    """What a contact without an answer has, by method (rows): total, then each area."""
    kept = np.array([True, *(area == WAITING for area in battery.areas)])
    packed: Ints = (battery.method_possible * kept) << FIELD
    return packed
