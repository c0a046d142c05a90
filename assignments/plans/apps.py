"""The plans app."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Proposals for a season’s plan, and their repair."""

    name = "assignments.plans"
    label = "plans"

    def ready(self) -> None:
        """Register the permissions."""
        from assignments.plans import rules  # noqa: F401, PLC0415 -- registers permissions
