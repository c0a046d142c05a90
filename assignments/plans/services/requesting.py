"""Asks for proposals, and lets them go."""

from datetime import datetime
from typing import ClassVar, TypedDict, Unpack

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from assignments.models import Assignment
from assignments.plans.models import PlanProposal
from assignments.plans.selectors.asking import is_under_way, was_offered
from assignments.plans.signals import proposal_owed
from assignments.plans.workflow import CANCEL, DISCARD, UNFINISHED, ProposalKind, ProposalState
from ksp.accounts.models import AuditEvent, User
from ksp.lib.errors import DomainError
from ksp.lib.workflow import Transition, TransitionNotAllowed
from participants.models import Season
from participants.workflow import SeasonState


class SeasonHasPlan(DomainError):
    """Contacts of the season have been offered already: it can only be repaired."""

    code: ClassVar[str] = "season_has_plan"


class NothingPlanned(DomainError):
    """The season has no contacts that could be planned anew."""

    code: ClassVar[str] = "nothing_planned"


class SeasonClosed(DomainError):
    """The season is over."""

    code: ClassVar[str] = "season_closed"


class PlanUnderWay(DomainError):
    """A proposal of this kind is being made already."""

    code: ClassVar[str] = "plan_under_way"


class Search(TypedDict, total=False):
    """How a plan is searched for.

    ``based_on`` is a proposal whose locked contacts stay as they are; a repair is made as of ``now``.
    """

    seed: int
    time_limit: int
    weights: dict[str, float] | None
    based_on: int | None
    now: datetime | None


@transaction.atomic
def request_plan(
    season_id: int, *, by: User, kind: str = ProposalKind.SEASON, occasion: str = "", **search: Unpack[Search]
) -> PlanProposal:
    """Ask for a proposal: of the whole season, or of what must change in it; a worker makes it."""
    season = Season.objects.select_for_update().get(pk=season_id)
    if not by.has_perm("plans.make_plan", season):
        raise PermissionDenied
    _check(season, kind)
    proposal = _owe(season, kind=kind, occasion=occasion, by=by, **search)
    AuditEvent.record(by, "plan.requested", proposal, kind=kind, season=season.code)
    return proposal


def _check(season: Season, kind: str) -> None:
    """Say no where no such plan can be made now."""
    if season.state in {SeasonState.CLOSED, SeasonState.PUBLISHED}:
        raise SeasonClosed(_("The season is closed. No more contacts can be planned in it."))
    if kind == ProposalKind.SEASON and was_offered(season):
        message = _("Contacts of the season have been offered already. Plan anew only what must change.")
        raise SeasonHasPlan(message)
    if kind == ProposalKind.REPAIR and not Assignment.objects.filter(season=season).exists():
        raise NothingPlanned(_("The season has no contacts yet. Plan the whole season first."))
    if is_under_way(season, kind):
        raise PlanUnderWay(_("Such a plan is being made already. Wait until it is ready, or cancel it."))


def _owe(season: Season, *, kind: str, occasion: str, by: User, **search: Unpack[Search]) -> PlanProposal:
    last = PlanProposal.objects.filter(season=season).aggregate(last=Max("number"))["last"] or 0
    based_on, now = search.get("based_on"), search.get("now")
    asked = {"based_on": based_on, "now": now.isoformat() if now else None}
    proposal = PlanProposal.objects.create(
        season=season,
        number=last + 1,
        kind=kind,
        seed=search.get("seed", 1),
        time_limit=search.get("time_limit", 30),
        weights=search.get("weights") or {},
        occasion=occasion[:250],
        figures={name: value for name, value in asked.items() if value},
        requested_by=by,
    )
    proposal_owed.send(sender=PlanProposal, proposal=proposal)
    return proposal


@transaction.atomic
def owe_repair(season: Season, *, occasion: str, by: User) -> PlanProposal | None:
    """See to it that what must change in the season is computed and waits for a manager; one such is enough."""
    waiting = PlanProposal.objects.filter(season=season, kind=ProposalKind.REPAIR)
    if waiting.filter(state__in=[*UNFINISHED, ProposalState.READY]).exists():
        return None
    season = Season.objects.select_for_update().get(pk=season.pk)
    if season.state in {SeasonState.CLOSED, SeasonState.PUBLISHED}:
        return None
    proposal = _owe(season, kind=ProposalKind.REPAIR, occasion=occasion, by=by)
    AuditEvent.record(by, "plan.requested", proposal, kind=ProposalKind.REPAIR, season=season.code)
    return proposal


@transaction.atomic
def cancel_proposal(proposal_id: int, *, by: User, keeps_best: bool = False) -> PlanProposal:
    """Stop the making of a proposal: at once while it waits, else as soon as the search looks up.

    With ``keeps_best`` a search that is under way ends with the best plan that it has, instead of with nothing.
    """
    proposal = lock_proposal(proposal_id, CANCEL, by=by)
    proposal.cancel_asked_at = timezone.now()
    proposal.figures = {**proposal.figures, "keeps_best": keeps_best}
    if proposal.state == ProposalState.WAITING:
        proposal.state, proposal.finished_at = CANCEL.target, proposal.cancel_asked_at
    proposal.save(update_fields=["state", "cancel_asked_at", "finished_at", "figures"])
    AuditEvent.record(by, CANCEL.verb, proposal, keeps_best=keeps_best)
    return proposal


@transaction.atomic
def discard_proposal(proposal_id: int, *, by: User) -> PlanProposal:
    """Put a proposal away that nobody wants; what it says is kept."""
    proposal = lock_proposal(proposal_id, DISCARD, by=by)
    proposal.state = DISCARD.target
    proposal.save(update_fields=["state"])
    AuditEvent.record(by, DISCARD.verb, proposal)
    return proposal


def lock_proposal(proposal_id: int, transition: Transition, *, by: User) -> PlanProposal:
    """Fetch the proposal for update, or say why ``by`` cannot make this move now."""
    rows = PlanProposal.objects.select_for_update(of=("self",)).select_related("season", "requested_by")
    proposal = rows.get(pk=proposal_id)
    if not by.has_perm(transition.permission, proposal):
        raise PermissionDenied
    if proposal.state not in transition.sources:
        message = _("This proposal is already “%(state)s”. Reload the page.")
        raise TransitionNotAllowed(message % {"state": proposal.get_state_display()})
    return proposal
