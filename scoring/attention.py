"""What of the scores waits for the administrator."""

from collections.abc import Iterator

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.accounts.models import User
from ksp.lib.attention import Item
from scoring.check_words import check_in_words, differences_in_words
from scoring.models import ScoreCheck
from scoring.services import set_aside

MOST_SHOWN = 3


def of_checks(user: User) -> Iterator[Item]:
    """Tell of seasons whose stored scores were not what their reports give when last compared."""
    if not user.has_perm("scoring.recompute_scores"):
        return
    latest = ScoreCheck.objects.filter(season=OuterRef("season")).order_by("-checked_at", "-pk").values("pk")[:1]
    failed = ScoreCheck.objects.filter(season__organiser=user.organiser_id, differences__gt=0, pk=Subquery(latest))
    for check in failed.select_related("season").order_by("pk"):
        yield Item(
            title=_("Stored results of %(season)s are not right") % {"season": check.season.name},
            text=" ".join([check_in_words(check), *differences_in_words(check)[:MOST_SHOWN]]),
            url=reverse("scoring:recompute", args=[check.season.code]),
            action=_("Compute the results anew"),
            tone="danger",
            is_post=True,
        )


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
