"""The scoring app."""

from django.apps import AppConfig

from ksp.lib.attention import register_attention


class ScoringConfig(AppConfig):
    """Numbers derived from approved responses."""

    name = "scoring"

    def ready(self) -> None:
        """Register permissions, receivers, and what waits for the administrator."""
        from scoring import attention, receivers, rules  # noqa: F401, PLC0415 -- registers receivers and permissions

        register_attention(attention.of_scores)
