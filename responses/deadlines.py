"""When a submitted report should have been read, and how long the waiting ones have waited, in working days."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.lib.calendar import NORWAY, OSLO, local_date

LATE: Final = "late"
DUE: Final = "due"
# Ages beyond this are one part, however long a season lets its reports wait.
MOST_AGES: Final = 5
ONE_DAY: Final = timedelta(days=1)

# From and before which moment reports were submitted; none where it has no end.
Span = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day on which a report should be read, and how many working days are left or gone since."""

    on: date
    days: int
    is_over: bool

    @property
    def variant(self) -> str:
        """Which chip says it: late, soon or plain."""
        if self.is_over:
            return "late"
        return "plain" if self.days else "soon"

    @property
    def text(self) -> str:
        """«2 days over», «today», «1 day left»."""
        if self.is_over:
            gone = ngettext("%(days)s day over", "%(days)s days over", self.days) % {"days": self.days}
            return gone if self.days else _("past the deadline")
        left = ngettext("%(days)s day left", "%(days)s days left", self.days) % {"days": self.days}
        return left if self.days else _("today")

    @property
    def words(self) -> str:
        """The same where no heading says what it is about: «deadline today»."""
        if self.is_over:
            gone = ngettext("%(days)s day past the deadline", "%(days)s days past the deadline", self.days)
            return gone % {"days": self.days} if self.days else _("past the deadline")
        left = ngettext("%(days)s day to the deadline", "%(days)s days to the deadline", self.days)
        return left % {"days": self.days} if self.days else _("deadline today")


@dataclass(frozen=True)
class ReviewClock:
    """What day it is for reports that are to be read within so many working days."""

    today: date
    working_days: int

    @classmethod
    def at(cls, now: datetime, *, working_days: int) -> "ReviewClock":
        """Return the clock of that moment, by the calendar in Oslo."""
        return cls(local_date(now), max(working_days, 1))

    @property
    def day_began_at(self) -> datetime:
        """The moment at which today began in Oslo."""
        return _beginning(self.today)

    def deadline(self, submitted_at: datetime) -> Deadline:
        """Return the deadline of a report that was submitted then."""
        on = NORWAY.add_working_days(local_date(submitted_at), self.working_days)
        first, last = sorted((on, self.today))
        return Deadline(on, NORWAY.working_days_between(first, last), is_over=self.today > on)

    @cached_property
    def spans(self) -> dict[str, Span]:
        """When the late, the due and the younger reports were submitted: the parts that the waiting ones fall into.

        The younger ones are named by their age in working days; the oldest of these ages goes on to those due.
        """
        late_before = self._back(self.working_days, from_day=self.today - ONE_DAY)
        due_before = self._back(self.working_days, from_day=self.today)
        ages = min(self.working_days, MOST_AGES)
        edges = [None, *(self._back(age, from_day=self.today) for age in range(1, ages)), due_before]
        young = {str(age): (edges[age + 1], edges[age]) for age in range(ages)}
        return {LATE: (None, late_before), DUE: (late_before, due_before), **young}

    @property
    def oldest_age(self) -> str:
        """The name of the oldest part that is not yet due."""
        return str(min(self.working_days, MOST_AGES) - 1)

    def _back(self, count: int, *, from_day: date) -> datetime:
        """Return when the working day began that is the given one in number, counted back from the day itself."""
        return _beginning(NORWAY.add_working_days(from_day + ONE_DAY, -count))


def _beginning(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=OSLO)
