"""Makes the repair of a season: exactly the contacts that must change do, the others stay as they are."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from django.utils import timezone

from assignments.planning import NOBODY, Bound, Plan, Planned, Watch, costs_of
from assignments.planning.problem import Bools, Ints, Problem
from assignments.planning.repair import Orphans, Repaired, repair
from assignments.plans.clock import day_of, first_week
from assignments.plans.drafts import with_standing_key
from assignments.plans.facts import facts_of
from assignments.plans.making import Made, figures_of, placing, refusal_counts, sizes_of, weights_of
from assignments.plans.models import PlanProposal, ProposedContact
from assignments.plans.orphans import Standing, fell_away, standing_of
from assignments.plans.people import METHODS
from assignments.plans.rows import Row
from participants.distribution import distribute

# Why a contact that need not have changed does: one that must has taken its place.
MAKES_ROOM = "makes_room"


def make_repair(proposal: PlanProposal, watch: Watch) -> Made:
    """Return the contacts that must change, and what becomes of them."""
    season = proposal.season
    now = proposal.figures.get("now")
    today = day_of(season, datetime.fromisoformat(now) if now else timezone.now())
    standing = standing_of(season, today=today)
    facts = facts_of(standing.situation)
    problem, methods = _with_key(standing)
    plan = _with_locks(standing)
    weights = weights_of(proposal)
    repaired = repair(
        problem,
        plan,
        _orphans(standing, methods, first=first_week(standing.situation.weeks, today)),
        weights=weights,
        time_limit=float(proposal.time_limit),
        watch=watch,
        seed=proposal.seed,
    )
    planned = Planned(
        plan=repaired.plan,
        costs=costs_of(problem, repaired.plan),
        bound=Bound(unassigned=len(repaired.unassigned) if repaired.is_proven else 0, cost=0.0),
        weights=weights,
        seed=proposal.seed,
        moves=0,
        seconds=repaired.seconds,
        is_whole=repaired.is_proven,
    )
    contacts = _changes(proposal, standing, repaired, problem)
    return Made(
        contacts=contacts,
        figures={
            **figures_of(planned),
            **sizes_of(standing.situation),
            "facts": facts,
            "today": today.isoformat(),
            "orphans": len(standing.orphans),
            "changes": len(contacts),
        },
        facts=facts,
        shortages=[],
        relaxations=[],
    )


def _with_key(standing: Standing) -> tuple[Problem, Bools]:
    """Return the problem with the distribution key that is to hold, and to which methods each orphan may go.

    What stands is the key. Of a method that the participant has lost, what has not been begun goes over to the
    methods that are left, so that those come as near to the season's key as they can.
    """
    situation, frame = standing.situation, standing.plan.frame
    quotas = with_standing_key(situation.problem, standing.plan).quotas
    methods = np.zeros((len(standing.orphans), len(METHODS)), bool)
    lost: dict[int, list[int]] = {}
    for place, (contact, codes) in enumerate(standing.orphans.items()):
        if "channel" in codes:
            lost.setdefault(int(frame.participant[contact]), []).append(contact)
            quotas[frame.participant[contact], frame.method[contact]] -= 1
            methods[place] = True
    for participant, contacts in lost.items():
        quotas[participant] += _shared_out(standing, participant, quotas[participant], len(contacts))
    for place, contact in enumerate(standing.orphans):
        if methods[place].any():
            participant = int(frame.participant[contact])
            left = {channel.method for channel in situation.enrolments[participant].channels.all()}
            methods[place] = [
                method in left and quotas[participant, number] > 0 for number, method in enumerate(METHODS)
            ]
    return replace(situation.problem, quotas=quotas), methods


def _shared_out(standing: Standing, participant: int, standing_quota: Ints, count: int) -> Ints:
    """Return how many of ``count`` contacts go to each method, so that the season's key holds as well as it can."""
    enrolment = standing.situation.enrolments[participant]
    left = [channel.method for channel in enrolment.channels.all()]
    added = np.zeros(len(METHODS), np.int64)
    if not left:
        return added
    here = [METHODS.index(method) for method in left]
    total = int(standing_quota[here].sum()) + count
    wanted = distribute(total, left, standing.situation.season.settings.method_weights)
    for _contact in range(count):
        short = {number: wanted[METHODS[number]] - int(standing_quota[number] + added[number]) for number in here}
        added[min(here, key=lambda number: (-short[number], number))] += 1
    return added


def _with_locks(standing: Standing) -> Plan:
    """Return the plan in which what has been begun, and what the past holds, cannot make room."""
    plan = standing.plan.copy()
    plan.locked[list(standing.fixed)] = True
    return plan


def _orphans(standing: Standing, methods: Bools, *, first: int) -> Orphans:
    contacts = np.array(list(standing.orphans), np.int64)
    places = standing.situation.observer_place
    participants = [item.participant_id for item in standing.situation.enrolments]
    by_participant: dict[int, set[int]] = {}
    for observer, participant in fell_away(standing.situation.season):
        if observer in places:
            by_participant.setdefault(participant, set()).add(places[observer])
    forbidden = tuple(
        (place, observer)
        for place, contact in enumerate(contacts.tolist())
        for observer in sorted(by_participant.get(participants[int(standing.plan.frame.participant[contact])], ()))
        if observer != standing.plan.observer[contact]
    )
    size = len(contacts)
    return Orphans(
        contacts=contacts,
        may_move_week=np.ones(size, bool),
        earliest_week=np.full(size, first, np.int64),
        methods=methods,
        forbidden=forbidden,
        may_keep=np.ones(size, bool),
    )


def _changes(proposal: PlanProposal, standing: Standing, repaired: Repaired, problem: Problem) -> list[ProposedContact]:
    """Return a row for each contact that must change or makes room, in the order of the contacts' numbers."""
    changed = {change.contact for change in repaired.changes} | set(standing.orphans)
    judged = replace(standing.situation, problem=problem)
    rows = []
    for number, contact in enumerate(sorted(changed), start=1):
        fields = placing(judged, repaired.plan, contact)
        is_open = repaired.plan.observer[contact] == NOBODY
        rows.append(
            ProposedContact(
                proposal=proposal,
                number=number,
                assignment_id=standing.assignment_of(contact),
                before={**before_of(standing.rows[contact]), "state": standing.states[contact]},
                reasons={
                    "because": list(standing.orphans.get(contact, (MAKES_ROOM,))),
                    "refused": refusal_counts(judged, repaired.plan, contact) if is_open else {},
                },
                **fields,
            )
        )
    return rows


def before_of(row: Row) -> dict[str, Any]:
    """Return what a contact says before it is changed, as JSON holds it."""
    return {
        "method": row.method,
        "week": row.week,
        "weekday": row.weekday,
        "slot": row.slot,
        "role_play": row.role_play_id,
        "observer": row.observer_id,
    }
