"""Norwegian working days, and the hours of a day in which contacts are made."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

OSLO = ZoneInfo("Europe/Oslo")
ONE_DAY = timedelta(days=1)
SATURDAY = 6


@cache
def _holidays(year: int, language: str) -> Mapping[date, str]:
    return dict(country_holidays("NO", years=year, language=language))


def holiday_name(day: date, language: str = "nb") -> str | None:
    """Return what the public holiday is called in Norwegian or English, or None on other days."""
    return _holidays(day.year, "en_US" if language.startswith("en") else "no").get(day)


def is_weekend(day: date) -> bool:
    """Tell Saturdays and Sundays from other days."""
    return day.isoweekday() >= SATURDAY


@cache
def _working_days(year: int) -> tuple[date, ...]:
    """The weekdays of a year that are no public holidays, in order."""
    first, days = date(year, 1, 1), (date(year + 1, 1, 1) - date(year, 1, 1)).days
    every = (first + offset * ONE_DAY for offset in range(days))
    return tuple(day for day in every if not is_weekend(day) and holiday_name(day) is None)


def local_date(moment: datetime) -> date:
    """Return the date in Oslo at that moment; a moment without a time zone is refused."""
    return _in_oslo(moment).date()


def _in_oslo(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        message = f"{moment.isoformat()} has no time zone."
        raise ValueError(message)
    return moment.astimezone(OSLO)


@dataclass(frozen=True, slots=True)
class Window:
    """The part of one day in which a contact may begin: from ``opens_at`` to just before ``closes_at``."""

    opens_at: datetime
    closes_at: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.opens_at <= moment < self.closes_at


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Weekdays that are neither public holidays nor closed by the season, with their contact hours."""

    closed_on: frozenset[date] = frozenset()
    opens: time = time(9)
    closes: time = time(15)

    def is_working_day(self, day: date) -> bool:
        """Tell whether contacts can be made and answers be expected that day."""
        return not is_weekend(day) and holiday_name(day) is None and day not in self.closed_on

    def working_days(self, first: date, last: date) -> list[date]:
        """Return every working day from ``first`` to ``last``, both included."""
        years = (_working_days(year) for year in range(first.year, last.year + 1))
        found = [day for days in years for day in days[bisect_left(days, first) : bisect_right(days, last)]]
        return [day for day in found if day not in self.closed_on] if self.closed_on else found

    def first_working_day(self, day: date) -> date:
        """Return the day itself if it is a working day, else the next one that is."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """Return the working day that many working days after (or, if negative, before) the day."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        remaining = abs(count)
        while remaining:
            day += step
            remaining -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Count the working days after ``start`` up to and including ``end``."""
        return len(self.working_days(start + ONE_DAY, end))

    def working_day_number(self, sent: datetime, answered: datetime) -> int:
        """Return 1 if the answer came the working day the question was sent, 2 the next, and so on.

        What is sent or answered on another day counts as if it were the next working day.
        """
        first, last = local_date(sent), local_date(answered)
        if last < first:
            message = "The answer came on a day before the question was sent."
            raise ValueError(message)
        return len(self.working_days(self.first_working_day(first), self.first_working_day(last)))

    def contact_window(self, day: date) -> Window | None:
        """Return when contacts may begin that day, or None if it is not a working day."""
        return self._window(day) if self.is_working_day(day) else None

    def is_within_hours(self, moment: datetime) -> bool:
        """Tell whether the clock in Oslo is within the contact hours, whatever the day."""
        return self.opens <= _in_oslo(moment).time() < self.closes

    def next_contact_time(self, moment: datetime) -> datetime:
        """Return the earliest time, from that moment on, at which a contact may begin."""
        today = local_date(moment)
        window = self._window(self.first_working_day(today))
        if moment >= window.closes_at:
            window = self._window(self.add_working_days(today, 1))
        return max(window.opens_at, _in_oslo(moment))

    def _window(self, day: date) -> Window:
        return Window(
            opens_at=datetime.combine(day, self.opens, tzinfo=OSLO),
            closes_at=datetime.combine(day, self.closes, tzinfo=OSLO),
        )


NORWAY = WorkingCalendar()
is_working_day = NORWAY.is_working_day
add_working_days = NORWAY.add_working_days
working_days_between = NORWAY.working_days_between
working_day_number = NORWAY.working_day_number
contact_window = NORWAY.contact_window
