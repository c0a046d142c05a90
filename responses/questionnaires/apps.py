"""The questionnaires app."""

from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    """Performance areas, questions and options; frozen once a season opens."""

    name = "responses.questionnaires"
    label = "questionnaires"

    def ready(self) -> None:
        """Register the permissions."""
        from responses.questionnaires import rules  # noqa: F401, PLC0415 -- registers permissions
