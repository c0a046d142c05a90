"""What becomes of a proposal: watched while it is made, stopped, approved, laid aside."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assignments.plans import selectors, services
from assignments.plans.forms import ApplyForm
from assignments.plans.models import PlanProposal
from assignments.plans.views.finding import PLAN, visible
from assignments.plans.wording import making_of
from assignments.plans.workflow import UNFINISHED, ProposalKind
from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from ksp.lib.formatting import number


@require_safe
@needs(PLAN)
def progress(request: UserRequest, key: UUID) -> JsonResponse:
    """Tell how far the making of a proposal has come."""
    found = visible(request, key)
    making = making_of(found)
    return JsonResponse(
        {
            "state": found.state,
            "is_done": found.state not in UNFINISHED,
            "share": making.share,
            "phase": making.phase,
            "words": making.words,
            "note": making.note,
        }
    )


@require_POST
@needs(PLAN)
def cancel(request: UserRequest, key: UUID) -> HttpResponse:
    """Stop the making of the proposal, and keep the best plan so far if that is asked for."""
    found, keeps_best = visible(request, key), request.POST.get("keep") == "yes"
    return _try(request, found, lambda: services.cancel_proposal(found.pk, keeps_best=keeps_best, by=request.user))


@require_POST
@needs(PLAN)
def discard(request: UserRequest, key: UUID) -> HttpResponse:
    """Lay the proposal aside."""
    found = visible(request, key)
    done = _("The proposal is discarded. The plan is as it was.")
    return _try(request, found, lambda: services.discard_proposal(found.pk, by=request.user), done=done)


@require_POST
@needs(PLAN)
def apply(request: UserRequest, key: UUID) -> HttpResponse:
    """Approve the proposal, and offer what was chosen; letters wait in the outbox."""
    found = visible(request, key)
    form = ApplyForm(request.POST, season=found.season)
    if not form.is_valid():
        messages.error(request, _("Choose what is offered to the observers now."))
        return redirect(found)
    try:
        applied = services.apply_proposal(found.pk, offer_until=form.offer_until, now=timezone.now(), by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _said(applied))
        if form.offer_until and (silent := selectors.planned_without_account(found.season)):
            messages.warning(request, _of_the_silent(silent))
    return redirect(found)


def _of_the_silent(count: int) -> str:
    text = ngettext(
        "%(count)s contact is not offered: its observer has no account yet. Invite them, then offer the rest.",
        "%(count)s contacts are not offered: their observers have no account yet. Invite them, then offer the rest.",
        count,
    )
    return text % {"count": number(count)}


def _said(applied: services.Applied) -> str:
    is_repair = applied.proposal.kind == ProposalKind.REPAIR
    done = _("The changes are made.") if is_repair else _("The plan is approved.")
    if not applied.offered:
        return f"{done} " + _("Nothing has been offered yet.")
    text = ngettext(
        "%(count)s contact is offered. The letter waits in the outbox until you send it.",
        "%(count)s contacts are offered. The letters wait in the outbox until you send them.",
        applied.offered,
    )
    return f"{done} " + text % {"count": number(applied.offered)}


def _try(request: UserRequest, found: PlanProposal, move: Callable[[], object], *, done: str = "") -> HttpResponse:
    """Make the move, and say on the proposal's page what came of it."""
    try:
        move()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        if done:
            messages.success(request, done)
    return redirect(found)
