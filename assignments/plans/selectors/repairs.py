"""What must change in a season and why, and what a repair would make of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from assignments import rule_words
from assignments.models import Assignment
from assignments.plans.clock import day_of
from assignments.plans.models import PlanProposal, ProposedContact
from assignments.plans.orphans import standing_of
from assignments.workflow import AssignmentState
from observers.models import Observer
from participants.models import ContactMethod, Season


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """A contact that must change, with the codes of why."""

    assignment: Assignment
    reasons: tuple[str, ...]

    @property
    def sentences(self) -> list[str]:
        """Why it must change, in words."""
        return [rule_words.reason(code) for code in self.reasons]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where, when, how and with whom a contact is."""

    method: str
    method_label: str
    week: str
    weekday: int | None
    slot: str
    observer: str
    observer_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One contact that a repair changes: why, from what, to what; ``is_withdrawn`` where its observer knows of it."""

    contact: ProposedContact
    code: str
    state: str
    state_label: str
    reasons: list[str]
    before: Place
    after: Place
    is_withdrawn: bool

    @property
    def changes_observer(self) -> bool:
        """Somebody else makes it, or nobody."""
        return self.before.observer_id != self.after.observer_id

    @property
    def changes_week(self) -> bool:
        """It is made in another week."""
        return self.before.week != self.after.week

    @property
    def changes_method(self) -> bool:
        """It is made by another method."""
        return self.before.method != self.after.method


def season_repairs_needed(season: Season, *, now: datetime | None = None) -> list[Orphan]:
    """Return every contact of the season that must change, in the order of their numbers."""
    standing = standing_of(season, today=day_of(season, now or timezone.now()))
    keys = {standing.assignment_of(contact): codes for contact, codes in standing.orphans.items()}
    rows = Assignment.objects.filter(pk__in=keys).select_related("participant", "observer", "enrolment__award_class")
    return [Orphan(assignment=row, reasons=keys[row.pk]) for row in rows.order_by("code")]


def changes(proposal: PlanProposal) -> list[Change]:
    """Return what a repair changes, exactly, in two queries."""
    rows = ProposedContact.objects.filter(proposal=proposal).order_by("number")
    contacts = list(rows.select_related("participant", "observer", "assignment", "enrolment__award_class"))
    known = Observer.objects.in_bulk(
        {one.before["observer"] for one in contacts if one.before and one.before["observer"]}
    )
    return [_change(contact, known) for contact in contacts]


def _change(contact: ProposedContact, observers: Mapping[int, Observer]) -> Change:
    before: Mapping[str, Any] = contact.before or {}
    state = str(before.get("state", AssignmentState.PLANNED))
    told = _place(before, observers.get(before.get("observer") or 0))
    after = {name: getattr(contact, name) for name in ("method", "week", "weekday", "slot")}
    change = Change(
        contact=contact,
        code=contact.assignment.code if contact.assignment is not None else "",
        state=state,
        state_label=str(AssignmentState(state).label),
        reasons=[rule_words.reason(code) for code in contact.reasons.get("because", ())],
        before=told,
        after=_place(after, contact.observer),
        is_withdrawn=False,
    )
    is_changed = change.changes_observer or change.changes_week or change.changes_method
    return replace(change, is_withdrawn=is_changed and state != AssignmentState.PLANNED)


def _place(values: Mapping[str, Any], observer: Observer | None) -> Place:
    method = str(values.get("method", ""))
    return Place(
        method=method,
        method_label=str(ContactMethod(method).label) if method else "",
        week=str(values.get("week", "")),
        weekday=values.get("weekday"),
        slot=str(values.get("slot", "")),
        observer="" if observer is None else str(observer),
        observer_id=None if observer is None else str(observer.public_id),
    )
