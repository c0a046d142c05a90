"""What of the published results waits for the administrator."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.accounts.models import User
from ksp.lib.attention import Item
from reports.models import Publication, PublicationCheck


def of_publications(user: User) -> Iterator[Item]:
    """Tell of published results that no longer follow from the answers."""
    if not user.has_perm("reports.publish_results"):
        return
    visible = Publication.objects.visible_to(user).latest()
    for check in PublicationCheck.objects.filter(publication__in=visible, count__gt=0).select_related(
        "publication__season"
    ):
        season = check.publication.season
        text = ngettext(
            "Something else than a correction has changed answers, rules or code. %(count)s figure differs.",
            "Something else than a correction has changed answers, rules or code. %(count)s figures differ.",
            check.count,
        )
        yield Item(
            title=_("The published results of %(season)s no longer follow from the answers") % {"season": season},
            text=text % {"count": check.count},
            url=reverse("reports:versions", args=[season.code]),
            action=_("See what differs"),
            tone="danger",
        )
