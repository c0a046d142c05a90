"""Contacts of a plan as rows, and the arrays that the planner takes them as."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from assignments.models import Assignment
from assignments.planning import NOBODY, SLOTS, Frame, Plan
from assignments.plans.models import PlanProposal, ProposedContact
from assignments.plans.people import METHODS
from assignments.plans.situation import Situation
from assignments.plans.workflow import ProposalKind
from assignments.workflow import MEETING
from participants.models import Season

_COLUMNS = ("enrolment_id", "method", "week", "weekday", "slot", "role_play_id", "observer_id")
NEVER = -1
# Nothing that stands is locked: locks belong to proposals.
_FREE = False


class Row(NamedTuple):
    """One contact: which proposed contact or assignment it is, and what it says."""

    contact_id: int | None
    assignment_id: int | None
    is_locked: bool
    enrolment_id: int
    method: str
    week: str
    weekday: int | None
    slot: str
    role_play_id: int | None
    observer_id: int | None


def proposed_rows(proposal: PlanProposal) -> list[Row]:
    """Return the contacts that a proposal holds, in their order."""
    rows = ProposedContact.objects.filter(proposal=proposal).order_by("number")
    return [Row(*row) for row in rows.values_list("pk", "assignment_id", "is_locked", *_COLUMNS)]


def standing_rows(season: Season) -> list[Row]:
    """Return the contacts of the season that stand, in the order of their numbers."""
    rows = Assignment.objects.filter(season=season, state__in=MEETING).order_by("code")
    return [Row(None, key, _FREE, *row) for key, *row in rows.values_list("pk", *_COLUMNS)]


def rows_of(proposal: PlanProposal) -> list[Row]:
    """Return every contact of the season as it is if the proposal is approved."""
    own = proposed_rows(proposal)
    if proposal.kind == ProposalKind.SEASON:
        return own
    changed = {row.assignment_id: row for row in own}
    return [changed.get(row.assignment_id, row) for row in standing_rows(proposal.season)]


def plan_of(situation: Situation, rows: Sequence[Row]) -> Plan:
    """Return the rows as the planner takes them; who or what is no longer there counts as nobody and nothing."""
    count = len(rows)
    frame = Frame(
        participant=np.array([situation.enrolment_place[row.enrolment_id] for row in rows], np.int64),
        week=np.array([situation.week_place.get(row.week, NEVER) for row in rows], np.int64),
        method=np.array([METHODS.index(row.method) for row in rows], np.int64),
        role_play=np.array([_role_play(situation, row) for row in rows], np.int64),
        weekday=np.array([(row.weekday or 0) - 1 for row in rows], np.int64),
        slot=np.array([SLOTS.index(row.slot) if row.slot in SLOTS else 0 for row in rows], np.int64),
    )
    _fill_weekdays(situation, frame)
    places = [situation.observer_place.get(row.observer_id or 0, NOBODY) for row in rows]
    locked = np.fromiter((row.is_locked for row in rows), bool, count)
    return Plan(frame, np.array(places, np.int64), locked)


def _role_play(situation: Situation, row: Row) -> int:
    """Return the number of the role-play in its class; one that is missing counts as the first."""
    enrolment = situation.enrolments[situation.enrolment_place[row.enrolment_id]]
    if not situation.role_plays.get(enrolment.award_class_id):
        return NOBODY
    return situation.role_play_place.get(row.role_play_id or 0, 0)


def _fill_weekdays(situation: Situation, frame: Frame) -> None:
    """Give each contact without an advised weekday an open one on which the participant has no other contact."""
    for contact in np.flatnonzero(frame.weekday < 0).tolist():
        week = int(frame.week[contact])
        same = (frame.participant == frame.participant[contact]) & (frame.week == week) & (frame.weekday >= 0)
        free = situation.problem.open_days[week].copy() if week >= 0 else np.ones(5, bool)
        taken = frame.weekday[same]
        choices = [day for day in np.flatnonzero(free).tolist() if day not in taken] or np.flatnonzero(free).tolist()
        frame.weekday[contact] = choices[0] if choices else 0
