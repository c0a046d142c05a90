"""ISO weeks as values: read, written, compared and counted."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from ksp.lib.calendar import local_date

_WRITTEN = re.compile(r"([0-9]{4})-W([0-9]{2})")
_LENGTH = timedelta(days=7)


@dataclass(frozen=True, order=True, slots=True)
class IsoWeek:
    """One week, Monday to Sunday, of the ISO year it belongs to."""

    year: int
    week: int

    def __post_init__(self) -> None:
        try:
            date.fromisocalendar(self.year, self.week, 1)
        except ValueError:
            message = f"There is no week {self.week} in {self.year}."
            raise ValueError(message) from None

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.week:02d}"

    def __add__(self, weeks: int) -> Self:
        return self.of(self.monday() + weeks * _LENGTH)

    def __sub__(self, other: Self) -> int:
        return (self.monday() - other.monday()) // _LENGTH

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the week that is written like ``2021-W48``."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            message = f"“{text}” is not a week written like 2021-W48."
            raise ValueError(message)
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the week of a date, or of a moment as the calendar in Oslo has it."""
        if isinstance(day, datetime):
            day = local_date(day)
        year, week, _weekday = day.isocalendar()
        return cls(year, week)

    @classmethod
    def range(cls, first: Self, last: Self) -> list[Self]:
        """Return every week from ``first`` to ``last``, both included."""
        return [first + offset for offset in range(last - first + 1)]

    def monday(self) -> date:
        """Return the first day of the week."""
        return date.fromisocalendar(self.year, self.week, 1)

    def sunday(self) -> date:
        """Return the last day of the week."""
        return date.fromisocalendar(self.year, self.week, 7)

    def days(self) -> list[date]:
        """Return the seven days, Monday first."""
        return [date.fromisocalendar(self.year, self.week, weekday) for weekday in range(1, 8)]
