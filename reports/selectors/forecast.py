"""When a season reaches its goal if it goes on as it has: read from the approved reports, shown by week."""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, cast

import numpy as np
from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import TruncDate

from assignments.models import Assignment
from assignments.workflow import AssignmentState
from ksp.lib.calendar import OSLO, WorkingCalendar, local_date
from ksp.lib.weeks import IsoWeek
from reports.selectors.progress import COUNTED, SeasonProgress, Stage
from responses.models import SurveyResponse
from scoring.statistics.forecast import Pace, Range, forecast

# So far ahead of the last week it is worth looking for the day on which all is approved.
AFTERWARDS: Final = timedelta(weeks=26)
KEPT_SECONDS: Final = 10 * 60


@dataclass(frozen=True, slots=True)
class FanPoint:
    """Between which numbers the approved contacts lie at the end of a week."""

    week: IsoWeek
    low: int
    middle: int
    high: int


@dataclass(frozen=True, slots=True)
class Finish:
    """Between which days everything is approved; none where that is later than was looked."""

    earliest: date | None
    middle: date | None
    latest: date | None


@dataclass(frozen=True, slots=True)
class SeasonForecast:
    """What comes: the number at the end of each week that is left, and the day of the finish, if it can be told."""

    whole: int
    fan: Sequence[FanPoint]
    finish: Finish | None

    @property
    def at_the_end(self) -> FanPoint | None:
        """The last day of the season, while it is ahead."""
        return self.fan[-1] if self.fan else None


@dataclass(frozen=True)
class _Days:
    """The working days of a season and of some months after it, numbered from 0."""

    all: Sequence[date]

    @classmethod
    def of(cls, found: SeasonProgress) -> "_Days":
        settings = found.season.settings
        calendar = WorkingCalendar(closed_on=frozenset(map(date.fromisoformat, settings.closed_on)))
        return cls(calendar.working_days(found.weeks[0].monday(), found.weeks[-1].sunday() + AFTERWARDS))

    def first_of(self, week: IsoWeek) -> int:
        """Return the first working day of the week, or the next one after it."""
        return bisect_left(self.all, week.monday())

    def until(self, day: date) -> int:
        """Return the day itself, or the last working day before it."""
        return max(bisect_right(self.all, day) - 1, 0)


def season_forecast(found: SeasonProgress, *, now: datetime) -> SeasonForecast | None:
    """Return what comes if the season goes on as it has, in two queries or none; none while it is too early to say.

    Nothing is foreseen for a season in which no contacts are made any more.
    """
    today = local_date(now)
    written = repr((found.season.stored_settings, found.planned, found.contacts))
    key = f"forecast:{found.season.pk}:{today}:{hashlib.sha256(written.encode()).hexdigest()}"
    known = cache.get(key)
    if known is None:
        known = [_computed(found, today)]
        cache.set(key, known, KEPT_SECONDS)
    return cast("SeasonForecast | None", known[0])


def _computed(found: SeasonProgress, today: date) -> SeasonForecast | None:
    days = _Days.of(found)
    pace = _pace(found, days, today)
    ends = {days.until(week.sunday()): week for week in found.weeks if week <= IsoWeek.of(found.season.ends_on)}
    ahead = tuple(day for day in ends if day > pace.today)
    known = forecast(pace, ahead)
    if known is None:
        return None
    fan = [_point(ends[day], bounds) for day, bounds in known.approved.items()]
    return SeasonForecast(int(pace.contacts.sum()), fan, _finish(known.finish, days))


def _point(week: IsoWeek, bounds: Range) -> FanPoint:
    return FanPoint(week, bounds.low or 0, bounds.middle or 0, bounds.high or 0)


def _finish(found: Range | None, days: _Days) -> Finish | None:
    if found is None:
        return None
    return Finish(*(None if day is None else days.all[day] for day in (found.low, found.middle, found.high)))


def _pace(found: SeasonProgress, days: _Days, today: date) -> Pace:
    """Return the season as the forecast reads it; what was promised and is in no plan counts for the last week."""
    weeks = found.busy_weeks
    place = {week: row for row, week in enumerate(weeks)}
    contacts = np.zeros(len(weeks), np.int64)
    for group in found.groups:
        if group.stage in COUNTED:
            contacts[place[group.week]] += group.count
    contacts[-1] += found.not_in_plan
    approved = np.zeros((len(weeks), days.until(today) + 1), np.int64)
    for week, day, count in _approvals(found):
        row = place.get(IsoWeek.parse(week))
        if row is not None:
            approved[row, min(days.until(day), approved.shape[1] - 1)] += count
    week_of_day = [(day - found.weeks[0].monday()).days // 7 for day in days.all]
    return Pace(
        begins=np.array([days.first_of(week) for week in weeks], np.int64),
        contacts=contacts,
        approved=approved,
        lost=found.stages.get(Stage.REJECTED, 0) + _declined_late(found),
        week_of_day=np.array(week_of_day, np.int64),
    )


def _approvals(found: SeasonProgress) -> Sequence[tuple[str, date, int]]:
    """Return how many contacts planned for each week were approved on each day."""
    rows = SurveyResponse.objects.approved().filter(season=found.season).order_by()
    days = rows.annotate(day=TruncDate("reviewed_at", tzinfo=OSLO)).values_list("assignment__week", "day")
    return list(days.annotate(Count("pk")))


def _declined_late(found: SeasonProgress) -> int:
    """Return how many contacts were declined after their week had begun: they, too, are made anew later."""
    rows = Assignment.objects.filter(
        season=found.season, state=AssignmentState.DECLINED, answered_at__isnull=False, week__lte=str(found.this_week)
    )
    answered = rows.values_list("week", "answered_at")
    return sum(when is not None and local_date(when) >= IsoWeek.parse(week).monday() for week, when in answered)
