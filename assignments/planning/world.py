"""A problem and a plan in the arrays that a search works on."""

from typing import NamedTuple

import numpy as np

from assignments.planning.objective import beside, level_shares, levels, score_costs, targets, week_ideals
from assignments.planning.plan import NOBODY, Plan, Weights
from assignments.planning.problem import Bools, Floats, Ints, Problem


class World(NamedTuple):
    """What a search does not change; contacts stand by participant, ``first`` says where each begins.

    ``lowest`` and ``highest`` are the whole numbers beside the ideal share of each participant and level, the others
    beside those of participants, or participants and methods, in a week. ``free`` are the contacts that may change.
    """

    participant: Ints
    method: Ints
    first: Ints
    free: Ints
    eligible: Bools
    offers: Bools
    available: Bools
    weekly: Ints
    season: Ints
    days: Ints
    target: Floats
    price: Floats
    level: Ints
    lowest: Ints
    highest: Ints
    week_lowest: Ints
    week_highest: Ints
    method_lowest: Ints
    method_highest: Ints
    unassigned_price: float
    week_price: float
    method_price: float
    demographic_price: float
    load_price: float


class State(NamedTuple):
    """What a search changes: who makes each contact in which week, and the counts that follow from it."""

    observer: Ints
    week: Ints
    load: Ints
    in_week: Ints
    mix: Ints
    weeks: Ints
    method_weeks: Ints
    random: Ints


class Tree(NamedTuple):
    """Where a search for a chain has been: which contact takes over from which, in which week; and what it changed.

    ``made`` holds the contacts by observer, ``begin`` where each observer's begin.
    """

    seen: Bools
    parent: Ints
    week: Ints
    queue: Ints
    made: Ints
    begin: Ints
    changed: Ints
    left: Ints
    was_in: Ints


def tree_of(world: World) -> Tree:
    """Return a tree that has been nowhere yet."""
    contacts = len(world.participant)
    columns = {name: np.zeros(contacts, np.int64) for name in Tree._fields if name not in {"seen", "begin"}}
    return Tree(seen=np.zeros(contacts, bool), begin=np.zeros(len(world.target) + 1, np.int64), **columns)


def world_of(problem: Problem, plan: Plan, weights: Weights, *, assigned: int) -> World:
    """Return the world of a plan whose contacts stand by participant; so many contacts will have an observer."""
    contacts = problem.contacts()
    ideals = week_ideals(problem)
    lowest, highest = beside(contacts[:, None] * level_shares(problem))
    week_lowest, week_highest = beside(ideals.sum(axis=1))
    method_lowest, method_highest = beside(ideals)
    return World(
        participant=plan.frame.participant,
        method=plan.frame.method,
        first=np.searchsorted(plan.frame.participant, np.arange(len(contacts) + 1)),
        free=np.flatnonzero(~plan.locked & (plan.frame.week >= 0)),
        eligible=np.ascontiguousarray(problem.pairs().T),
        offers=np.ascontiguousarray(problem.offers),
        available=np.ascontiguousarray(problem.available),
        weekly=problem.weekly_capacity.astype(np.int64),
        season=problem.season_capacity.astype(np.int64),
        days=problem.days(),
        target=targets(problem, assigned),
        price=weights.score * score_costs(problem),
        level=levels(problem),
        lowest=lowest,
        highest=highest,
        week_lowest=week_lowest,
        week_highest=week_highest,
        method_lowest=method_lowest,
        method_highest=method_highest,
        unassigned_price=float(weights.unassigned),
        week_price=float(weights.weeks),
        method_price=float(weights.methods),
        demographic_price=float(weights.demographics),
        load_price=float(weights.load),
    )


def state_of(problem: Problem, plan: Plan, *, seed: int) -> State:
    """Return the state that the plan is in."""
    frame, given = plan.frame, plan.observer != NOBODY
    who, people = plan.observer[given], len(problem.scores)
    numbered = levels(problem)
    size = len(level_shares(problem))
    state = State(
        observer=plan.observer.copy(),
        week=frame.week.copy(),
        load=np.bincount(who, minlength=people),
        in_week=np.zeros((people, problem.weeks), np.int64),
        mix=np.zeros((len(problem.quotas), size), np.int64),
        weeks=np.zeros((len(problem.quotas), problem.weeks), np.int64),
        method_weeks=np.zeros((*problem.quotas.shape, problem.weeks), np.int64),
        random=np.array([(seed * 2_654_435_761 + 88_172_645) % 0xFFFFFFFF + 1], np.int64) & 0xFFFFFFFF,
    )
    state.random[0] |= 1
    np.add.at(state.in_week, (who, frame.week[given]), 1)
    for trait in range(numbered.shape[1]):
        known = numbered[who, trait] >= 0
        np.add.at(state.mix, (frame.participant[given][known], numbered[who, trait][known]), 1)
    dated = frame.week >= 0
    np.add.at(state.weeks, (frame.participant[dated], frame.week[dated]), 1)
    np.add.at(state.method_weeks, (frame.participant[dated], frame.method[dated], frame.week[dated]), 1)
    return state
