"""What each answer is worth: its points, and the points that its question could give."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scoring.engine.battery import FIELD, FIELD_MASK, Battery, Floats, Ints
from scoring.engine.reports import Reports


@dataclass(frozen=True, eq=False)
class Worth:
    """Points and possible points (N reports x questions); both 0 where the question is out of the reckoning.

    ``questions`` are places in the battery. A question is out where the answer is missing or "not applicable",
    where the method does not ask it, and where nobody answered the contact.
    """

    questions: Ints
    points: Floats
    possible: Floats

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """Whether each question counted in each report."""
        return self.possible > 0

    @cached_property
    def share(self) -> Floats:
        """Points as a share (0-1) of the possible; NaN where the question is out."""
        share = np.full(self.points.shape, np.nan)
        np.divide(self.points, self.possible, out=share, where=self.known)
        return share


def worth(battery: Battery, reports: Reports, questions: Ints) -> Worth:
    """The points of the reports' answers to these questions, by the same rule as a contact's score."""
    answers = np.where(reports.answered[:, None], reports.answers, np.int16(-1))
    codes = battery.codes(reports.method, answers)[:, questions].astype(np.int64)
    points, possible = codes & FIELD_MASK, codes >> FIELD
    return Worth(questions, points.astype(np.float64), possible.astype(np.float64))


def counted_questions(battery: Battery) -> Ints:
    """The places of the questions that count towards the total."""
    return np.flatnonzero(battery.counted)
