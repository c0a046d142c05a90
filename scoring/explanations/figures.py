"""The codes of figures: which a season has, and where each lies in a summary."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from scoring.engine.battery import METHODS, NPS, WAITING, Battery
from scoring.engine.layout import NpsResult, Summary


class UnknownFigure(LookupError):
    """The season has no figure of that code."""


class Kind(StrEnum):
    """What a figure is a figure of; those from AREA to CX name one of several."""

    TOTAL = "total"
    ANSWERED_SCORE = "answered_score"
    WAITING_ALL = "waiting_all"
    AREA = "area"
    QUESTION = "question"
    METHOD = "method"
    CX = "cx"
    RANK_CLASS = "rank_class"
    RANK_OVERALL = "rank_overall"


NAMED = (Kind.AREA, Kind.QUESTION, Kind.METHOD, Kind.CX)
PLACES = (Kind.RANK_CLASS, Kind.RANK_OVERALL)


@dataclass(frozen=True)
class Figure:
    """One result of a participant, over all contacts or, with ``method``, over those of one contact method."""

    kind: Kind
    name: str = ""
    method: str = ""

    @property
    def code(self) -> str:
        """The figure as addresses have it: “total”, “area.agent”."""
        return f"{self.kind}.{self.name}" if self.name else str(self.kind)

    @property
    def is_nps(self) -> bool:
        """Whether it is NPS, from −100 to 100."""
        return self.kind is Kind.CX and self.name == NPS

    @property
    def is_place(self) -> bool:
        """Whether it is a place among others."""
        return self.kind in PLACES


def figure_of(battery: Battery, code: str, *, method: str = "") -> Figure:
    """Return the figure with this code, over the contacts of one method if it is named."""
    kind, _dot, name = code.partition(".")
    known = {figure.code for figure in figures_of(battery)}
    if code not in known or (method and (method not in METHODS or kind in {*PLACES, Kind.METHOD})):
        message = f"There is no figure “{code}” {method}."
        raise UnknownFigure(message)
    return Figure(Kind(kind), name, name if kind == Kind.METHOD else method)


def figures_of(battery: Battery) -> Iterator[Figure]:
    """Yield every figure over all contacts that the season has, the published ones first, places last."""
    yield Figure(Kind.TOTAL)
    yield Figure(Kind.ANSWERED_SCORE)
    if WAITING in battery.areas:
        yield Figure(Kind.WAITING_ALL)
    yield from (Figure(Kind.AREA, area) for area in battery.areas)
    yield from (Figure(Kind.QUESTION, battery.questions[place]) for place in battery.measured.tolist())
    yield from (Figure(Kind.METHOD, method, method) for method in METHODS)
    yield from (Figure(Kind.CX, scale.code) for scale in battery.scales)
    yield from (Figure(kind) for kind in PLACES)


def value_of(figure: Figure, summary: Summary) -> float | None:
    """Return the figure of a summary, which is that of the figure's method if it has one."""
    if figure.kind in {Kind.TOTAL, Kind.METHOD}:
        return summary.total
    if figure.kind is Kind.AREA:
        return summary.areas[figure.name].score
    if figure.kind is Kind.QUESTION:
        return summary.questions[figure.name].score
    if figure.kind is Kind.CX:
        result = summary.cx[figure.name]
        return result.score if isinstance(result, NpsResult) else result.mean
    return summary.answered_score if figure.kind is Kind.ANSWERED_SCORE else summary.waiting_all


def answers_to(figure: Figure, summary: Summary) -> int:
    """Return how many answers a CX figure of the summary rests on."""
    return summary.cx[figure.name].n
