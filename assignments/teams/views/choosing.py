"""The page on which a team is chosen, and the button that takes it in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assignments.teams.forms import ChoosingForm, read_keys
from assignments.teams.selectors.choosing import propose
from assignments.teams.services import take_in_team
from assignments.teams.wishes import Source
from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from ksp.lib.formatting import number
from observers.applications.models import Application
from observers.applications.workflow import ApplicationState
from participants.models import Season
from participants.selectors import current_season, seasons_of

CHANGE = "applications.change_team"
USUAL_SIZE = 100
INVALID = 400


@require_safe
@needs(CHANGE)
def choose(request: UserRequest) -> HttpResponse:
    """Ask how the team is to be, and show whom that would give; nothing is written."""
    seasons = seasons_of(request.user)
    season = current_season(seasons, request.GET.get("season", ""))
    if season is None:
        return render(request, "teams/team_choose.html", {"season": None})
    is_asked = "size" in request.GET
    form = ChoosingForm(request.GET if is_asked else None, initial=_usual(season))
    proposal = propose(season, form.wishes) if is_asked and form.is_valid() else None
    context = {
        "season": season,
        "seasons": seasons,
        "form": form,
        "proposal": proposal,
        "keys": ",".join(str(one.observer.pk) for one in proposal.new) if proposal else "",
    }
    return render(request, "teams/team_choose.html", context, status=INVALID if form.errors else 200)


def _usual(season: Season) -> dict[str, object]:
    waiting = Application.objects.filter(season=season, state=ApplicationState.SUBMITTED)
    source = Source.APPLICANTS if waiting.exists() else Source.EVERYBODY
    return {"size": USUAL_SIZE, "source": source, "least": season.settings.least_observer_score, "keep": True}


@require_POST
@needs(CHANGE)
def take_in(request: UserRequest) -> HttpResponse:
    """Take those who were chosen into the team."""
    season = get_object_or_404(Season.objects.visible_to(request.user), code=request.POST.get("season", ""))
    keys = read_keys(request.POST.get("observers", ""))
    try:
        taken = take_in_team(season.pk, keys, by=request.user, now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        count = taken.accepted + taken.others
        text = ngettext("%(count)s is taken into the team.", "%(count)s are taken into the team.", count)
        said = [text % {"count": number(count)}]
        if taken.accepted:
            more = ngettext(
                "%(count)s application is accepted, and answered by e-mail.",
                "%(count)s applications are accepted, and answered by e-mail.",
                taken.accepted,
            )
            said.append(more % {"count": number(taken.accepted)})
        messages.success(request, " ".join(said))
    return redirect(f"{reverse('teams:team')}?season={season.code}")
