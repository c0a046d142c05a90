"""The scoring app."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """Numbers derived from approved responses."""

    name = "scoring"

    def ready(self) -> None:
        """Register permissions and receivers."""
        from scoring import receivers, rules  # noqa: F401, PLC0415 -- registers receivers and permissions
