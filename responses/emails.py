"""The e-mails about reports."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from responses.models import SurveyResponse


def _words(response: SurveyResponse) -> dict[str, str]:
    user = response.observer.user
    return {
        "name": user.first_name if user else "",
        "code": response.code,
        "reason": response.verdict,
        "link": settings.SITE_URL + reverse("responses:form", args=[response.public_id]),
    }


def returned(response: SurveyResponse) -> tuple[str, str]:
    """Return subject and text for a report that needs an answer from its observer."""
    user = response.observer.user
    with override(user.language if user else None):
        subject = _("Your report %(code)s needs an answer from you")
        body = _("Hello %(name)s\n\nYour report has been sent back. See what is asked, and answer here:\n\n%(link)s")
        return subject % _words(response), body % _words(response)


def rejected(response: SurveyResponse) -> tuple[str, str]:
    """Return subject and text for a report that was refused."""
    user = response.observer.user
    with override(user.language if user else None):
        subject = _("Your report %(code)s was not accepted")
        body = _("Hello %(name)s\n\nYour report was not accepted: %(reason)s\n\nRead it here:\n\n%(link)s")
        return subject % _words(response), body % _words(response)
