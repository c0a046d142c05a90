"""The letters app."""

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """What observers are told and ask: digests in an outbox, moves to another week."""

    name = "assignments.letters"
    label = "letters"
