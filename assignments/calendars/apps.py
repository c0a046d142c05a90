"""The calendars app."""

from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    """An observer’s own weeks as a list and as a private calendar feed."""

    name = "assignments.calendars"
    label = "calendars"

    def ready(self) -> None:
        """Register the permissions."""
        from assignments.calendars import rules  # noqa: F401, PLC0415 -- registers permissions
