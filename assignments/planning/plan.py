"""A plan as arrays, what it weighs, what it costs, and what is said about it while and after it is made."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields

import numpy as np

from assignments.planning.frame import Frame
from assignments.planning.problem import Bools, Ints

NOBODY = -1


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What one unit of each wish costs; ``load`` is for the square of a contact too many, ``score`` for ten points."""

    unassigned: float = 1000.0
    weeks: float = 1.0
    methods: float = 1.0
    hours: float = 1.0
    role_plays: float = 1.0
    demographics: float = 1.0
    load: float = 0.1
    score: float = 0.1


@dataclass(frozen=True, kw_only=True)
class Costs:
    """How far a plan is from its wishes, in units before they are weighed.

    ``weeks``, ``method_weeks``, ``hours`` (weekday × slot) and ``role_plays`` add up, over participants, how far each
    count is from the whole numbers beside its even share, as do ``demographics`` for each level of each trait; all are
    0 in an even plan. ``load`` is the sum of (contacts − target)² over observers, ``score`` of (100 − score) / 10 over
    contacts.
    """

    unassigned: int
    weeks: float
    method_weeks: float
    hours: float
    role_plays: float
    demographics: float
    load: float
    score: float

    def total(self, weights: Weights) -> float:
        """Return J, what a search makes small."""
        return (
            weights.unassigned * self.unassigned
            + weights.weeks * self.weeks
            + weights.methods * self.method_weeks
            + weights.hours * self.hours
            + weights.role_plays * self.role_plays
            + weights.demographics * self.demographics
            + weights.load * self.load
            + weights.score * self.score
        )


@dataclass(frozen=True, eq=False)
class Plan:
    """Each contact of the frame with its observer, ``NOBODY`` where there is none; a locked one stays as it is."""

    frame: Frame
    observer: Ints
    locked: Bools

    @classmethod
    def of(cls, frame: Frame, observer: Ints) -> "Plan":
        """Return the plan with nothing locked."""
        return cls(frame, observer, np.zeros(len(frame), bool))

    def copy(self) -> "Plan":
        """Return the plan with arrays of its own."""
        columns = {item.name: getattr(self.frame, item.name).copy() for item in fields(self.frame)}
        return Plan(Frame(**columns), self.observer.copy(), self.locked.copy())


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the making of a plan has come: ``phase`` is flow, search, polish or repair, ``share`` from 0 to 1."""

    phase: str
    share: float
    unassigned: int | None = None
    cost: float | None = None
    bound: float | None = None


# Told how far it has come, answers whether to stop and keep the best so far.
Watch = Callable[[Progress], bool]


def unwatched(_progress: Progress) -> bool:
    """Let it go on."""
    return False


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """One reason why contacts go without an observer, in numbers: so many are ``needed`` where there is ``room``.

    ``kind`` is participant (eligible observers), participants (a group that shares too few), week, method, season
    (capacity), days (of a participant: one contact a day), or no_weeks. Who it is about is given by number.
    """

    kind: str
    needed: int
    room: int
    participants: tuple[int, ...] = ()
    week: int | None = None
    method: int | None = None

    @property
    def lacking(self) -> int:
        """How many contacts cannot be given to anybody for this reason."""
        return max(self.needed - self.room, 0)


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What no plan can beat: contacts without an observer, and J of loads and scores for the rest.

    ``demographics`` is how much of their excess cannot be avoided, because of who may contact whom.
    """

    unassigned: int
    cost: float
    demographics: int = 0
    shortages: tuple[Shortage, ...] = ()

    def total(self, weights: Weights) -> float:
        """Return the J that no plan can beat."""
        return self.cost + weights.unassigned * self.unassigned + weights.demographics * self.demographics


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan with what it costs, what no plan can beat, and how it was made."""

    plan: Plan
    costs: Costs
    bound: Bound
    weights: Weights
    seed: int
    moves: int
    seconds: dict[str, float] = field(default_factory=dict)
    is_whole: bool = True

    @property
    def gap(self) -> float:
        """How far J is above what no plan can beat, as a share of that."""
        least = self.bound.total(self.weights)
        return self.costs.total(self.weights) / least - 1 if least else 0.0


@dataclass(frozen=True, kw_only=True)
class Breach:
    """One broken rule: its code, the contact by number, and its observer (``NOBODY`` if it is not about one)."""

    rule: str
    contact: int
    observer: int = NOBODY
