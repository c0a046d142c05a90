"""Reports as arrays, and the packed form in which one report's answers are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.engine.battery import METHODS, Battery, Ints, Stored

ANSWER = np.dtype("<i2")
NO_ANSWER = -1


class InvalidReportError(ValueError):
    """A report does not fit the questionnaire of its season."""


class ReportRow(NamedTuple):
    """One report as the database keeps it."""

    id: int
    enrolment: int
    method: str
    week: int
    answered: bool
    answers: Stored


@dataclass(frozen=True, eq=False)
class Reports:
    """N reports: ``week`` is ISO year x 100 + week, ``answers`` is N x questions."""

    id: Ints
    enrolment: Ints
    method: NDArray[np.int8]
    week: NDArray[np.int32]
    answered: NDArray[np.bool_]
    answers: NDArray[np.int16]

    @classmethod
    def from_rows(
        cls, battery: Battery, rows: Iterable[ReportRow | tuple[int, int, str, int, bool, Stored]]
    ) -> Reports:
        """Hold rows of the database as arrays, or refuse those that do not fit the battery."""
        columns = tuple(zip(*rows, strict=True)) or ((),) * len(fields(cls))
        ids, enrolments, methods, weeks, answered, answers = columns
        places = {method: place for place, method in enumerate(METHODS)}
        reports = cls(
            id=np.array(ids, np.int64),
            enrolment=np.array(enrolments, np.int64),
            method=np.array([places[method] for method in methods], np.int8),
            week=np.array(weeks, np.int32),
            answered=np.array(answered, np.bool_),
            answers=_matrix(battery, answers),
        )
        reports.check(battery)
        return reports

    def __len__(self) -> int:
        """Count the reports."""
        return len(self.id)

    def take(self, rows: NDArray[Any] | slice) -> Reports:
        """Only the reports in these rows, in this order."""
        return Reports(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def check(self, battery: Battery) -> None:
        """Refuse an answer that no question has, or a method that is none."""
        if self.answers.shape != (len(self), len(battery.questions)):
            message = "Each report needs one answer for each question of the season."
            raise InvalidReportError(message)
        if not len(self):
            return
        if self.method.min() < 0 or self.method.max() >= len(METHODS):
            message = "A report has an unknown contact method."
            raise InvalidReportError(message)
        too_high = self.answers.max(axis=0) >= battery.option_counts
        if too_high.any() or self.answers.min(initial=NO_ANSWER) < NO_ANSWER:
            message = "A report has an answer that its question does not offer."
            raise InvalidReportError(message)


def pack(battery: Battery, answers: Mapping[str, int]) -> bytes:
    """One int16 for each question of the battery: the number of the chosen option, -1 for none."""
    packed = np.full(len(battery.questions), NO_ANSWER, ANSWER)
    places = {question: place for place, question in enumerate(battery.questions)}
    for question, option in answers.items():
        place = places.get(question)
        if place is None or not 0 <= option < battery.option_counts[place]:
            message = f"“{question}” has no option {option}."
            raise InvalidReportError(message)
        packed[place] = option
    return packed.tobytes()


def unpack(battery: Battery, packed: Stored) -> dict[str, int]:
    """The number of the chosen option of every question that was answered."""
    answers = _matrix(battery, [packed])[0].tolist()
    chosen = zip(battery.questions, answers, strict=True)
    return {question: option for question, option in chosen if option != NO_ANSWER}


def _matrix(battery: Battery, packed: Sequence[Stored]) -> NDArray[np.int16]:
    width = len(battery.questions)
    if any(len(answers) != width * ANSWER.itemsize for answers in packed):
        message = "The packed answers belong to another questionnaire."
        raise InvalidReportError(message)
    flat = np.frombuffer(b"".join(packed), ANSWER)
    return flat.astype(np.int16, copy=False).reshape(len(packed), width)
