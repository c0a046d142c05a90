"""The weeks and days of a season on which contacts can be made."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from assignments.planning.problem import WEEKDAYS, Bools
from ksp.lib.calendar import WorkingCalendar
from ksp.lib.weeks import IsoWeek
from participants.models import Season


@dataclass(frozen=True, slots=True)
class OpenWeek:
    """One week of a season with its weekdays (1–5) on which contacts can be made."""

    week: IsoWeek
    weekdays: frozenset[int]


def every_week(season: Season) -> list[OpenWeek]:
    """Return all weeks of the season; one with too few working days has none at all."""
    settings = season.settings
    calendar = WorkingCalendar(closed_on=frozenset(date.fromisoformat(day) for day in settings.closed_on))
    weeks = IsoWeek.range(IsoWeek.of(season.starts_on), IsoWeek.of(season.ends_on))
    found = [(week, _open_weekdays(week, season, calendar)) for week in weeks]
    return [OpenWeek(week, days if len(days) >= settings.least_working_days else frozenset()) for week, days in found]


def contact_weeks(season: Season) -> list[OpenWeek]:
    """Return the weeks of the season in which contacts can be made."""
    return [week for week in every_week(season) if week.weekdays]


def open_days(weeks: list[OpenWeek]) -> Bools:
    """Tell for each week (rows) on which weekdays (columns) contacts can be made."""
    return np.array([[day in week.weekdays for day in WEEKDAYS] for week in weeks], bool).reshape(-1, len(WEEKDAYS))


def _open_weekdays(week: IsoWeek, season: Season, calendar: WorkingCalendar) -> frozenset[int]:
    first, last = max(week.monday(), season.starts_on), min(week.sunday(), season.ends_on)
    return frozenset(day.isoweekday() for day in calendar.working_days(first, last)) if first <= last else frozenset()
