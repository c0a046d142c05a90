"""Approves proposals: what they hold becomes the season's contacts, and offers go out if they are to."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from assignments.batches import offer_planned, withdraw_many
from assignments.models import Assignment
from assignments.plans.automatic import without_repairs
from assignments.plans.facts import differences, facts_of
from assignments.plans.models import PlanProposal, ProposedContact
from assignments.plans.orphans import standing_of
from assignments.plans.outdated import what_repair_breaks
from assignments.plans.selectors.asking import NEVER_OFFERED, was_offered
from assignments.plans.services.requesting import SeasonClosed, SeasonHasPlan, lock_proposal, owe_repair
from assignments.plans.situation import situation_of
from assignments.plans.workflow import APPLY, DISCARD, ProposalKind, ProposalState
from assignments.workflow import AssignmentState
from ksp.accounts.models import AuditEvent, User
from ksp.lib.errors import DomainError
from participants.models import Season
from participants.workflow import SeasonState

BATCH = 1_000
EVERYTHING = "all"
CHANGED_FIELDS = ["method", "week", "weekday", "slot", "role_play", "observer"]
_DIGITS = re.compile(r"[0-9]+")


class PlanOutdated(DomainError):
    """What the proposal rests on has changed since it was made; ``changed`` says what, a sentence each."""

    code: ClassVar[str] = "plan_outdated"

    def __init__(self, changed: Sequence[str]) -> None:
        self.changed = tuple(changed)
        message = _("The proposal no longer holds. %(changed)s Make a new one.")
        super().__init__(message % {"changed": " ".join(self.changed)})


class NoWeeks(DomainError):
    """The plan has contacts that no week has room for."""

    code: ClassVar[str] = "no_weeks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What came of approving a proposal: how many contacts were planned, changed, taken back, and offered."""

    proposal: PlanProposal
    planned: int = 0
    changed: int = 0
    withdrawn: int = 0
    offered: int = 0


@transaction.atomic
def apply_proposal(proposal_id: int, *, by: User, offer_until: str | None, now: datetime) -> Applied:
    """Make the proposal the season's plan, and offer what is to be made until ``offer_until``: a week, or all.

    The letters about the offers are held until a manager sends them. A proposal that rests on what is no longer true
    is refused; a repair changes the contacts that it lists, and no others.
    """
    season_id = PlanProposal.objects.values_list("season_id", flat=True).get(pk=proposal_id)
    season = Season.objects.select_for_update().get(pk=season_id)
    proposal = lock_proposal(proposal_id, APPLY, by=by)
    proposal.season = season
    if season.state in {SeasonState.CLOSED, SeasonState.PUBLISHED}:
        raise SeasonClosed(_("The season is closed. No more contacts can be planned in it."))
    with without_repairs():
        if proposal.kind == ProposalKind.SEASON:
            keys, counts = _apply_season(proposal, by=by)
        else:
            keys, counts = _apply_repair(proposal, by=by, now=now)
        offered = _offer(keys, until=offer_until, by=by, now=now)
    proposal.state, proposal.applied_at, proposal.applied_by = APPLY.target, now, by
    proposal.save(update_fields=["state", "applied_at", "applied_by"])
    AuditEvent.record(by, APPLY.verb, proposal, **counts, offered=offered)
    _put_away_older_repairs(proposal, by=by)
    if proposal.kind == ProposalKind.REPAIR:
        _owe_the_rest(proposal, changed=keys)
    return Applied(proposal=proposal, offered=offered, **counts)


def _owe_the_rest(proposal: PlanProposal, *, changed: Iterable[int]) -> None:
    """Owe another repair if contacts have been lost that this one, made before, knew nothing of."""
    known = set(ProposedContact.objects.filter(proposal=proposal).values_list("assignment", flat=True))
    standing = standing_of(proposal.season, today=date.fromisoformat(proposal.figures["today"]))
    lost = {standing.assignment_of(contact) for contact in standing.orphans}
    system = User.objects.filter(organiser=proposal.season.organiser_id, is_system=True).first()
    if lost - known - set(changed) and system is not None:
        owe_repair(proposal.season, occasion=proposal.occasion, by=system)


def _put_away_older_repairs(proposal: PlanProposal, *, by: User) -> None:
    """Discard the repairs that waited before this proposal was made: all that they would change is in it."""
    older = PlanProposal.objects.filter(season=proposal.season_id, kind=ProposalKind.REPAIR, pk__lt=proposal.pk)
    for one in older.filter(state=ProposalState.READY).select_for_update(of=("self",)):
        one.state = DISCARD.target
        one.save(update_fields=["state"])
        AuditEvent.record(by, DISCARD.verb, one)


def _offer(keys: Sequence[int], *, until: str | None, by: User, now: datetime) -> int:
    if until is None:
        return 0
    rows = Assignment.objects.filter(pk__in=keys, state=AssignmentState.PLANNED, observer__isnull=False)
    chosen = rows if until == EVERYTHING else rows.filter(week__lte=until)
    return len(offer_planned(list(chosen.values_list("pk", flat=True)), now=now, is_held=True, by=by))


