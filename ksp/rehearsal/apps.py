"""The rehearsal app."""

from django.apps import AppConfig


class RehearsalConfig(AppConfig):
    """Plays a season through the real services."""

    name = "ksp.rehearsal"
    label = "rehearsal"
