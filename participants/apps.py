"""The participants app."""

from django.apps import AppConfig

from ksp.lib.attention import register_attention


class ParticipantsConfig(AppConfig):
    """Customer-service centres, their classes, seasons and enrolments."""

    name = "participants"

    def ready(self) -> None:
        """Register the permissions, the list that can be imported, ties of accounts, and what waits."""
        from ksp.accounts.ties import register_tie  # noqa: PLC0415 -- needs the models
        from participants import readiness, rules, ties  # noqa: F401, PLC0415 -- registers permissions
        from participants.imports.kinds import register_kind  # noqa: PLC0415 -- needs the models
        from participants.imports.participants import Participants  # noqa: PLC0415 -- needs the models
        from participants.preparation import register_readiness  # noqa: PLC0415 -- needs the models

        register_kind(Participants())
        register_tie("participant", ties.REPRESENTATIVE)
        register_attention(readiness.attention)
        register_readiness(readiness.of_participants)
