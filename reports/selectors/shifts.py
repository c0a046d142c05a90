"""Numbers that are watched from day to day, and the days on which one of them suddenly was another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Final, cast

import numpy as np
from django.core.cache import cache
from django.utils.translation import get_language
from numpy.typing import NDArray

from ksp.lib.calendar import NORWAY, local_date
from participants.models import AwardClass, ContactMethod, Season
from reports.selectors.watched_contacts import Measure, Watched, watched_contacts
from scoring.engine.battery import Ints
from scoring.statistics.control_charts import (
    GROUP_LIMITS,
    SEASON_LIMITS,
    Chart,
    Contacts,
    Expected,
    expected_scores,
    expected_shares,
    score_chart,
    share_chart,
)

# While people work, what they do is seen within minutes even where no count of reports has changed.
KEPT_SECONDS: Final = 3 * 60
# So many working days a shift stands under what needs somebody.
NEWS_DAYS: Final = 3
# A class or a method is named if it has so much of what a day deviated, and more than its part of the contacts.
NAMED_SHARE: Final = 0.25
MOST_NAMED: Final = 2


class Part(StrEnum):
    """Of what a number is watched."""

    SEASON = "season"
    CLASS = "class"
    METHOD = "method"


@dataclass(frozen=True, slots=True)
class DayPoint:
    """One day of a chart."""

    day: date
    count: int
    value: float
    expected: float
    reach: float
    running: float
    is_signal: bool

    @property
    def excess(self) -> float:
        """How much more than expected."""
        return self.value - self.expected


@dataclass(frozen=True)
class Series:
    """One measure of the season, of a class or of a method, day by day; ``key`` is the class or the method."""

    measure: Measure
    part: Part
    key: str
    name: str
    points: Sequence[DayPoint]


@dataclass(frozen=True)
class Shift:
    """A day on which a number was another than its contacts let expect; ``sources`` are where most of it came from."""

    measure: Measure
    part: Part
    key: str
    name: str
    point: DayPoint
    sources: Sequence[str]


@dataclass(frozen=True)
class Watch:
    """All the charts of a season; of classes and methods those that have days to show."""

    series: Sequence[Series]
    shifts: Sequence[Shift]

    def of(self, measure: Measure, part: Part, key: str) -> Series | None:
        """Return one of the charts."""
        wanted = (measure, part, key)
        return next((one for one in self.series if (one.measure, one.part, one.key) == wanted), None)


def season_watch(season: Season, *, now: datetime) -> Watch:
    """Return the season's charts, in two queries beside the questionnaire's, or kept for some minutes in none."""
    key = _key(season, now)
    known = cast("Watch | None", cache.get(key))
    if known is None:
        known = _Watcher(season).watch()
        cache.set_many({key: known, f"{key}:shifts": list(known.shifts)}, KEPT_SECONDS)
    return known


def latest_shifts(season: Season, *, now: datetime) -> list[Shift]:
    """Return the shifts of the last working days, the latest first; those of the whole season before its parts."""
    shifts = cast("list[Shift] | None", cache.get(f"{_key(season, now)}:shifts"))
    if shifts is None:
        shifts = list(season_watch(season, now=now).shifts)
    today = local_date(now)
    since = NORWAY.add_working_days(today, -NEWS_DAYS)
    return [shift for shift in shifts if since <= shift.point.day <= today]


def _key(season: Season, now: datetime) -> str:
    return f"shifts:{season.pk}:{local_date(now)}:{get_language()}"


class _Watcher:
    """Judges all contacts of a season once, and draws every chart from that."""

    def __init__(self, season: Season) -> None:
        self.watched = watched_contacts(season)
        names = dict(AwardClass.objects.filter(season=season).values_list("pk", "name"))
        self.classes = [names[key] for key in self.watched.classes]
        self.class_keys = [str(key) for key in self.watched.classes]

    @cached_property
    def methods(self) -> list[str]:
        return [str(ContactMethod(method).label) for method in self.watched.methods]

    def watch(self) -> Watch:
        series: list[Series] = []
        shifts: list[Shift] = []
        for measure in Measure:
            judged = _Judged.of(self.watched, measure)
            for one in self._of_measure(judged):
                series.append(one)
                shifts += [self._shift(one, point, judged) for point in one.points if point.is_signal]
        order = sorted(shifts, key=lambda shift: (shift.point.day, shift.part is Part.SEASON), reverse=True)
        return Watch(series, order)

    def _of_measure(self, judged: "_Judged") -> Iterable[Series]:
        everything = np.arange(len(judged.contacts))
        yield judged.series(Part.SEASON, "", "", everything)
        for place, (key, name) in enumerate(zip(self.class_keys, self.classes, strict=True)):
            rows = np.flatnonzero(judged.contacts.award_class == place)
            yield judged.series(Part.CLASS, key, name, rows)
        for place, (key, name) in enumerate(zip(self.watched.methods, self.methods, strict=True)):
            rows = np.flatnonzero(judged.contacts.method == place)
            yield judged.series(Part.METHOD, key, name, rows)

    def _shift(self, series: Series, point: DayPoint, judged: "_Judged") -> Shift:
        contacts, sources = judged.contacts, []
        rows = np.flatnonzero((contacts.day == point.day.toordinal()) & (judged.expected.is_judged == 1))
        excess = contacts.value[rows] - judged.expected.value[rows]
        if series.part is Part.SEASON:
            sources += _most_of(excess, contacts.award_class[rows], self.classes)
            sources += _most_of(excess, contacts.method[rows], self.methods)
        return Shift(series.measure, series.part, series.key, series.name, point, sources)


@dataclass(frozen=True, eq=False)
class _Judged:
    """The contacts of one measure, and what each was to be."""

    measure: Measure
    contacts: Contacts
    expected: Expected

    @classmethod
    def of(cls, watched: Watched, measure: Measure) -> "_Judged":
        contacts = watched.contacts(measure)
        expect = expected_shares if measure.is_share else expected_scores
        return cls(measure, contacts, expect(contacts))

    def series(self, part: Part, key: str, name: str, rows: Ints) -> Series:
        contacts, known = self.contacts, self.expected
        own = Contacts(
            contacts.day[rows],
            contacts.value[rows],
            contacts.award_class[rows],
            contacts.participant[rows],
            contacts.method[rows],
            contacts.observer[rows],
        )
        expected = Expected(known.value[rows], known.variance[rows], known.is_judged[rows])
        limits = SEASON_LIMITS if part is Part.SEASON else GROUP_LIMITS
        draw = share_chart if self.measure.is_share else score_chart
        return Series(self.measure, part, key, name, _points(draw(own, expected, limits)))


def _points(chart: Chart) -> list[DayPoint]:
    columns = (chart.count, chart.mean, chart.expected, chart.reach, chart.running, chart.is_signal.astype(bool))
    rows = zip(chart.day.tolist(), *(column.tolist() for column in columns), strict=True)
    return [DayPoint(date.fromordinal(day), *rest) for day, *rest in rows]


def _most_of(excess: NDArray[np.float64], group: Ints, names: Sequence[str]) -> list[str]:
    """Return the names of the groups that a day's deviation came from, if it came from few."""
    whole = excess.sum()
    if not whole:
        return []
    share = np.bincount(group, excess, minlength=len(names)) / whole
    usual = np.bincount(group, minlength=len(names)) / len(group)
    stands_out = [place for place in np.argsort(-share) if share[place] >= NAMED_SHARE and share[place] > usual[place]]
    return [names[place] for place in stands_out[:MOST_NAMED]]
