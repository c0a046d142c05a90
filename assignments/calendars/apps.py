"""The calendars app."""

from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    """An observer’s own weeks as a list and as a private calendar feed."""

    name = "assignments.calendars"
    label = "calendars"
