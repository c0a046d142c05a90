"""Reads an observer's contacts week by week, and whose calendar an address opens."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import Count, Max
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assignments.calendars import tokens
from assignments.calendars.appointments import Appointment, Hours, appointment_of, calendar_of
from assignments.calendars.models import CalendarFeed
from assignments.models import Assignment, AssignmentQuerySet
from assignments.workflow import AssignmentState
from ksp.accounts.models import AuditEvent, Role, User
from ksp.lib.calendar import WorkingCalendar, holiday_name, is_weekend
from ksp.lib.weeks import IsoWeek
from participants.models import Season

SHOWN = (AssignmentState.OFFERED, AssignmentState.ACCEPTED, AssignmentState.DONE)
ON_A_PAGE = 6
# For how long a calendar program is told of contacts that are over.
WEEKS_KEPT = 26


@dataclass(frozen=True, slots=True)
class Entry:
    """One contact and when it is advised to be made."""

    assignment: Assignment
    appointment: Appointment

    @property
    def hours(self) -> Hours | None:
        """The advised hours, if there are any."""
        return self.appointment if isinstance(self.appointment, Hours) else None


@dataclass(frozen=True, slots=True)
class DayOff:
    """A weekday on which no contacts are made, and why."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """One week with contacts, or all the weeks between two of them, which have none."""

    first: IsoWeek
    last: IsoWeek
    entries: Sequence[Entry]
    days_off: Sequence[DayOff]
    is_current: bool

    @property
    def begins_on(self) -> date:
        """The Monday of the first week."""
        return self.first.monday()

    @property
    def ends_on(self) -> date:
        """The Friday of the last week."""
        return self.last.sunday() - timedelta(days=2)


@dataclass(frozen=True, slots=True)
class OwnCalendar:
    """Some weeks of an observer's calendar, and where the weeks before and after them begin."""

    stretches: Sequence[Stretch]
    earlier: IsoWeek | None
    later: IsoWeek | None


def own_calendar(user: User, *, asked: IsoWeek | None, now: datetime) -> OwnCalendar:
    """Return six weeks from the one asked for; without one, from the week in which there is something to do."""
    rows = Assignment.objects.visible_to(user).filter(state__in=SHOWN)
    written = rows.order_by("week").values_list("week", flat=True).distinct()
    weeks = [IsoWeek.parse(week) for week in written]
    if not weeks:
        return OwnCalendar((), None, None)
    start = asked or _start(weeks, IsoWeek.of(now))
    shown = IsoWeek.range(start, start + (ON_A_PAGE - 1))
    entries = _entries(rows.filter(week__in=map(str, shown)))
    return OwnCalendar(
        _stretches(shown, entries, now=now),
        earlier=start + -ON_A_PAGE if weeks[0] < start else None,
        later=start + ON_A_PAGE if weeks[-1] > shown[-1] else None,
    )


def _start(weeks: Sequence[IsoWeek], current: IsoWeek) -> IsoWeek:
    """Return this week, or the nearest one from which a page of weeks still shows a contact."""
    if current > weeks[-1]:
        return next(week for week in weeks if week > weeks[-1] + -ON_A_PAGE)
    return weeks[0] if current + (ON_A_PAGE - 1) < weeks[0] else current


def _entries(rows: AssignmentQuerySet) -> list[Entry]:
    """Return the contacts in order of time, those of a whole week first."""
    calendars: dict[int, tuple[WorkingCalendar, int]] = {}
    found = []
    for item in rows.select_related("participant", "season").defer("season__manual").order_by("week", "pk"):
        calendar, hour = calendars.setdefault(item.season_id, _calendar(item.season))
        found.append(Entry(item, appointment_of(item, calendar=calendar, email_hour=hour)))
    return sorted(found, key=lambda entry: (entry.assignment.week, _place(entry)))


def _calendar(season: Season) -> tuple[WorkingCalendar, int]:
    return calendar_of(season), season.settings.email_latest_hour


def _place(entry: Entry) -> tuple[str, int]:
    hours = entry.hours
    return (hours.begins_at.isoformat() if hours else "", entry.assignment.pk)


def _stretches(shown: Sequence[IsoWeek], entries: Sequence[Entry], *, now: datetime) -> list[Stretch]:
    by_week: dict[IsoWeek, list[Entry]] = {week: [] for week in shown}
    for entry in entries:
        by_week[IsoWeek.parse(entry.assignment.week)].append(entry)
    closed = {day for entry in entries for day in entry.assignment.season.settings.closed_on}
    found = []
    # Weeks with contacts stand alone; a run of weeks without any is one line.
    for key, run in groupby(shown, key=lambda week: str(week) if by_week[week] else ""):
        weeks = list(run)
        held = by_week[weeks[0]] if key else []
        current = IsoWeek.of(now) in weeks
        found.append(Stretch(weeks[0], weeks[-1], held, _days_off(weeks, closed), is_current=current))
    return found


def _days_off(weeks: Iterable[IsoWeek], closed: set[str]) -> list[DayOff]:
    language = get_language() or "nb"
    days = [day for week in weeks for day in week.days() if not is_weekend(day)]
    named = [(day, holiday_name(day, language)) for day in days]
    return [DayOff(day, name or _("no contacts are made")) for day, name in named if name or day.isoformat() in closed]


def feed_of(user: User) -> CalendarFeed | None:
    """Return the calendar that the observer has given an address, if there is one."""
    return CalendarFeed.objects.filter(observer__user=user).first()


def feed_opened_by(token: str) -> CalendarFeed | None:
    """Return the calendar whose present address holds the token; none of anybody who no longer observes."""
    public_id = tokens.named_in(token)
    if public_id is None:
        return None
    rows = CalendarFeed.objects.select_related("observer__user")
    feed = rows.filter(
        public_id=public_id,
        observer__is_active=True,
        observer__user__is_active=True,
        observer__user__role=Role.OBSERVER,
    ).first()
    is_open = feed is not None and tokens.is_token_of(token, feed.public_id, feed.version)
    return feed if is_open else None


@dataclass(frozen=True, slots=True)
class Told:
    """One contact as a calendar program is told of it: how often it has changed, and when last."""

    entry: Entry
    changes: int
    changed_at: datetime


def told_by(feed: CalendarFeed, *, now: datetime) -> list[Told]:
    """Return the observer's contacts from half a year back on, the withdrawn ones too, in two queries."""
    oldest = IsoWeek.of(now) + -WEEKS_KEPT
    rows = Assignment.objects.filter(
        observer=feed.observer_id, state__in=(*SHOWN, AssignmentState.WITHDRAWN), week__gte=str(oldest)
    )
    entries = _entries(rows)
    events = AuditEvent.objects.filter(
        target_type=Assignment._meta.label_lower, target_key__in=[str(entry.assignment.pk) for entry in entries]
    )
    counted = events.order_by().values_list("target_key").annotate(Count("pk"), Max("at"))
    history = {int(key): (count, latest) for key, count, latest in counted}
    nothing = (0, feed.changed_at)
    found = []
    for entry in entries:
        count, latest = history.get(entry.assignment.pk, nothing)
        found.append(Told(entry, count, max(latest, feed.changed_at)))
    return found
