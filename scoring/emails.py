"""The e-mails about scores."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from ksp.accounts.models import User
from scoring.check_words import check_in_words, differences_in_words
from scoring.models import ScoreCheck


def check_failed(check: ScoreCheck, *, to: User) -> tuple[str, str]:
    """Return subject and text for stored scores that are not what the reports give, in the administrator's language."""
    with override(to.language):
        words = {
            "name": to.first_name,
            "season": check.season.name,
            "outcome": check_in_words(check),
            "differences": "\n".join(f"- {sentence}" for sentence in differences_in_words(check)),
            "link": settings.SITE_URL + reverse("scoring:rules", args=[check.season.code]),
        }
        body = _(
            "Hello %(name)s\n\nThe nightly check of %(season)s found results that are not what the approved reports "
            "give.\n\n%(outcome)s\n\n%(differences)s\n\nSee it, and compute the results anew, here:\n\n%(link)s"
        )
        return _("Stored results of %(season)s are not right") % words, body % words
