"""The figures beside a drawing as a table, with the intervals of those who may see them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ksp.lib import formatting
from reports.selectors.certainty import Certainty, Distance
from scoring.statistics.intervals import Interval


class Result(Protocol):
    """A result beside the means of class and season; signed where it can be less than nothing."""

    @property
    def label(self) -> str: ...
    @property
    def value(self) -> float | None: ...
    @property
    def n(self) -> int: ...
    @property
    def class_mean(self) -> float | None: ...
    @property
    def season_mean(self) -> float | None: ...
    @property
    def certainty(self) -> Certainty: ...
    @property
    def is_signed(self) -> bool: ...


@dataclass(frozen=True)
class Numbers:
    """Heads of columns, and rows of as many texts; the first one names the row."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def numbers_of(results: Iterable[Result], *, with_intervals: bool) -> Numbers:
    """Write results out as a table."""
    you, award_class, season = pgettext("participants", "You"), _("the class"), _("the season")
    if not with_intervals:
        return Numbers([_("Result"), you, "n", award_class, season], [_plain(one) for one in results])
    interval, to_class, to_season = _("95% interval"), _("Difference to the class"), _("Difference to the season")
    columns = [_("Result"), you, interval, "n", award_class, interval, season, interval, to_class, to_season]
    return Numbers(columns, [_with_intervals(one) for one in results])


def _plain(one: Result) -> list[str]:
    means = [_number(one, mean) for mean in (one.class_mean, one.season_mean)]
    return [one.label, _number(one, one.value), formatting.number(one.n), *means]


def _with_intervals(one: Result) -> list[str]:
    sure = one.certainty
    return [
        one.label,
        _number(one, one.value),
        _interval(one, sure.own),
        formatting.number(one.n),
        _number(one, one.class_mean),
        _interval(one, sure.award_class),
        _number(one, one.season_mean),
        _interval(one, sure.season),
        *(_distance(distance) for distance in sure.distances),
    ]


def _number(one: Result, value: float | None) -> str:
    return formatting.signed(value) if one.is_signed else formatting.score(value)


def _interval(one: Result, bounds: Interval | None) -> str:
    if bounds is None:
        return formatting.MISSING
    return formatting.signed_interval(bounds) if one.is_signed else formatting.interval(bounds)


def _distance(distance: Distance | None) -> str:
    if distance is None:
        return formatting.MISSING
    return f"{formatting.signed(distance.value)} ({formatting.signed_interval(distance.bounds)})"
