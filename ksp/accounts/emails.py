"""The e-mails about accounts."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from ksp.accounts.models import User


def invitation(user: User, *, token: str, by: User) -> tuple[str, str]:
    """Return subject and text of the invitation, in the invited person's language."""
    link = settings.SITE_URL + reverse("accounts:accept_invitation", args=[token])
    words = {"name": user.first_name, "by": by.name, "organiser": by.organiser.name, "link": link}
    with override(user.language):
        body = _(
            "Hello %(name)s\n\n"
            "%(by)s has invited you to %(organiser)s. Choose a password here:\n\n%(link)s\n\n"
            "The link works once, for 24 hours."
        )
        return _("Your account at %(organiser)s") % words, body % words
