"""What assignments put on other apps' pages."""

from assignments.models import Assignment
from ksp.accounts.models import User
from ksp.lib.panels import Panel
from observers.models import Observer

LATEST = 10


def observers_assignments(observer: Observer, user: User) -> Panel:
    """Show an observer's latest assignments."""
    rows = Assignment.objects.visible_to(user).filter(observer=observer).select_related("participant", "season")
    return Panel(
        "assignments/_observer_assignments.html", {"rows": rows.order_by("-pk")[:LATEST], "observer": observer}
    )
