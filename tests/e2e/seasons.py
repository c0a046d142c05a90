"""A small season, played half-way through the real services, for walks in a browser."""

from django.core.management import call_command

SIZE = {"participants": 12, "classes": 2, "observers": 30, "pool": 36, "contacts": 12, "seed": 3}


def play_small_season(settings, *, progress=0.5):
    """Play it, with the four sign-ins of the demo."""
    settings.DEMO = True
    call_command("rehearse", season="KSP22", progress=progress, starts_on="2021-11-29", **SIZE)
