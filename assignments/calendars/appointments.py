"""When a contact is to be made: the advised hours of a day, or, without such advice, the working days of its week."""

from dataclasses import dataclass
from datetime import date, datetime, time

from assignments.models import Assignment
from ksp.lib.calendar import OSLO, WorkingCalendar
from ksp.lib.weeks import IsoWeek
from participants.models import ContactMethod, Season

WORKING_DAYS = 5
SLOT_HOURS = 2
WHOLE_DAY = (9, 15)


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of one day, as the clock in Oslo has it."""

    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days, from the first to the last, both included."""

    first: date
    last: date


Appointment = Hours | Days


def calendar_of(season: Season) -> WorkingCalendar:
    """Return the season's working days: the country's without those on which the season makes no contacts."""
    return WorkingCalendar(closed_on=frozenset(map(date.fromisoformat, season.settings.closed_on)))


def appointment_of(assignment: Assignment, *, calendar: WorkingCalendar, email_hour: int) -> Appointment:
    """Return when the contact is advised to be made; a day on which nothing can be made is no advice."""
    days = IsoWeek.parse(assignment.week).days()
    day = days[assignment.weekday - 1] if assignment.weekday else None
    if day is None or not calendar.is_working_day(day):
        return _whole_week(days, calendar)
    first, last = _hours(assignment, email_hour)
    return Hours(_at(day, first), _at(day, last))


def _hours(assignment: Assignment, email_hour: int) -> tuple[int, int]:
    """Return the first and the last hour; an e-mail is sent before the season's latest hour for it."""
    first, last = WHOLE_DAY
    if assignment.slot:
        first = int(assignment.slot)
        last = first + SLOT_HOURS
    if assignment.method == ContactMethod.EMAIL and first < email_hour:
        last = min(last, email_hour)
    return first, last


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=OSLO)


def _whole_week(days: list[date], calendar: WorkingCalendar) -> Days:
    working = [day for day in days if calendar.is_working_day(day)] or days[:WORKING_DAYS]
    return Days(working[0], working[-1])
