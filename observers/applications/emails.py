"""The e-mails about applications."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from observers.applications.models import Application
from observers.applications.workflow import ApplicationState


def decision(application: Application) -> tuple[str, str]:
    """Return subject and text about what was decided, in the observer's language."""
    observer = application.observer
    user = observer.user
    is_accepted = application.state == ApplicationState.ACCEPTED
    words = {
        "name": user.first_name if user else observer.first_name,
        "season": application.season.name,
        "organiser": application.season.organiser.name,
        "reason": application.decision_reason,
        "link": settings.SITE_URL + reverse("applications:own") + f"?season={application.season.code}",
    }
    with override(user.language if user else settings.LANGUAGE_CODE):
        return (_accepted if is_accepted else _declined)(words)


def _accepted(words: dict[str, str]) -> tuple[str, str]:
    body = _(
        "Hello %(name)s\n\n"
        "You are on the team of %(season)s. Your contacts come in letters of their own, and you answer each of them."
    )
    parts = [body, *([_("From your project manager: %(reason)s")] if words["reason"] else []), "%(link)s"]
    return _("Welcome to the team of %(season)s") % words, "\n\n".join(parts) % words


def _declined(words: dict[str, str]) -> tuple[str, str]:
    body = _(
        "Hello %(name)s\n\n"
        "Thank you for applying to %(season)s. You are not on the team this time.\n\n"
        "Why: %(reason)s\n\n%(link)s"
    )
    return _("Your application for %(season)s") % words, body % words
