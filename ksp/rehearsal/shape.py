"""How large a rehearsed season is, when it takes place, and how far it is played."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import floor
from typing import ClassVar, Final

from ksp.lib.calendar import OSLO, WorkingCalendar
from ksp.lib.errors import DomainError
from ksp.lib.weeks import IsoWeek

WEEKS: Final = 17
FIRST_DAY: Final = date(2021, 11, 29)
LEAST_WORKING_DAYS: Final = 3
# After the last contacts, this long until every report is decided.
AFTERWARDS: Final = timedelta(weeks=4)
DAYS_IN_WEEK: Final = 5
OPENS_AT, HOURS = 9, 6


class ImpossibleSeason(DomainError):
    """A season of this shape cannot be played; the message says why."""

    code: ClassVar[str] = "impossible_season"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What is asked for."""

    season: str
    participants: int = 188
    classes: int = 23
    observers: int = 100
    pool: int = 6000
    contacts: int = 25
    seed: int = 1
    progress: float = 0.5
    starts_on: date = FIRST_DAY

    @property
    def calendar(self) -> WorkingCalendar:
        """Working days, without Christmas Eve, New Year's Eve and the week between."""
        years = range(self.starts_on.year, self.starts_on.year + 2)
        return WorkingCalendar(closed_on=frozenset(day for year in years for day in _christmas(year)))

    def weeks(self) -> list[IsoWeek]:
        """Return the weeks in which contacts are made."""
        return contact_weeks(self.starts_on, self.calendar)

    @property
    def ends_on(self) -> date:
        """The Friday of the last week."""
        return self.weeks()[-1].monday() + timedelta(days=DAYS_IN_WEEK - 1)

    def stops_at(self) -> datetime:
        """Return the moment at which play stops: that share of the weeks is over."""
        weeks, (whole, rest) = self.weeks(), split(self.progress)
        if whole >= len(weeks):
            return datetime.combine(self.ends_on, time(12), OSLO) + AFTERWARDS
        day, part = divmod(rest * DAYS_IN_WEEK, 1)
        moment = datetime.combine(weeks[whole].monday() + timedelta(days=day), time(OPENS_AT), OSLO)
        return moment + timedelta(hours=round(part * HOURS))


def _christmas(year: int) -> list[date]:
    """The days around Christmas on which nobody is asked to make contacts."""
    quiet = IsoWeek.of(date(year, 12, 28))
    return [date(year, 12, 24), date(year, 12, 31), *quiet.days()]


def contact_weeks(starts_on: date, calendar: WorkingCalendar) -> list[IsoWeek]:
    """Return the first weeks from that day on that have enough working days."""
    weeks: list[IsoWeek] = []
    week = IsoWeek.of(starts_on)
    while len(weeks) < WEEKS:
        if len(calendar.working_days(max(week.monday(), starts_on), week.sunday())) >= LEAST_WORKING_DAYS:
            weeks.append(week)
        week += 1
    return weeks


def split(progress: float) -> tuple[int, float]:
    """Return how many whole weeks are played, and which part of the next."""
    played = progress * WEEKS
    whole = floor(played + 1e-9)
    return whole, max(played - whole, 0.0)


def current_start(progress: float, now: datetime) -> date:
    """Return the Monday on which a season starts whose played share ends in the week of ``now``."""
    whole, _rest = split(progress)
    this_week = IsoWeek.of(now)
    if whole >= WEEKS:
        whole, this_week = WEEKS - 1, this_week + -round(AFTERWARDS.days / 7)
    for earlier in range(whole, whole + WEEKS):
        starts_on = (this_week + -earlier).monday()
        if contact_weeks(starts_on, Shape(season="", starts_on=starts_on).calendar)[whole] <= this_week:
            return starts_on
    raise AssertionError
