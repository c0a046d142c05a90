"""What assignments put on other apps' pages and into the menu."""

from django.http import HttpRequest  # noqa: TID251 -- the menu counts for a request

from assignments.models import Assignment
from assignments.selectors import count_unassigned
from ksp.accounts.models import User
from ksp.lib.panels import Panel
from observers.models import Observer
from participants.models import STAFF

LATEST = 10


def observers_assignments(observer: Observer, user: User) -> Panel:
    """Show an observer's latest assignments."""
    rows = Assignment.objects.visible_to(user).filter(observer=observer).select_related("participant", "season")
    return Panel(
        "assignments/_observer_assignments.html", {"rows": rows.order_by("-pk")[:LATEST], "observer": observer}
    )


def unassigned(request: HttpRequest) -> int:
    """Count for the menu what nobody has been found for."""
    user = request.user
    return count_unassigned(user) if user.is_authenticated and user.role in STAFF else 0
