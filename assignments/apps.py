"""The assignments app."""

from django.apps import AppConfig

from ksp.lib.navigation import register_rows
from ksp.lib.panels import register_panel
from observers.applications.records import register_meetings
from observers.loads import register_load


class AssignmentsConfig(AppConfig):
    """Which observer contacts whom, by which method, in which week."""

    name = "assignments"

    def ready(self) -> None:
        """Register the permissions, the receivers, and what other pages show of assignments."""
        from assignments import panels, receivers, rules, selectors  # noqa: F401, PLC0415 -- registers permissions and receivers

        register_panel("observers:detail", panels.observers_assignments)
        register_rows("unassigned", selectors.unassigned)
        register_load(selectors.loads_of)
        register_meetings(selectors.meetings_before)
