"""The pages about a team's members: who they are, who comes, who leaves."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assignments.teams.forms import ReasonForm
from assignments.teams.selectors.members import (
    Load,
    current_members,
    figures_of,
    found_outside,
    loads_in,
    rows_of,
    team_mixes,
)
from assignments.teams.services import take_in_team
from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from ksp.lib.paging import page_of
from observers.applications.models import TeamMember
from observers.applications.services import leave_team
from observers.models import Observer
from participants.models import Season
from participants.selectors import current_season, seasons_of

CHANGE = "applications.change_team"
PAGE_SIZE, FORMER = 100, 20
INVALID = 400


@require_safe
@needs(CHANGE)
def team(request: UserRequest) -> HttpResponse:
    """Show the season's team: its members with what they have to do, how it is mixed, and who has left."""
    seasons = seasons_of(request.user)
    season = current_season(seasons, request.GET.get("season", ""))
    if season is None:
        return render(request, "teams/team_detail.html", {"season": None})
    page = page_of(current_members(season), request, size=PAGE_SIZE)
    shown: list[TeamMember] = list(page.object_list)
    query = request.GET.get("q", "").strip()
    mixes, is_of_applicants = team_mixes(season)
    left = season.team.filter(left_at__isnull=False).select_related("observer").order_by("-left_at")
    context = {
        "season": season,
        "seasons": seasons,
        "page": page,
        "rows": rows_of(shown, season),
        "figures": figures_of(season),
        "mixes": mixes,
        "is_of_applicants": is_of_applicants,
        "query": query,
        "outside": found_outside(season, query) if query else [],
        "left": left[:FORMER],
    }
    return render(request, "teams/team_detail.html", context)


@require_POST
@needs(CHANGE)
def add(request: UserRequest) -> HttpResponse:
    """Take one observer into the team, or back into it; an application that waits is accepted with it."""
    season, observer = _asked(request)
    try:
        taken = take_in_team(season.pk, [observer.pk], by=request.user, now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        is_new = taken.accepted or taken.others
        text = _("%(name)s is on the team.") if is_new else _("%(name)s was on the team already.")
        messages.success(request, text % {"name": observer})
    return redirect(f"{reverse('teams:team')}?season={season.code}")


@needs(CHANGE)
def remove(request: UserRequest) -> HttpResponse:
    """Say what follows when a member leaves, and let them leave."""
    season, observer = _asked(request)
    member = get_object_or_404(TeamMember.objects.current(), season=season, observer=observer)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    back = f"{reverse('teams:team')}?season={season.code}"
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            leave_team(season.pk, observer.pk, reason=reason, by=request.user, now=timezone.now())
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("%(name)s has left the team.") % {"name": observer})
        return redirect(back)
    load = loads_in(season, [observer.pk]).get(observer.pk, Load())
    context = {"season": season, "observer": observer, "member": member, "form": form, "load": load, "back_url": back}
    return render(request, "teams/member_remove.html", context, status=INVALID if form.errors else 200)


def _asked(request: UserRequest) -> tuple[Season, Observer]:
    """Return the season and the observer that the request names, or say that there is no such thing."""
    asked = request.POST if request.method == "POST" else request.GET
    season = get_object_or_404(Season.objects.visible_to(request.user), code=asked.get("season", ""))
    try:
        key = UUID(asked.get("observer", ""))
    except ValueError:
        raise Http404 from None
    return season, get_object_or_404(Observer.objects.visible_to(request.user), public_id=key)
