"""The plans app."""

from django.apps import AppConfig

from ksp.lib.navigation import register_rows


class PlansConfig(AppConfig):
    """Proposals for a season’s plan, and their repair."""

    name = "assignments.plans"
    label = "plans"

    def ready(self) -> None:
        """Register the permissions, the receivers, and what the menu counts."""
        from assignments.plans import receivers, rules, standing  # noqa: F401, PLC0415 -- registers permissions and receivers

        register_rows("proposals", standing.waiting_for)
