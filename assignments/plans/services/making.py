"""Makes the proposals that were asked for: long work outside a transaction, held by a lease."""

import logging
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from assignments.planning import Watch
from assignments.plans.making import Made, make_season
from assignments.plans.models import PlanProposal, ProposedContact
from assignments.plans.repairing import make_repair
from assignments.plans.watching import LEASE, Watcher
from assignments.plans.workflow import DISCARD, ProposalKind, ProposalState
from ksp.accounts.models import AuditEvent

logger = logging.getLogger(__name__)

BATCH = 1_000


def make_owed_proposals() -> int:
    """Make every proposal that waits, or whose maker was lost, one after the other; return how many were made."""
    made = 0
    tried: set[int] = set()
    while (key := _next_owed(tried, now=timezone.now())) is not None:
        tried.add(key)
        made += make_proposal(key) is not None
    return made


def make_proposal(proposal_id: int, watch: Watch | None = None) -> PlanProposal | None:
    """Make one proposal, unless somebody else does; it is ready, has failed, or was cancelled afterwards.

    ``watch`` is told how far the search has come, and may stop it: then the best plan so far is kept.
    """
    proposal = _claim(proposal_id, now=timezone.now())
    if proposal is None:
        return None
    watcher = Watcher(proposal, watch)
    make = make_season if proposal.kind == ProposalKind.SEASON else make_repair
    try:
        made = make(proposal, watcher)
    except Exception as error:
        logger.exception("The proposal %s could not be made", proposal.pk)
        return _fail(watcher, error)
    return _store(watcher, made)


def _owed(now: datetime) -> Q:
    return Q(state=ProposalState.WAITING) | Q(state=ProposalState.RUNNING, lease_until__lt=now)


def _next_owed(tried: set[int], *, now: datetime) -> int | None:
    rows = PlanProposal.objects.filter(_owed(now)).exclude(pk__in=tried).order_by("pk")
    return rows.values_list("pk", flat=True).first()


@transaction.atomic
def _claim(proposal_id: int, *, now: datetime) -> PlanProposal | None:
    """Take the proposal for a while, unless another maker has it."""
    can_skip = connection.features.has_select_for_update_skip_locked
    rows = PlanProposal.objects.select_for_update(skip_locked=can_skip, of=("self",) if can_skip else ())
    proposal = rows.select_related("season", "requested_by").filter(_owed(now), pk=proposal_id).first()
    if proposal is None:
        return None
    if proposal.cancel_asked_at is not None:
        proposal.state, proposal.finished_at = ProposalState.CANCELLED, now
        proposal.save(update_fields=["state", "finished_at"])
        return None
    proposal.state, proposal.lease_until = ProposalState.RUNNING, now + LEASE
    proposal.started_at, proposal.progress, proposal.error = now, {}, ""
    proposal.save(update_fields=["state", "lease_until", "started_at", "progress", "error"])
    return proposal


def _own(watcher: Watcher) -> PlanProposal | None:
    """Fetch the proposal for update, if its maker still holds the lease."""
    rows = PlanProposal.objects.select_for_update(of=("self",)).select_related("season", "requested_by")
    return rows.filter(pk=watcher.key, state=ProposalState.RUNNING, lease_until=watcher.lease_until).first()


@transaction.atomic
def _store(watcher: Watcher, made: Made) -> PlanProposal | None:
    proposal = _own(watcher)
    if proposal is None:
        return None
    proposal.lease_until, proposal.finished_at = None, timezone.now()
    if proposal.cancel_asked_at is not None and not proposal.figures.get("keeps_best"):
        proposal.state = ProposalState.CANCELLED
    else:
        _fill(proposal, made)
    proposal.save()
    return proposal


def _fill(proposal: PlanProposal, made: Made) -> None:
    """Put the plan into the proposal; an automatic repair that has nothing to change is put away."""
    is_idle = proposal.kind == ProposalKind.REPAIR and not made.contacts and proposal.requested_by.is_system
    proposal.state = DISCARD.target if is_idle else ProposalState.READY
    proposal.figures = {**proposal.figures, **made.figures}
    proposal.shortages, proposal.relaxations = made.shortages, made.relaxations
    proposal.rests_on = made.rests_on
    ProposedContact.objects.bulk_create(made.contacts, batch_size=BATCH)
    AuditEvent.record(proposal.requested_by, "plan.made", proposal, contacts=len(made.contacts))


@transaction.atomic
def _fail(watcher: Watcher, error: Exception) -> PlanProposal | None:
    proposal = _own(watcher)
    if proposal is None:
        return None
    proposal.state, proposal.error = ProposalState.FAILED, repr(error)[:250]
    proposal.lease_until, proposal.finished_at = None, timezone.now()
    proposal.save(update_fields=["state", "error", "lease_until", "finished_at"])
    return proposal
