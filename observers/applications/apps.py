"""The applications app."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """Observers’ applications for a season, and the season’s team."""

    name = "observers.applications"
    label = "applications"

    def ready(self) -> None:
        """Register the permissions, and what other pages show of applications."""
        from ksp.lib.navigation import register_rows  # noqa: PLC0415 -- models are ready only now
        from ksp.lib.panels import register_panel  # noqa: PLC0415 -- as above
        from observers.applications import panels, rules  # noqa: F401, PLC0415 -- registers permissions
        from observers.applications.selectors import applicants  # noqa: PLC0415 -- as above

        register_rows("applications", applicants.waiting_for)
        register_panel("assignments:observer_home", panels.home_invitation)
        register_panel("observers:own_page", panels.own_applications)
        register_panel("observers:detail", panels.observers_applications)
