"""The season's questionnaire as arrays: which answer to which question gives which points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# What a binary column gives back: bytes on one database, a view of memory on another.
Stored = bytes | memoryview

METHODS = ("phone", "email", "chat", "messenger")
KINDS = ("waiting", "scored", "unscored", "cx", "comment")
COUNTED = ("waiting", "scored")
WITH_POINTS = ("waiting", "scored", "unscored")
WAITING, AGENT, CX, NPS = "waiting", "agent", "cx", "nps"
NPS_SCALE = (0, 10)
MAX_POINTS = 1_000

# Points and possible points travel together as one exact float64: points + possible x 2**FIELD.
FIELD = 26
FIELD_MASK = (1 << FIELD) - 1


class InvalidBatteryError(ValueError):
    """The questionnaire cannot be scored as it stands."""


class OptionSpec(NamedTuple):
    """One alternative: its points, whether it means "not applicable", its step on a scale."""

    points: int = 0
    not_applicable: bool = False
    value: float | None = None


class QuestionSpec(NamedTuple):
    """One question with its alternatives, in the order of the questionnaire."""

    code: str
    area: str
    kind: str
    methods: Sequence[str]
    options: Sequence[OptionSpec | tuple[Any, ...]] = ()


class CxScale(NamedTuple):
    """One CX question: its scale, and where its steps begin among the steps of all scales."""

    code: str
    question: int
    low: int
    high: int
    start: int

    @property
    def steps(self) -> range:
        """Every step of the scale, lowest first."""
        return range(self.low, self.high + 1)


@dataclass(frozen=True, eq=False)
class Battery:
    """A season's questions and alternatives; the possible points of a question are its best option's."""

    questions: tuple[str, ...]
    areas: tuple[str, ...]
    area: NDArray[np.int8]
    kind: NDArray[np.int8]
    methods: NDArray[np.int8]
    offset: NDArray[np.int32]
    points: NDArray[np.int32]
    not_applicable: NDArray[np.bool_]
    value: Floats

    @classmethod
    def build(
        cls,
        *,
        areas: Sequence[str],
        questions: Iterable[QuestionSpec | tuple[Any, ...]],
    ) -> Battery:
        """Hold the questionnaire as arrays, or refuse one that cannot be scored.

        ``areas`` are the scored areas in order; a question of any other area has none.
        """
        asked = [QuestionSpec(*question) for question in questions]
        options = [[OptionSpec(*option) for option in question.options] for question in asked]
        _refuse_repeats("area", areas)
        _refuse_repeats("question", [question.code for question in asked])
        for question, own in zip(asked, options, strict=True):
            _check_question(question, own, areas)
        flat = [option for own in options for option in own]
        return cls(
            questions=tuple(question.code for question in asked),
            areas=tuple(areas),
            area=_frozen([list(areas).index(q.area) if q.area in areas else -1 for q in asked], np.int8),
            kind=_frozen([KINDS.index(question.kind) for question in asked], np.int8),
            methods=_frozen([_mask(question) for question in asked], np.int8),
            offset=_frozen(np.cumsum([0, *map(len, options)]), np.int32),
            points=_frozen([option.points for option in flat], np.int32),
            not_applicable=_frozen([option.not_applicable for option in flat], np.bool_),
            value=_frozen(
                [np.nan if option.not_applicable or option.value is None else option.value for option in flat],
                np.float64,
            ),
        )

    def options(self, question: int) -> slice:
        """Where the alternatives of a question lie."""
        return slice(int(self.offset[question]), int(self.offset[question + 1]))

    @cached_property
    def option_counts(self) -> NDArray[np.int32]:
        """How many alternatives each question has."""
        return np.diff(self.offset)

    @cached_property
    def possible(self) -> Ints:
        """The possible points of each question."""
        best = [self.points[self.options(q)].max(initial=0) for q in range(len(self.questions))]
        return np.array(best, np.int64)

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        """Which questions count towards the total."""
        return np.isin(self.kind, [KINDS.index(kind) for kind in COUNTED])

    @cached_property
    def measured(self) -> Ints:
        """The questions that have a percentage of their own, counted or not."""
        with_points = np.isin(self.kind, [KINDS.index(kind) for kind in WITH_POINTS])
        return np.flatnonzero(with_points & (self.possible > 0))

    @cached_property
    def asked(self) -> NDArray[np.bool_]:
        """Whether each method (row) asks each question (column)."""
        bits = 1 << np.arange(len(METHODS))
        asked: NDArray[np.bool_] = (self.methods[None, :] & bits[:, None]) != 0
        return asked

    @cached_property
    def weights(self) -> Floats:
        """Questions x (total, then each area): 1 where the question counts there."""
        members = self.area[:, None] == np.arange(len(self.areas))[None, :]
        columns = np.concatenate([np.ones((len(self.questions), 1)), members], axis=1)
        return np.ascontiguousarray(columns * self.counted[:, None])

    @cached_property
    def method_possible(self) -> Ints:
        """Methods x (total, then each area): the possible points with nothing left out."""
        full: Ints = ((self.asked * self.possible) @ self.weights).astype(np.int64)
        return full

    @cached_property
    def scales(self) -> tuple[CxScale, ...]:
        """The CX questions with their scales, in the order of the questionnaire."""
        scales, start = [], 0
        for question in np.flatnonzero(self.kind == KINDS.index(CX)).tolist():
            values = self.value[self.options(question)]
            low, high = int(np.nanmin(values)), int(np.nanmax(values))
            scales.append(CxScale(self.questions[question], question, low, high, start))
            start += high - low + 1
        return tuple(scales)

    @cached_property
    def steps(self) -> int:
        """The number of steps of all CX scales together."""
        return sum(len(scale.steps) for scale in self.scales)

    def codes(self, method: NDArray[np.int8], answers: NDArray[np.int16]) -> Floats:
        """Each answer (reports x questions) as points + possible x 2**26.

        A missing answer, "not applicable" and a question that the method does not ask are 0.
        """
        cells = answers + self._first_cell
        cells += (method * np.int64(self._codes.size // len(METHODS)))[:, None]
        return self._codes.take(cells)

    def cx_steps(self, method: NDArray[np.int8], answers: NDArray[np.int16]) -> Ints:
        """Each CX answer (reports x scales) as its place among all steps; ``steps`` for none."""
        columns = np.array([scale.question for scale in self.scales], np.int64)
        scales = np.arange(len(self.scales))
        return self._cx_steps[method[:, None], scales, answers[:, columns] + 1]

    @cached_property
    def _width(self) -> int:
        return 1 + int(self.option_counts.max(initial=0))

    @cached_property
    def _first_cell(self) -> Ints:
        return np.arange(len(self.questions), dtype=np.int64) * self._width + 1

    @cached_property
    def _codes(self) -> Floats:
        cells = np.zeros((len(self.questions), self._width))
        for question in self.measured.tolist():
            own = self.options(question)
            code = self.points[own] + self.possible[question] * float(1 << FIELD)
            cells[question, 1 : 1 + len(code)] = np.where(self.not_applicable[own], 0, code)
        return np.ascontiguousarray(self.asked[:, :, None] * cells).ravel()

    @cached_property
    def _cx_steps(self) -> Ints:
        cells = np.full((len(METHODS), len(self.scales), self._width), self.steps, np.int64)
        for place, scale in enumerate(self.scales):
            values = self.value[self.options(scale.question)]
            steps = np.where(np.isnan(values), self.steps, scale.start + values - scale.low)
            for method in np.flatnonzero(self.asked[:, scale.question]):
                cells[method, place, 1 : 1 + len(steps)] = steps
        return cells


def _frozen(values: ArrayLike, dtype: type[np.generic]) -> NDArray[Any]:
    array = np.array(values, dtype)
    array.flags.writeable = False
    return array


def _mask(question: QuestionSpec) -> int:
    return sum(1 << METHODS.index(method) for method in set(question.methods))


def _refuse_repeats(what: str, codes: Sequence[str]) -> None:
    for code in codes:
        if codes.count(code) > 1:
            message = f"The {what} “{code}” occurs more than once."
            raise InvalidBatteryError(message)


def _check_question(question: QuestionSpec, options: Sequence[OptionSpec], areas: Sequence[str]) -> None:
    problem = _problem_of_place(question, areas) or _problem_of_options(question, options)
    if problem:
        message = f"Question “{question.code}”: {problem}."
        raise InvalidBatteryError(message)


def _problem_of_place(question: QuestionSpec, areas: Sequence[str]) -> str:
    if question.kind not in KINDS:
        return f"unknown kind “{question.kind}”"
    unknown = sorted(set(question.methods) - set(METHODS))
    if unknown:
        return f"unknown method “{unknown[0]}”"
    if question.kind in COUNTED and question.area not in areas:
        return f"it counts, but its area “{question.area}” is not a scored one"
    return ""


def _problem_of_options(question: QuestionSpec, options: Sequence[OptionSpec]) -> str:
    if any(not 0 <= option.points <= MAX_POINTS for option in options):
        return f"points lie between 0 and {MAX_POINTS}"
    if any(option.points for option in options if option.not_applicable):
        return "“not applicable” cannot give points"
    if question.kind in COUNTED and not any(option.points for option in options):
        return "it counts, but no alternative gives points"
    return _problem_of_scale(question, options) if question.kind == CX else ""


def _problem_of_scale(question: QuestionSpec, options: Sequence[OptionSpec]) -> str:
    values = [option.value for option in options if not option.not_applicable]
    steps = [value for value in values if value is not None and float(value).is_integer()]
    if not values or len(steps) != len(values) or len(set(steps)) != len(steps):
        return "each alternative of a scale needs a whole number of its own"
    if question.code == NPS and (min(steps), max(steps)) != NPS_SCALE:
        return "the scale of NPS is 0 to 10"
    return ""
