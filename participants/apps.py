"""The participants app."""

from django.apps import AppConfig


class ParticipantsConfig(AppConfig):
    """Customer-service centres, their classes, seasons and enrolments."""

    name = "participants"

    def ready(self) -> None:
        """Register the permissions, and the list that can be imported."""
        from participants import rules  # noqa: F401, PLC0415 -- registers permissions
        from participants.imports.kinds import register_kind  # noqa: PLC0415 -- needs the models
        from participants.imports.participants import Participants  # noqa: PLC0415 -- needs the models

        register_kind(Participants())
