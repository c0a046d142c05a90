"""The page that says whom recruiting should look for."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assignments.teams.selectors.advising import advise as advice_of
from assignments.teams.wishes import Source
from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from participants.selectors import current_season, seasons_of


@require_safe
@needs("applications.change_team")
def advise(request: UserRequest) -> HttpResponse:
    """Show which profiles are short, and what each further observer would add."""
    seasons = seasons_of(request.user)
    season = current_season(seasons, request.GET.get("season", ""))
    if season is None:
        return render(request, "teams/team_advice.html", {"season": None})
    asked = request.GET.get("source", "")
    source = Source(asked) if asked in Source.values else Source.APPLICANTS
    context = {
        "season": season,
        "seasons": seasons,
        "advice": advice_of(season, source=source),
        "source": source,
        "sources": Source.choices,
    }
    return render(request, "teams/team_advice.html", context)
