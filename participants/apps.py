"""The participants app."""

from django.apps import AppConfig


class ParticipantsConfig(AppConfig):
    """Customer-service centres, their classes, seasons and enrolments."""

    name = "participants"

    def ready(self) -> None:
        """Register the permissions."""
        from participants import rules  # noqa: F401, PLC0415 -- registers permissions
