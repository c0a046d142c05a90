"""The assignments app."""

from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    """Which observer contacts whom, by which method, in which week."""

    name = "assignments"

    def ready(self) -> None:
        """Register the permissions."""
        from assignments import rules  # noqa: F401, PLC0415 -- registers permissions
