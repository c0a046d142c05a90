"""What applications put on other apps' pages."""

from django.utils.timezone import localdate

from ksp.accounts.models import User
from ksp.lib.panels import Panel
from observers.applications.models import Application
from observers.applications.selectors.own import invitation_for
from observers.models import Observer


def home_invitation(_subject: object, user: User) -> Panel | None:
    """Invite the observer to apply, or say how the application stands, as long as they are not on the team."""
    choice = invitation_for(user, today=localdate())
    return None if choice is None else Panel("applications/_invitation.html", {"choice": choice})


def own_applications(observer: Observer, user: User) -> Panel | None:
    """Show the observer's own applications, and the way to a new one."""
    rows = list(_latest(observer, user))
    choice = invitation_for(user, today=localdate())
    if not rows and choice is None:
        return None
    return Panel("applications/_own_applications.html", {"rows": rows, "choice": choice})


def observers_applications(observer: Observer, user: User) -> Panel | None:
    """Show a manager the observer's applications."""
    rows = list(_latest(observer, user))
    return Panel("applications/_observer_applications.html", {"rows": rows}) if rows else None


def _latest(observer: Observer, user: User) -> "list[Application]":
    rows = Application.objects.visible_to(user).filter(observer=observer).select_related("season")
    return list(rows.order_by("-season__starts_on", "-pk")[:5])
