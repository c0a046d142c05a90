"""A season's rules of scoring: read, tried, and put to use."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from participants.models import Season
from participants.services import change_season_settings
from participants.workflow import SeasonState
from scoring import services
from scoring.check_words import check_in_words, differences_in_words
from scoring.forms import ReadersForm, RulesForm
from scoring.models import ScoreCheck
from scoring.moves import tried
from scoring.rule_words import readers_in_words, season_rules_in_words

READ = "participants.read_season"
CHANGE = "participants.change_season"
TRY = "try"


def _visible(request: UserRequest, code: str) -> Season:
    return get_object_or_404(Season.objects.visible_to(request.user), code=code)


@require_safe
@needs(READ)
def rules(request: UserRequest, code: str) -> HttpResponse:
    """Show the rules; with others in the address, show what would move by them. Nothing is stored."""
    season = _visible(request, code)
    may_change = request.user.has_perm(CHANGE, season) and season.state != SeasonState.PUBLISHED
    is_trial = may_change and TRY in request.GET
    form = RulesForm(request.GET if is_trial else None, season=season)
    latest = ScoreCheck.objects.filter(season=season).order_by("-checked_at", "-pk").first()
    context = {
        "season": season,
        "tab": "scoring",
        "form": form,
        "readers": ReadersForm(season=season),
        "may_change": may_change,
        "may_check": request.user.has_perm("scoring.recompute_scores", season),
        "sentences": season_rules_in_words(season),
        "readers_sentences": readers_in_words(season.settings),
        "trial": tried(season, form.settings) if is_trial and form.is_valid() else None,
        "check": latest,
        "check_words": "" if latest is None else check_in_words(latest),
        "differences": [] if latest is None else differences_in_words(latest),
    }
    return render(request, "scoring/rules_page.html", context)


@require_POST
@needs(CHANGE)
def change_rules(request: UserRequest, code: str) -> HttpResponse:
    """Put the rules to use that were tried, unless others have changed them since."""
    season = _visible(request, code)
    form = RulesForm(request.POST, season=season)
    if not form.is_valid():
        messages.error(request, _("These rules cannot be used. Choose them once more."))
        return redirect("scoring:rules", code)
    try:
        services.change_rules(
            season.pk, settings=form.settings, based_on=request.POST.get("based_on", ""), by=request.user
        )
    except services.RulesMovedOn as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('scoring:rules', args=[code])}?{form.query}")
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The rules are in use. Results follow within a minute."))
    return redirect("scoring:rules", code)


@require_POST
@needs(CHANGE)
def change_readers(request: UserRequest, code: str) -> HttpResponse:
    """Say who sees how certain results are; no number moves."""
    season = _visible(request, code)
    form = ReadersForm(request.POST, season=season)
    if not form.is_valid():
        messages.error(request, _("Choose who sees it."))
        return redirect("scoring:rules", code)
    try:
        change_season_settings(season.pk, settings=form.cleaned_data, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The settings are saved."))
    return redirect("scoring:rules", code)
