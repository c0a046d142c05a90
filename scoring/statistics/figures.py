"""What is known of a season beside its results: how certain they are, and what they depend on. Plain, to be stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scoring.statistics.drivers import Drivers
from scoring.statistics.intervals import Contrast, Interval
from scoring.statistics.items import ItemFigures, MethodEffect, Reread, WeekDrift
from scoring.statistics.linking import Drift, LinkedChange
from scoring.statistics.reliability import Components, Reliability

TOTAL, ANSWERED_SCORE, WAITING_ALL = "total", "answered_score", "waiting_all"


def area_figure(code: str) -> str:
    """The name of an area's score among the figures."""
    return f"area.{code}"


def method_figure(method: str) -> str:
    """The name of the total on one contact method."""
    return f"method.{method}"


def cx_figure(code: str) -> str:
    """The name of a CX question's mean, or of NPS."""
    return f"cx.{code}"


@dataclass(frozen=True)
class Estimate:
    """A result with its 95 % interval, in its own units: 0–100, a CX scale, or NPS points.

    ``value`` is the result as it is published; ``adjusted`` the same had all contacts been made by observers of
    average severity (none for CX), in the middle of the interval. ``interval`` is none where one contact says
    nothing of the spread. ``n``: contacts, or answers.
    """

    value: float
    n: int
    adjusted: float | None = None
    interval: Interval | None = None
    standard_error: float | None = None


@dataclass(frozen=True)
class Standing:
    """Where a ranked participant may truly stand, and the chance of standing first.

    ``adjusted_…`` are the places that totals adjusted for the observers' severity would give. They decide nothing.
    """

    rank_class: Interval
    rank_overall: Interval
    first_in_class: float
    first_overall: float
    adjusted_rank_class: int
    adjusted_rank_overall: int


@dataclass(frozen=True)
class SinceEarlier:
    """What changed since an earlier season (its code), where the performances ``kept`` are the same in both.

    ``left_out`` are the same in words and points, but moved unlike all others.
    """

    season: str
    change: LinkedChange
    kept: tuple[str, ...]
    left_out: tuple[Drift, ...]


@dataclass(frozen=True)
class EnrolmentFigures:
    """One participant's estimates, and differences to the means of class and season, by the name of the figure."""

    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    to_class: Mapping[str, Contrast] = field(default_factory=dict)
    to_season: Mapping[str, Contrast] = field(default_factory=dict)
    standing: Standing | None = None
    since: SinceEarlier | None = None


@dataclass(frozen=True)
class Pair:
    """Two participants of a class, by their enrolments, and how much higher the first one's total is."""

    first: int
    second: int
    difference: Contrast


@dataclass(frozen=True)
class GroupFigures:
    """A class or the season: its means, how dependable its order is, and what drives satisfaction in it."""

    estimates: Mapping[str, Estimate]
    reliability: Reliability | None
    drivers: Mapping[str, Drivers]
    since: SinceEarlier | None = None


@dataclass(frozen=True)
class ClassFigures(GroupFigures):
    """A class; ``pairs`` of its participants with the higher total first."""

    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Severity:
    """How many points an observer's contacts lie above (kind) or below (severe) those of others, with its deviation.

    ``distance`` is how far from the middle of all observers, in robust standard deviations.
    """

    observer: int
    effect: float
    standard_deviation: float
    reports: int
    distance: float


@dataclass(frozen=True)
class SeasonFigures:
    """Everything of a season; ``classes`` by their keys."""

    reports: int
    season: GroupFigures
    classes: Mapping[int, ClassFigures]
    variances: Components | None
    severity: tuple[Severity, ...]
    items: tuple[ItemFigures, ...]
    weeks: tuple[WeekDrift, ...]
    methods: tuple[MethodEffect, ...]
    reread: tuple[Reread, ...] = ()
