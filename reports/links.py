"""Where a number is taken apart: the addresses of its explanation and of the means that it is compared with."""

from urllib.parse import urlencode

from django.urls import reverse

from ksp.lib.templatetags.figures import Links
from participants.models import Enrolment


def dashboard_url(enrolment: Enrolment) -> str:
    """Return where a participant's results are."""
    query = {"season": enrolment.season.code, "participant": str(enrolment.participant.public_id)}
    return f"{reverse('reports:dashboard')}?{urlencode(query)}"


def explanation_url(enrolment: Enrolment, figure: str, *, method: str = "") -> str:
    """Return where a participant's figure is explained; ``enrolment`` has its season and participant at hand."""
    keys = [enrolment.season.code, enrolment.participant.public_id, figure]
    return _with_method(reverse("reports:explain", args=keys), method)


def explanation_links(enrolment: Enrolment, figure: str, *, method: str = "") -> Links:
    """Return where a participant's figure, and the means of its class and season, are explained."""
    season = enrolment.season.code
    return Links(
        own=explanation_url(enrolment, figure, method=method),
        award_class=_with_method(
            reverse("reports:explain_class", args=[season, enrolment.award_class_id, figure]), method
        ),
        season=_with_method(reverse("reports:explain_season", args=[season, figure]), method),
    )


def _with_method(address: str, method: str) -> str:
    return f"{address}?{urlencode({'method': method})}" if method else address


def explanation_path(enrolment: Enrolment, figure: str) -> str:
    """Return where the API explains a participant's figure."""
    keys = [enrolment.season.code, enrolment.participant.public_id, figure]
    return reverse("reports:api_explanation", args=keys)
