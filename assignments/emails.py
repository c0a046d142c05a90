"""The e-mails about assignments."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from assignments.models import Assignment
from ksp.accounts.models import User


def offer(assignment: Assignment, *, to: User) -> tuple[str, str]:
    """Return subject and text of an offer, in the observer's language."""
    words = {
        "name": to.first_name,
        "week": assignment.week.partition("W")[2].lstrip("0"),
        "link": settings.SITE_URL + reverse("assignments:own_detail", args=[assignment.public_id]),
    }
    with override(to.language):
        subject = _("A new assignment for week %(week)s") % words
        body = _(
            "Hello %(name)s\n\n"
            "You are offered a contact in week %(week)s. Read about it, and accept or decline here:\n\n%(link)s"
        )
        return subject, body % words
