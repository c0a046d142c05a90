"""The reports app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Dashboards, exports, what participants see."""

    name = "reports"

    def ready(self) -> None:
        """Register the permissions."""
        from reports import rules  # noqa: F401, PLC0415 -- registers permissions
