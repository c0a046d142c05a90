"""The applications app."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """Observers’ applications for a season, and the season’s team."""

    name = "observers.applications"
    label = "applications"

    def ready(self) -> None:
        """Register the permissions."""
        from observers.applications import rules  # noqa: F401, PLC0415 -- registers permissions
