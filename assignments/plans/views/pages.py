"""Proposals as pages: one of them, and two beside each other."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assignments.plans.forms import ApplyForm
from assignments.plans.layout import bars_of, classes_of, differences_of, narrowed
from assignments.plans.models import PlanProposal
from assignments.plans.selectors import (
    changes,
    compare,
    demographics,
    heat_map,
    loads,
    proposal_overview,
    proposals_of,
    rule_check,
    what_can_be_asked,
    what_changed,
)
from assignments.plans.views.finding import PLAN, visible
from assignments.plans.wording import comparable, headline, making_of
from assignments.plans.workflow import TRANSITIONS, UNFINISHED, ProposalKind, ProposalState
from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.calendar import local_date
from ksp.lib.paging import page_of
from ksp.lib.weeks import IsoWeek
from ksp.lib.workflow import allowed

FURTHEST = 6


@require_safe
@needs(PLAN)
def proposal(request: UserRequest, key: UUID) -> HttpResponse:
    """Show a proposal: how far it has come, or what it comes to."""
    found = visible(request, key)
    moves = {str(move.target) for move in allowed(TRANSITIONS.values(), found, by=request.user)}
    has_plan = bool(found.figures.get("costs"))
    context: dict[str, Any] = {
        "proposal": found,
        "moves": moves,
        "is_unfinished": found.state in UNFINISHED,
        "has_plan": has_plan,
        "decide": request.GET.get("decide", ""),
        "apply_form": ApplyForm(season=found.season),
    }
    if found.state in UNFINISHED:
        context["making"] = making_of(found)
    elif has_plan:
        context |= _plan(request, found)
    return render(request, "plans/proposal_detail.html", context)


def _plan(request: HttpRequest, found: PlanProposal) -> dict[str, Any]:
    """Return what a proposal holds, by its kind."""
    is_ready = found.state == ProposalState.READY
    shown = {
        "overview": proposal_overview(found),
        "headline": headline(found),
        "outdated": what_changed(found) if is_ready else (),
    }
    more = _repair(request, found) if found.kind == ProposalKind.REPAIR else _season(request, found)
    return {**shown, **more}


def _season(request: HttpRequest, found: PlanProposal) -> dict[str, Any]:
    """Return the tables of a plan for the whole season."""
    everything = heat_map(found)
    award_class, is_lacking = request.GET.get("class", ""), request.GET.get("show") == "lacking"
    this_week = str(IsoWeek.of(local_date(timezone.now())))
    others = [one for one in comparable(proposals_of(found.season)) if one.pk != found.pk]
    return {
        "check": rule_check(found),
        "map": everything,
        "page": page_of(narrowed(everything, award_class=award_class, is_lacking=is_lacking), request),
        "classes": classes_of(everything),
        "award_class": award_class,
        "is_lacking": is_lacking,
        "this_week": this_week,
        "loads": bars_of(loads(found), first=FURTHEST),
        "traits": demographics(found),
        "comparable": others,
        "askable": what_can_be_asked(found.season),
    }


def _repair(request: HttpRequest, found: PlanProposal) -> dict[str, Any]:
    """Return what a repair changes, and how much it leaves alone."""
    listed = changes(found)
    return {
        "changes": listed,
        "check": rule_check(found),
        "page": page_of(listed, request),
        "untouched": max(found.figures.get("contacts", 0) - len(listed), 0),
        "withdrawn": sum(one.is_withdrawn for one in listed),
        "left": sum(one.contact.observer is None for one in listed),
    }


@require_safe
@needs(PLAN)
def comparison(request: UserRequest) -> HttpResponse:
    """Show two proposals of one season beside each other."""
    first, second = (_asked(request, name) for name in ("a", "b"))
    if first.season_id != second.season_id:
        raise Http404
    found = compare(first, second)
    context = {"a": first, "b": second, "found": found, "differences": differences_of(first, second)}
    return render(request, "plans/proposal_compare.html", context)


def _asked(request: UserRequest, name: str) -> PlanProposal:
    """Return the proposal that the address names, if it has a plan to compare."""
    try:
        key = UUID(request.GET.get(name, ""))
    except ValueError:
        raise Http404 from None
    found = visible(request, key)
    if not comparable([found]):
        raise Http404
    return found
