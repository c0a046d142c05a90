from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assignments.calendars import services
from assignments.calendars.models import CalendarFeed
from assignments.calendars.tokens import token_of
from ksp.accounts.models import AuditEvent, Role
from tests.factories.accounts import UserFactory
from tests.factories.calendars import CalendarFeedFactory
from tests.factories.observers import ObserverFactory

pytestmark = pytest.mark.django_db
CHANGES = {
    "make_address": services.make_address,
    "show_names": lambda key, *, by: services.show_names(key, shows_names=True, by=by),
    "close_feed": services.close_feed,
}


@pytest.fixture
def feed():
    return CalendarFeedFactory()


def verbs():
    return list(AuditEvent.objects.order_by("pk").values_list("verb", "actor", "target_key"))


def test_first_address_shows_no_names():
    observer = ObserverFactory()

    feed = services.make_address(observer.pk, by=observer.user)

    assert (feed.observer, feed.version, feed.shows_names, feed.last_read_at) == (observer, 1, False, None)
    assert verbs() == [("calendar.address_made", observer.user_id, str(observer.pk))]


def test_new_address_keeps_the_choice_of_names(feed):
    CalendarFeed.objects.update(shows_names=True, last_read_at=timezone.now())

    services.make_address(feed.observer_id, by=feed.observer.user)

    stored = CalendarFeed.objects.get()
    assert (stored.pk, stored.version, stored.shows_names, stored.last_read_at) == (feed.pk, 2, True, None)


def test_closed_calendar_does_not_come_back_under_an_old_address(feed):
    by = feed.observer.user
    services.close_feed(feed.observer_id, by=by)
    assert not CalendarFeed.objects.exists()

    again = services.make_address(feed.observer_id, by=by)

    assert token_of(again.public_id, again.version) != token_of(feed.public_id, feed.version)
    assert [verb for verb, _actor, _key in verbs()] == ["calendar.closed", "calendar.address_made"]


def test_choice_of_names_is_kept_and_recorded(feed):
    services.show_names(feed.observer_id, shows_names=True, by=feed.observer.user)

    stored = CalendarFeed.objects.get()
    assert stored.shows_names
    assert stored.changed_at > feed.changed_at
    assert AuditEvent.objects.get().detail == {"shows_names": True}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("role", Role.values)
def test_nobody_else_changes_an_observers_calendar(feed, change, role):
    somebody = UserFactory(role=role, organiser=feed.observer.organiser)

    with pytest.raises(PermissionDenied):
        change(feed.observer_id, by=somebody)

    stored = CalendarFeed.objects.get()
    assert (stored.version, stored.shows_names, verbs()) == (1, False, [])


def test_reading_is_noted_to_the_hour(feed):
    now = timezone.now()

    services.note_reading(feed.pk, now=now)
    services.note_reading(feed.pk, now=now + timedelta(minutes=59))
    assert CalendarFeed.objects.get().last_read_at == now
    services.note_reading(feed.pk, now=now + timedelta(minutes=60))

    assert CalendarFeed.objects.get().last_read_at == now + timedelta(minutes=60)
