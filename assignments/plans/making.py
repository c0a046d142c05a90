"""Makes the plan of a season from what the database holds: the planner's work, and what is told of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from assignments.planning import NOBODY, SLOTS, WEEKDAYS, Plan, Planned, Watch, Weights, breaches
from assignments.planning import candidates as judged_by_planner
from assignments.planning import plan_season as search
from assignments.plans.explanations import stored_relaxations, stored_shortages
from assignments.plans.facts import facts_of, whole
from assignments.plans.models import PlanProposal, ProposedContact
from assignments.plans.people import METHODS
from assignments.plans.rows import plan_of, proposed_rows
from assignments.plans.situation import Situation, situation_of

WEIGHT_NAMES = tuple(item.name for item in fields(Weights))


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What came of making a proposal, not stored yet."""

    contacts: list[ProposedContact]
    figures: dict[str, Any]
    facts: dict[str, str]
    shortages: list[dict[str, Any]]
    relaxations: list[dict[str, Any]]

    @property
    def rests_on(self) -> str:
        """The fingerprint of all that it rests on."""
        return whole(self.facts)


def weights_of(proposal: PlanProposal) -> Weights:
    """Return what the proposal weighs: its own choices, over the season's, over the usual ones."""
    chosen = {**proposal.season.settings.plan_weights, **proposal.weights}
    return Weights(**{name: float(value) for name, value in chosen.items() if name in WEIGHT_NAMES})


def make_season(proposal: PlanProposal, watch: Watch) -> Made:
    """Return a plan of the whole season, each contact with an observer where the rules leave one."""
    situation = situation_of(proposal.season)
    facts = facts_of(situation)
    planned = search(
        situation.problem,
        weights=weights_of(proposal),
        seed=proposal.seed,
        time_limit=float(proposal.time_limit),
        watch=watch,
        kept=_kept(proposal, situation),
    )
    is_short = bool(planned.costs.unassigned)
    return Made(
        contacts=_contacts(proposal, situation, planned),
        figures={**figures_of(planned), **sizes_of(situation), "facts": facts},
        facts=facts,
        shortages=stored_shortages(planned.bound.shortages, situation),
        relaxations=stored_relaxations(situation.problem, planned.plan, situation) if is_short else [],
    )


def _kept(proposal: PlanProposal, situation: Situation) -> Plan | None:
    """Return the plan whose locked contacts this one is to keep, if it was asked for so."""
    based_on = proposal.figures.get("based_on")
    base = PlanProposal.objects.filter(pk=based_on, season=proposal.season).first() if based_on else None
    if base is None:
        return None
    rows = [row for row in proposed_rows(base) if row.enrolment_id in situation.enrolment_place]
    plan = plan_of(situation, rows)
    _unlock_broken(situation, plan)
    return plan if plan.locked.any() else None


def _unlock_broken(situation: Situation, plan: Plan) -> None:
    """Let go of what was locked, and by now breaks a rule: no lock is stronger than the rules."""
    plan.locked[plan.frame.week < 0] = False
    kept = np.flatnonzero(plan.locked)
    own = Plan(plan.frame.taken(kept), plan.observer[kept], plan.locked[kept])
    # Of a part of the contacts a method has too few: that alone is no breach.
    broken = [found.contact for found in breaches(situation.problem, own) if found.rule != "split"]
    plan.locked[kept[broken]] = False


def figures_of(planned: Planned) -> dict[str, Any]:
    """Return the figures of a plan as JSON holds them."""
    return {
        "contacts": len(planned.plan.frame),
        "unassigned": planned.costs.unassigned,
        "cost": planned.costs.total(planned.weights),
        "costs": asdict(planned.costs),
        "bound": {
            "unassigned": planned.bound.unassigned,
            "cost": planned.bound.cost,
            "demographics": planned.bound.demographics,
        },
        "gap": planned.gap,
        "weights": asdict(planned.weights),
        "seed": planned.seed,
        "moves": planned.moves,
        "seconds": {name: round(seconds, 3) for name, seconds in planned.seconds.items()},
        "is_whole": planned.is_whole,
    }


def sizes_of(situation: Situation) -> dict[str, Any]:
    """Return how large the season is."""
    return {
        "participants": len(situation.enrolments),
        "observers": len(situation.observers),
        "weeks": [str(item.week) for item in situation.weeks],
    }


def _contacts(proposal: PlanProposal, situation: Situation, planned: Planned) -> list[ProposedContact]:
    """Return the contacts, numbered in the order of their weeks."""
    frame, plan = planned.plan.frame, planned.plan
    order = np.lexsort((frame.participant, frame.week)).tolist()
    return [
        ProposedContact(
            proposal=proposal,
            number=number,
            is_locked=bool(plan.locked[contact]),
            reasons={"refused": refusal_counts(situation, plan, contact)} if plan.observer[contact] == NOBODY else {},
            **placing(situation, plan, contact),
        )
        for number, contact in enumerate(order, start=1)
    ]


def placing(situation: Situation, plan: Plan, contact: int) -> dict[str, Any]:
    """Return what the plan says of one contact, as the fields of a row."""
    frame = plan.frame
    enrolment = situation.enrolments[int(frame.participant[contact])]
    week, observer = int(frame.week[contact]), int(plan.observer[contact])
    role_play = situation.role_play(enrolment, int(frame.role_play[contact]))
    return {
        "enrolment_id": enrolment.pk,
        "participant_id": enrolment.participant_id,
        "method": METHODS[int(frame.method[contact])],
        "week": str(situation.weeks[week].week) if week >= 0 else "",
        "weekday": WEEKDAYS[int(frame.weekday[contact])] if week >= 0 else None,
        "slot": SLOTS[int(frame.slot[contact])],
        "role_play_id": role_play.pk if role_play is not None else None,
        "observer_id": None if observer == NOBODY else situation.observers[observer].pk,
    }


def refusal_counts(situation: Situation, plan: Plan, contact: int) -> dict[str, int]:
    """Return how many observers each rule is the first to refuse for the contact."""
    judged = judged_by_planner(situation.problem, plan, contact)
    first = (refine(situation, observer, codes)[0] for observer, codes in judged if codes)
    return dict(Counter(first))


def refine(situation: Situation, observer: int, codes: Iterable[str]) -> tuple[str, ...]:
    """Return the codes with what the planner calls active told apart: not active, has left, or too low a score."""
    refined: list[str] = []
    for code in codes:
        refined += (situation.why_not(observer) or (code,)) if code == "active" else (code,)
    return tuple(refined)
