"""The scoring app."""

from django.apps import AppConfig

from ksp.lib.attention import register_attention


class ScoringConfig(AppConfig):
    """Numbers derived from approved responses."""

    name = "scoring"

    def ready(self) -> None:
        """Register permissions, receivers, the list that can be imported, and what waits for the administrator."""
        from participants.imports.kinds import register_kind  # noqa: PLC0415 -- needs the models
        from scoring import attention, receivers, rules  # noqa: F401, PLC0415 -- registers receivers and permissions
        from scoring.sister_survey import SisterResults  # noqa: PLC0415 -- needs the models

        register_kind(SisterResults())
        register_attention(attention.of_scores)
        register_attention(attention.of_checks)
