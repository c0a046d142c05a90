"""The letters app."""

from django.apps import AppConfig

from ksp.lib.navigation import register_rows
from ksp.lib.panels import register_panel


class LettersConfig(AppConfig):
    """What observers are told and ask: digests in an outbox, moves to another week."""

    name = "assignments.letters"
    label = "letters"

    def ready(self) -> None:
        """Register the permissions, the receivers, and what other pages show of letters."""
        from assignments.letters import panels, receivers, rules, selectors  # noqa: F401, PLC0415 -- registers permissions and receivers

        register_panel("assignments:detail", panels.told_and_moved)
        register_rows("held_letters", selectors.held_letters)
