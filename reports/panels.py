"""What reports add to the pages of other apps."""

from django.urls import reverse

from ksp.accounts.models import User
from ksp.lib.panels import Panel
from participants.models import Participant, Season
from participants.workflow import SeasonState


def participants_results(participant: Participant, _user: User) -> Panel:
    """Lead from a participant's page, which staff alone can see, to its results."""
    return Panel("reports/_participant_results.html", {"query": f"?participant={participant.public_id}"})


def seasons_versions(season: Season, _user: User) -> Panel | None:
    """Lead from the page of a published season to its results as they were frozen."""
    if season.state != SeasonState.PUBLISHED:
        return None
    latest = season.publications.without_results().order_by("-version").first()
    return Panel(
        "reports/_season_versions.html",
        {
            "publication": latest,
            "results": f"{reverse('reports:results')}?season={season.code}",
            "versions": reverse("reports:versions", args=[season.code]),
            "command": f"manage.py publish_results --season {season.code}",
        },
    )
