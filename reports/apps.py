"""The reports app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Dashboards, exports, what participants see."""

    name = "reports"

    def ready(self) -> None:
        """Register the permissions, and what other pages show of results."""
        from ksp.lib.panels import register_panel  # noqa: PLC0415 -- as below
        from reports import panels, rules  # noqa: F401, PLC0415 -- registers permissions

        register_panel("participants:detail", panels.participants_results)
