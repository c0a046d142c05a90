"""The observers app."""

from django.apps import AppConfig


class ObserversConfig(AppConfig):
    """The people who make the contacts, and their conflicts of interest."""

    name = "observers"

    def ready(self) -> None:
        """Register the permissions."""
        from observers import rules  # noqa: F401, PLC0415 -- registers permissions
