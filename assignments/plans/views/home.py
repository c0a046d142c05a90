"""Where a season's plan stands: what waits, which proposals there are, and a new one."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from assignments import rule_words
from assignments.filters import UNASSIGNED
from assignments.plans import services
from assignments.plans.forms import RequestForm, searched_as
from assignments.plans.models import PlanProposal
from assignments.plans.selectors import proposals_of, season_repairs_needed, what_can_be_asked
from assignments.plans.standing import missing_of, standing_of
from assignments.plans.wording import comparable, headline
from assignments.plans.workflow import UNFINISHED, ProposalKind, ProposalState
from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from ksp.lib.paging import page_of
from participants.models import Season
from participants.selectors import current_season, seasons_of
from participants.workflow import SeasonState

PLAN = "plans.make_plan"
TEMPLATE = "plans/plan_home.html"
PROPOSALS = 10
OVER = frozenset({SeasonState.CLOSED, SeasonState.PUBLISHED})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why contacts need a new observer, and how many."""

    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Orphans:
    """The contacts that need a new observer."""

    count: int
    reasons: list[Reason]


@require_safe
@needs(PLAN)
def home(request: UserRequest) -> HttpResponse:
    """Show where the season's plan stands."""
    seasons = seasons_of(request.user)
    season = current_season(seasons, request.GET.get("season", ""))
    if season is None:
        return render(request, TEMPLATE, {"season": None})
    return home_with(request, season, RequestForm(season=season), seasons=seasons)


def home_with(
    request: UserRequest, season: Season, form: RequestForm, *, seasons: Sequence[Season] = ()
) -> HttpResponse:
    """Show where the plan stands, with the form as far as it is filled in."""
    standing = standing_of(season)
    proposals, askable = proposals_of(season), what_can_be_asked(season)
    is_under_way = season.state not in OVER
    context = {
        "season": season,
        "seasons": seasons if len(seasons) > 1 else [],
        "standing": standing,
        "missing": missing_of(season, standing) if is_under_way else [],
        "applied": next((one for one in proposals if one.state == ProposalState.APPLIED), None),
        "running": [one for one in proposals if one.state in UNFINISHED],
        "ready": [one for one in proposals if one.state == ProposalState.READY],
        "comparable": comparable(proposals),
        "orphans": _orphans(season) if standing.contacts and is_under_way else None,
        "askable": askable,
        "page": page_of([_with_result(one) for one in proposals], request, size=PROPOSALS),
        "form": form,
        "contacts_url": _link("assignments:list", season),
        "unassigned_url": _link("assignments:list", season, state=UNASSIGNED),
    }
    return render(request, TEMPLATE, context)


def _with_result(proposal: PlanProposal) -> dict[str, object]:
    return {"proposal": proposal, "said": headline(proposal) if proposal.figures else proposal.error}


def _link(url_name: str, season: Season, **choices: str) -> str:
    return f"{reverse(url_name)}?{urlencode({'season': season.code, **choices})}"


def _orphans(season: Season) -> Orphans | None:
    """Return how many contacts need a new observer, and why, the commonest reason first."""
    found = season_repairs_needed(season)
    if not found:
        return None
    counts = Counter(code for one in found for code in one.reasons[:1])
    return Orphans(len(found), [Reason(rule_words.reason(code), count) for code, count in counts.most_common()])


@require_POST
@needs(PLAN)
def request_plan(request: UserRequest) -> HttpResponse:
    """Ask for a proposal: for the whole season, or for what has to change."""
    season = get_object_or_404(Season.objects.visible_to(request.user), code=request.POST.get("season", ""))
    kind = request.POST.get("kind", ProposalKind.SEASON)
    if kind not in ProposalKind.values:
        raise Http404
    if kind == ProposalKind.REPAIR:
        return _ask(request, season, lambda: services.request_plan(season.pk, kind=kind, by=request.user))
    form = RequestForm(_searched(request, season), season=season)
    if not form.is_valid():
        return home_with(request, season, form)
    wanted = form.cleaned_data
    return _ask(
        request,
        season,
        lambda: services.request_plan(
            season.pk,
            seed=wanted["seed"],
            time_limit=wanted["time_limit"],
            weights=form.weights,
            based_on=wanted["based_on"],
            by=request.user,
        ),
    )


def _searched(request: UserRequest, season: Season) -> dict[str, Any]:
    """Return what was filled in, over how the proposal was searched for on whose locked contacts it is based."""
    filled = request.POST.dict()
    if not (key := filled.pop("based_on", "")):
        return filled
    try:
        base = PlanProposal.objects.visible_to(request.user).get(season=season, public_id=key)
    except (PlanProposal.DoesNotExist, ValidationError):
        raise Http404 from None
    return {**searched_as(base), **filled, "based_on": base.pk}


def _ask(request: UserRequest, season: Season, ask: Callable[[], PlanProposal]) -> HttpResponse:
    try:
        return redirect(ask())
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(_link("plans:home", season))
