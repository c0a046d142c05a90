"""What of the scores waits for the administrator."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.accounts.models import User
from ksp.lib.attention import Item
from scoring.services import set_aside


def of_scores(user: User) -> Iterator[Item]:
    """Tell of participants whose scores could not be computed."""
    rows = set_aside(by=user)
    count = rows.values("enrolment").distinct().count()
    if count:
        latest = rows.order_by("-pk").values_list("last_error", flat=True)[0]
        title = ngettext(
            "The scores of %(count)s participant could not be computed",
            "The scores of %(count)s participants could not be computed",
            count,
        )
        yield Item(
            title=title % {"count": count},
            text=_("Tried five times, then set aside. The last message was: %(error)s") % {"error": latest},
            url=reverse("scoring:retry"),
            action=_("Try once more"),
            tone="danger",
            is_post=True,
        )
