"""The e-mails about assignments."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

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


def offers(assignments: Sequence[Assignment], *, to: User) -> tuple[str, str]:
    """Return subject and text of several offers at once, in the observer's language."""
    count = len(assignments)
    words = {"name": to.first_name, "count": count, "link": settings.SITE_URL + reverse("assignments:own_list")}
    with override(to.language):
        subject = ngettext("%(count)s new assignment", "%(count)s new assignments", count) % words
        body = ngettext(
            "Hello %(name)s\n\nYou are offered %(count)s contact. Accept or decline here:\n\n%(link)s",
            "Hello %(name)s\n\nYou are offered %(count)s contacts. Accept or decline here:\n\n%(link)s",
            count,
        )
        return subject, body % words
