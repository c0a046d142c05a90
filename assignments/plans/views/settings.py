"""What decides how a season is planned."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from assignments.plans.forms import PlanningForm
from assignments.plans.weeks import every_week
from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from participants import services
from participants.models import Season
from participants.workflow import SeasonState

CHANGE = "participants.change_season"


@needs("participants.read_season")
def settings(request: UserRequest, code: str) -> HttpResponse:
    """Show what the season's plans weigh and rest on; administrators change it."""
    season = get_object_or_404(Season.objects.visible_to(request.user), code=code)
    may_change = request.user.has_perm(CHANGE, season) and season.state != SeasonState.PUBLISHED
    form = PlanningForm(request.POST or None, season=season, is_fixed=not may_change)
    if request.method == "POST":
        if not request.user.has_perm(CHANGE, season):
            raise PermissionDenied
        if form.is_valid():
            return _save(request, season, form)
    weeks = every_week(season)
    context = {
        "season": season,
        "tab": "planning",
        "form": form,
        "may_change": may_change,
        "weeks": {
            "open": [one.week for one in weeks if one.weekdays],
            "shut": [one.week for one in weeks if not one.weekdays],
        },
    }
    return render(request, "plans/planning_settings.html", context)


def _save(request: UserRequest, season: Season, form: PlanningForm) -> HttpResponse:
    try:
        services.change_season_settings(season.pk, settings=form.settings, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The settings are saved. They count from the next proposal."))
    return redirect("plans:settings", season.code)
