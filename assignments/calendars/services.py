"""Every change to observers' calendars."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assignments.calendars.models import CalendarFeed
from ksp.accounts.models import AuditEvent, User
from observers.models import Observer

# A calendar program reads often; that it does is noted this often.
NOTED_EVERY = timedelta(hours=1)


def _lock(observer_id: int, *, by: User) -> Observer:
    observer = Observer.objects.select_for_update(of=("self",)).get(pk=observer_id)
    if not by.has_perm("calendars.change_feed", observer):
        raise PermissionDenied
    return observer


@transaction.atomic
def make_address(observer_id: int, *, by: User) -> CalendarFeed:
    """Give the observer's calendar a new address; one that it had stops working."""
    observer, now = _lock(observer_id, by=by), timezone.now()
    feed = CalendarFeed.objects.filter(observer=observer).first()
    if feed is None:
        feed = CalendarFeed(observer=observer, version=0, changed_at=now)
    feed.version += 1
    feed.made_at, feed.last_read_at = now, None
    feed.save()
    AuditEvent.record(by, "calendar.address_made", observer)
    return feed


@transaction.atomic
def show_names(observer_id: int, *, shows_names: bool, by: User) -> CalendarFeed:
    """Let the observer's calendar tell the participants' names from now on, or no longer."""
    observer = _lock(observer_id, by=by)
    feed = CalendarFeed.objects.get(observer=observer)
    feed.shows_names, feed.changed_at = shows_names, timezone.now()
    feed.save(update_fields=["shows_names", "changed_at"])
    AuditEvent.record(by, "calendar.names_changed", observer, shows_names=shows_names)
    return feed


@transaction.atomic
def close_feed(observer_id: int, *, by: User) -> None:
    """Take the observer's calendar away, so that no address opens it any more."""
    observer = _lock(observer_id, by=by)
    CalendarFeed.objects.filter(observer=observer).delete()
    AuditEvent.record(by, "calendar.closed", observer)


@transaction.atomic
def note_reading(feed_id: int, *, now: datetime) -> None:
    """Remember that the calendar is read, to the hour."""
    before = Q(last_read_at=None) | Q(last_read_at__lte=now - NOTED_EVERY)
    CalendarFeed.objects.filter(before, pk=feed_id).update(last_read_at=now)
