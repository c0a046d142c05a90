"""Where a number is taken apart: the addresses of its explanation and of the means that it is compared with."""

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote, urlencode

from django.urls import reverse

from ksp.lib.templatetags.figures import Links
from participants.models import Enrolment

# Stands for a figure while an address is made.
PLACE = "figure"


def dashboard_url(enrolment: Enrolment) -> str:
    """Return where a participant's results are."""
    query = {"season": enrolment.season.code, "participant": str(enrolment.participant.public_id)}
    return f"{reverse('reports:dashboard')}?{urlencode(query)}"


def explanation_url(enrolment: Enrolment, figure: str, *, method: str = "") -> str:
    """Return where a participant's figure is explained; ``enrolment`` has its season and participant at hand."""
    return _address("reports:explain", enrolment.season.code, enrolment.participant.public_id)(figure, method)


def explanation_links(enrolment: Enrolment, figure: str, *, method: str = "") -> Links:
    """Return where a participant's figure, and the means of its class and season, are explained."""
    season = enrolment.season.code
    return Links(
        own=explanation_url(enrolment, figure, method=method),
        award_class=_address("reports:explain_class", season, enrolment.award_class_id)(figure, method),
        season=_address("reports:explain_season", season)(figure, method),
    )


@lru_cache(maxsize=1_024)
def _address(name: str, *keys: object) -> Callable[[str, str], str]:
    """Return what writes the addresses of figures of one owner: a page has a hundred of them."""
    start = reverse(name, args=[*keys, PLACE]).removesuffix(f"{PLACE}/")

    def written(figure: str, method: str) -> str:
        query = f"?{urlencode({'method': method})}" if method else ""
        return f"{start}{quote(figure)}/{query}"

    return written


def explanation_path(enrolment: Enrolment, figure: str) -> str:
    """Return where the API explains a participant's figure."""
    keys = [enrolment.season.code, enrolment.participant.public_id, figure]
    return reverse("reports:api_explanation", args=keys)
