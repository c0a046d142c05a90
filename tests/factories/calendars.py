"""Private addresses of observers' calendars."""

import factory
from django.utils import timezone

from assignments.calendars.models import CalendarFeed
from tests.factories.observers import ObserverFactory


class CalendarFeedFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CalendarFeed

    observer = factory.SubFactory(ObserverFactory)
    made_at = changed_at = factory.LazyFunction(timezone.now)
