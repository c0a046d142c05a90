"""The responses app."""

from django.apps import AppConfig


class ResponsesConfig(AppConfig):
    """Filled-in reports, attempts, answers, the review queue."""

    name = "responses"

    def ready(self) -> None:
        """Register permissions and receivers."""
        from responses import receivers, rules  # noqa: F401, PLC0415 -- registers receivers and permissions
