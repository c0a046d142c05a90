"""What an explanation holds: the figure in words, its rule, its formula, and the rows that add up to it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ksp.lib import formatting
from ksp.lib.weeks import IsoWeek
from scoring.explanations.figures import Figure


class Left(StrEnum):
    """Why a contact does not count in a figure."""

    OTHER_METHOD = "other_method"
    UNANSWERED = "unanswered"
    NOT_ASKED = "not_asked"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"


@dataclass(frozen=True)
class Basis:
    """What a result follows from besides its contacts: the rules, as settings and in words, and a fingerprint."""

    rules: Mapping[str, Any]
    rules_in_words: Sequence[str]
    fingerprint: str
    computed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Any figure, explained. ``value`` is unrounded, ``shown`` as pages write it; ``label`` and ``about`` name it.

    ``formula`` is the computation with its numbers, ``formula_words`` the same in words, ``rule`` the rule of the
    season that applied.
    """

    figure: Figure
    label: str
    about: str
    value: float | None
    shown: str
    rule: str
    formula: str
    formula_words: str
    basis: Basis

    @property
    def unrounded(self) -> str:
        """The value with all its decimals, nine at most."""
        return formatting.unrounded(self.value)

    @property
    def is_rounded(self) -> bool:
        """Whether the pages write fewer decimals than the value has."""
        return self.value is not None and round(self.value, 1) != self.value


@dataclass(frozen=True)
class ContactShown:
    """One approved contact as its participant may know it: never who made it, nor when in the week."""

    key: uuid.UUID
    code: str
    method: str
    week: IsoWeek
    is_answered: bool


@dataclass(frozen=True)
class ContactLine:
    """One contact that counts: its own value (0–100, or a step of a scale), its weight (0–1), what it adds.

    ``points`` and ``possible`` are None for CX; ``answer`` is what was answered, where the figure is one question.
    ``weight_words`` is the weight as a fraction: “1/25”.
    """

    contact: ContactShown
    points: int | None
    possible: int | None
    value: float
    weight: float
    weight_words: str
    contribution: float
    answer: str = ""


@dataclass(frozen=True)
class LeftOut:
    """Contacts that do not count in the figure, for one reason."""

    reason: Left
    words: str
    contacts: Sequence[ContactShown]


@dataclass(frozen=True, kw_only=True)
class FigureExplained(Explanation):
    """A participant's figure: the contacts that count add up to it.

    ``stored`` is what the pages show; it differs from ``value`` for the moment that scores are being computed anew.
    """

    stored: float | None
    counted: Sequence[ContactLine]
    left_out: Sequence[LeftOut]

    @property
    def is_current(self) -> bool:
        """Whether the pages show what follows from the approved contacts now."""
        return self.stored == self.value

    @property
    def points(self) -> int:
        """The points of the contacts that count, added."""
        return sum(line.points or 0 for line in self.counted)

    @property
    def possible(self) -> int:
        """The possible points of the contacts that count, added."""
        return sum(line.possible or 0 for line in self.counted)

    @property
    def has_points(self) -> bool:
        """Whether the figure rests on points."""
        return any(line.possible is not None for line in self.counted)

    @property
    def has_answers(self) -> bool:
        """Whether the figure is one question, so that each contact has one answer to it."""
        return any(line.answer for line in self.counted)


@dataclass(frozen=True)
class Column:
    """One value that places are decided by: the code of its figure, and what it is called."""

    figure: str
    name: str


@dataclass(frozen=True)
class PlaceLine:
    """One participant of a list of places; ``values`` are the total and what decides between equals, in that order.

    ``decided_by`` names the first value in which it differs from the line above, "" for the first line and for
    those that differ in none and share a place.
    """

    place: int | None
    name: str
    key: uuid.UUID
    contacts: int | None
    values: Sequence[float | None]
    decided_by: str
    is_own: bool
    is_shared: bool


@dataclass(frozen=True, kw_only=True)
class PlaceExplained(Explanation):
    """A participant's place: ``lines`` is whom it was compared with, as far as the reader may know; else empty.

    ``columns`` are what decides, in that order, ``own`` the participant's own values, ``decimals`` how many it takes to
    tell neighbours apart.
    """

    columns: Sequence[Column]
    own: PlaceLine
    of: int
    better: int
    equal: int
    least_contacts: int
    decimals: int
    lines: Sequence[PlaceLine] = field(default_factory=tuple)


@dataclass(frozen=True)
class MemberLine:
    """One participant of a class or a season: its value, its weight (0–1), what it adds to the mean."""

    name: str
    key: uuid.UUID
    contacts: int
    value: float
    weight: float
    weight_words: str
    contribution: float
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class GroupExplained(Explanation):
    """The mean of a class or a season: the ``count`` members add up to it; ``lines`` is those that the reader may see.

    ``without`` is how many participants have contacts but no such figure.
    """

    name: str
    count: int
    without: int
    lines: Sequence[MemberLine]
