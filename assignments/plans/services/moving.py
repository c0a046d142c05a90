"""Changes contacts of a proposal by hand, by the same rules that it was made by."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import ClassVar, TypedDict, Unpack

from django.db import transaction

from assignments import rule_words
from assignments.planning import Weights, costs_of
from assignments.plans.drafts import Draft, draft_of
from assignments.plans.models import PlanProposal, ProposedContact
from assignments.plans.moves import Wish, judge
from assignments.plans.services.requesting import lock_proposal
from assignments.plans.workflow import CHANGE
from ksp.accounts.models import AuditEvent, User
from ksp.lib.errors import DomainError


class MoveRefused(DomainError):
    """Rules say no to a move; ``rules`` are their codes, in the order in which they are told."""

    code: ClassVar[str] = "move_refused"

    def __init__(self, rules: Sequence[str]) -> None:
        self.rules = tuple(rules)
        super().__init__(" ".join(rule_words.sentence(code) for code in self.rules))


class Move(TypedDict, total=False):
    """What is to change; what is not named stays as it is. No ``observer_id`` at all takes the observer away."""

    observer_id: int | None
    week: str
    weekday: int
    slot: str


@transaction.atomic
def move_contact(contact_id: int, *, by: User, **move: Unpack[Move]) -> ProposedContact:
    """Give a proposed contact another observer, week, day or time, if every rule allows it."""
    contact = _lock(contact_id, by=by)
    draft = draft_of(contact.proposal, participant_ids=[contact.participant_id])
    wish = Wish.of(draft, contact, move)
    if codes := judge(draft, contact, wish):
        raise MoveRefused(codes)
    before = _said_of(contact)
    contact.observer_id = wish.observer_id
    contact.week, contact.weekday, contact.slot = wish.week, wish.weekday, wish.slot
    contact.moved_by_hand = True
    if contact.observer_id is not None:
        contact.reasons = {name: value for name, value in contact.reasons.items() if name != "refused"}
    contact.save(update_fields=["observer", "week", "weekday", "slot", "moved_by_hand", "reasons"])
    _count_again(draft, contact, wish)
    AuditEvent.record(by, "plan.contact_moved", contact, before=before, after=_said_of(contact))
    return contact


@transaction.atomic
def lock_contact(contact_id: int, *, is_locked: bool, by: User) -> ProposedContact:
    """Keep a proposed contact as it is, also when the plan is searched for again; or let it go."""
    contact = _lock(contact_id, by=by)
    contact.is_locked = is_locked
    contact.save(update_fields=["is_locked"])
    AuditEvent.record(by, "plan.contact_locked" if is_locked else "plan.contact_unlocked", contact)
    return contact


def _lock(contact_id: int, *, by: User) -> ProposedContact:
    """Fetch the contact with its proposal held for update: moves in one proposal wait for each other."""
    proposal_id = ProposedContact.objects.values_list("proposal_id", flat=True).get(pk=contact_id)
    proposal = lock_proposal(proposal_id, CHANGE, by=by)
    contact = ProposedContact.objects.select_related("participant", "enrolment", "observer").get(pk=contact_id)
    contact.proposal = proposal
    return contact


def _said_of(contact: ProposedContact) -> dict[str, str]:
    return {
        "observer": str(contact.observer_id or ""),
        "week": contact.week,
        "weekday": str(contact.weekday or ""),
        "slot": contact.slot,
    }


def _count_again(draft: Draft, contact: ProposedContact, wish: Wish) -> None:
    """Store what the plan costs now."""
    proposal, place = draft.proposal, draft.places[contact.pk]
    plan = wish.applied(draft, place)
    weights = Weights(**proposal.figures["weights"]) if "weights" in proposal.figures else Weights()
    costs = costs_of(draft.situation.problem, plan)
    figures = {
        **proposal.figures,
        "unassigned": costs.unassigned,
        "cost": costs.total(weights),
        "costs": asdict(costs),
    }
    PlanProposal.objects.filter(pk=proposal.pk).update(figures=figures)
    proposal.figures = figures
