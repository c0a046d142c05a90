"""The reports app."""

from django.apps import AppConfig

from ksp.lib.attention import register_attention


class ReportsConfig(AppConfig):
    """Dashboards, exports, what participants see."""

    name = "reports"

    def ready(self) -> None:
        """Register permissions, receivers, what other pages show of results, and what waits for the administrator."""
        from ksp.lib.panels import register_panel  # noqa: PLC0415 -- as below
        from reports import attention, panels, receivers, rules  # noqa: F401, PLC0415 -- registers permissions

        register_attention(attention.of_publications)
        register_panel("participants:detail", panels.participants_results)
        register_panel("participants:season", panels.seasons_versions)
