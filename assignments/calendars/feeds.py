"""Writes an observer's contacts as an iCalendar file (RFC 5545)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from assignments.calendars.appointments import Hours
from assignments.calendars.models import CalendarFeed
from assignments.calendars.selectors import Told
from assignments.models import Assignment
from assignments.workflow import AssignmentState
from ksp.lib.calendar import ONE_DAY
from ksp.lib.formatting import iso_week

if TYPE_CHECKING:
    from icalendar import Calendar, Event, Timezone

PRODUCT: Final = "-//Kundeserviceprisen//KSP//NO"
# Part of what names a contact for ever, so it does not follow the site to another address.
DOMAIN: Final = "kundeserviceprisen"
ZONE: Final = "Europe/Oslo"
READ_AGAIN: Final = timedelta(hours=1)
STATUSES: Final = {
    AssignmentState.OFFERED: "TENTATIVE",
    AssignmentState.WITHDRAWN: "CANCELLED",
}


def written(feed: CalendarFeed, contacts: Iterable[Told]) -> bytes:
    """Return the calendar in the observer's own language; participants are in it by name only where that was chosen.

    The same contacts give the same bytes, so that who has read them can be told that nothing is new.
    """
    from icalendar import Calendar  # noqa: PLC0415 -- read by few requests, and slow to import

    user = feed.observer.user
    with translation.override(user.language if user else None):
        calendar = Calendar()
        calendar.add("prodid", PRODUCT)
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        _describe(calendar)
        calendar.add_component(_oslo())
        for told in contacts:
            calendar.add_component(_event(told, shows_names=feed.shows_names))
        content: bytes = calendar.to_ical()
    return content


def _describe(calendar: "Calendar") -> None:
    """Say what the calendar is called, and how often to read it, in the new words and those that programs know."""
    from icalendar import vDuration, vText  # noqa: PLC0415 -- as above

    name = _("Kundeserviceprisen: my contacts")
    calendar.add("name", vText(name))
    calendar.add("x-wr-calname", vText(name))
    calendar.add("x-wr-timezone", ZONE)
    calendar.add("refresh-interval", vDuration(READ_AGAIN), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(READ_AGAIN))


def _oslo() -> "Timezone":
    """Return the rule of summer time: from the last Sunday of March to the last one of October."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard  # noqa: PLC0415 -- as above

    zone, (winter, summer) = Timezone(), (timedelta(hours=1), timedelta(hours=2))
    zone.add("tzid", ZONE)
    turns = (
        (TimezoneStandard(), "CET", datetime(1996, 10, 27, 3), summer, winter),  # noqa: DTZ001 -- local by definition
        (TimezoneDaylight(), "CEST", datetime(1981, 3, 29, 2), winter, summer),  # noqa: DTZ001 -- local by definition
    )
    for turn, name, first, before, after in turns:
        turn.add("tzname", name)
        turn.add("dtstart", first)
        turn.add("rrule", {"freq": "yearly", "bymonth": first.month, "byday": "-1su"})
        turn.add("tzoffsetfrom", before)
        turn.add("tzoffsetto", after)
        zone.add_component(turn)
    return zone


def _event(told: Told, *, shows_names: bool) -> "Event":
    from icalendar import Event  # noqa: PLC0415 -- as above

    assignment, event = told.entry.assignment, Event()
    link = settings.SITE_URL + reverse("assignments:own_detail", args=[assignment.public_id])
    changed_at = told.changed_at.astimezone(UTC).replace(microsecond=0)
    event.add("uid", f"{assignment.public_id}@{DOMAIN}")
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", told.changes)
    event.add("summary", _summary(assignment, shows_names=shows_names))
    event.add("description", f"{_advice(assignment, told.entry.hours)}\n{link}")
    event.add("url", link)
    event.add("status", STATUSES.get(AssignmentState(assignment.state), "CONFIRMED"))
    _set_time(event, told)
    return event


def _set_time(event: "Event", told: Told) -> None:
    """Take the advised hours; without advice stand over the week's days, and let them look free."""
    appointment = told.entry.appointment
    if isinstance(appointment, Hours):
        event.add("dtstart", appointment.begins_at)
        event.add("dtend", appointment.ends_at)
    else:
        event.add("dtstart", appointment.first)
        event.add("dtend", appointment.last + ONE_DAY)
    is_busy = isinstance(appointment, Hours) and told.entry.assignment.state == AssignmentState.ACCEPTED
    event.add("transp", "OPAQUE" if is_busy else "TRANSPARENT")
    event.add("class", "PRIVATE")


def _summary(assignment: Assignment, *, shows_names: bool) -> str:
    words = {"method": assignment.get_method_display().lower(), "week": iso_week(assignment.week)}
    if shows_names:
        return _("%(name)s (%(method)s), %(week)s") % {**words, "name": assignment.participant.name}
    return _("Contact (%(method)s), %(week)s") % words


def _advice(assignment: Assignment, hours: Hours | None) -> str:
    words = {"state": assignment.get_state_display()}
    if hours is None:
        return _("%(state)s. Choose a day and a time between 9 and 15 in this week.") % words
    return _("%(state)s. Day and time are advice. The week is fixed.") % words
