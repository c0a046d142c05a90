"""Reads observers for the manager's pages."""

from ksp.accounts.models import User
from observers.models import Observer


def counties_of(user: User) -> list[str]:
    """Return every county that an observer lives in, in order."""
    rows = Observer.objects.visible_to(user).exclude(county="").order_by("county")
    return list(rows.values_list("county", flat=True).distinct())