def _apply_season(proposal: PlanProposal, *, by: User) -> tuple[list[int], dict[str, int]]:
    """Put the proposal's contacts in the place of those that nobody has been told of yet."""
    season = proposal.season
    if was_offered(season):
        raise SeasonHasPlan(_("Contacts of the season have been offered already. Plan anew only what must change."))
    if changed := differences(proposal.figures.get("facts", {}), facts_of(situation_of(season))):
        raise PlanOutdated(changed)
    contacts = list(ProposedContact.objects.filter(proposal=proposal).select_related("participant", "observer"))
    if any(not contact.week for contact in contacts):
        raise NoWeeks(_("The season has no weeks for these contacts. Change its dates or its closed days first."))
    _all, gone = Assignment.objects.filter(season=season, state__in=NEVER_OFFERED).delete()
    replaced = gone.get(Assignment._meta.label, 0)
    stem = stem_of(season.code)
    rows = Assignment.objects.bulk_create([_assignment(season, stem, one) for one in contacts], batch_size=BATCH)
    AuditEvent.objects.bulk_create((AuditEvent.of(by, "assignment.planned", row) for row in rows), batch_size=BATCH)
    unassigned = sum(one.observer_id is None for one in contacts)
    AuditEvent.record(by, "season.planned", season, contacts=len(rows), unassigned=unassigned, replaced=replaced)
    return [row.pk for row in rows], {"planned": len(rows)}


def _assignment(season: Season, stem: str, contact: ProposedContact) -> Assignment:
    return Assignment(
        season=season,
        enrolment_id=contact.enrolment_id,
        participant_id=contact.participant_id,
        code=f"{stem}-{contact.number:05d}",
        method=contact.method,
        week=contact.week,
        weekday=contact.weekday,
        slot=contact.slot,
        role_play_id=contact.role_play_id,
        observer_id=contact.observer_id,
    )


def stem_of(season_code: str) -> str:
    """Return what the numbers of a season's contacts begin with: KSP22 gives K22."""
    return season_code[:1].upper() + "".join(_DIGITS.findall(season_code))


def _apply_repair(proposal: PlanProposal, *, by: User, now: datetime) -> tuple[list[int], dict[str, int]]:
    """Change what is planned in place; take back what an observer knows of, and plan it with another."""
    contacts = list(ProposedContact.objects.filter(proposal=proposal).order_by("number"))
    keys = [contact.assignment_id for contact in contacts if contact.assignment_id is not None]
    locked = Assignment.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    rows = {row.pk: row for row in locked.select_related("observer", "participant")}
    if broken := what_repair_breaks(proposal, contacts, rows):
        raise PlanOutdated(broken)
    moved = [contact for contact in contacts if _differs(contact, rows[contact.assignment_id or 0])]
    known = [contact for contact in moved if rows[contact.assignment_id or 0].state != AssignmentState.PLANNED]
    fresh = _take_back(known, by=by, now=now)
    targets = [
        (contact, fresh.get(contact.assignment_id or 0) or rows[contact.assignment_id or 0]) for contact in moved
    ]
    _let_go_of_observers(target for _contact, target in targets)
    events = [_changed(contact, target, by=by) for contact, target in targets]
    Assignment.objects.bulk_update([target for _contact, target in targets], CHANGED_FIELDS, batch_size=BATCH)
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)
    return [target.pk for _contact, target in targets], {"changed": len(moved), "withdrawn": len(known)}


def _differs(contact: ProposedContact, row: Assignment) -> bool:
    names = ("method", "week", "observer_id")
    return any(getattr(contact, name) != getattr(row, name) for name in names)


def _take_back(contacts: Iterable[ProposedContact], *, by: User, now: datetime) -> dict[int, Assignment]:
    """Withdraw the contacts; return by their keys what is planned instead."""
    keys = [contact.assignment_id for contact in contacts if contact.assignment_id is not None]
    if not keys:
        return {}
    reason = _("The contact has been planned anew.")
    fresh = withdraw_many(keys, reason=reason, now=now, is_held=True, by=by)
    return {row.replaces_id: row for row in fresh if row.replaces_id is not None}


def _let_go_of_observers(rows: Iterable[Assignment]) -> None:
    """Free the pairs first: observers may change places, and no two may meet a participant for a moment."""
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(observer=None)


def _changed(contact: ProposedContact, row: Assignment, *, by: User) -> AuditEvent:
    """Put what the proposal says into the row, not stored yet; return what is recorded of it."""
    before = {"week": row.week, "method": row.method, "observer": _key(row.observer_id)}
    row.method, row.week, row.weekday, row.slot = contact.method, contact.week, contact.weekday, contact.slot
    row.role_play_id, row.observer_id = contact.role_play_id or row.role_play_id, contact.observer_id
    after = {"week": row.week, "method": row.method, "observer": _key(row.observer_id)}
    return AuditEvent.of(by, "assignment.replanned", row, before=before, after=after)


def _key(observer_id: int | None) -> str:
    return "" if observer_id is None else str(observer_id)
