from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assignments.planning.checking import breaches
from assignments.planning.plan import NOBODY
from assignments.planning.repair import Orphans, repair
from assignments.planning.repair_bound import relaxed
from assignments.planning.repair_model import Room, items_of, options_of
from tests.assignments.planning.small_seasons import dated, dropout, plan_of, planned, simple, tiny


class Trying:
    """Tries every way to place the orphans, with the contacts that may change hands."""

    def __init__(self, problem, plan, orphans, movable):
        self.problem, self.plan, self.orphans = problem, plan, orphans
        self.free = [*orphans.contacts, *movable]
        self.best = (len(self.free) + 1, 0, 0)
        stays = [row for row in np.flatnonzero(plan.observer != NOBODY).tolist() if row not in self.free]
        self.place_next(0, [self.given(plan.observer[row], row, plan.frame.week[row]) for row in stays], (0, 0, 0))

    def given(self, observer, row, week):
        return observer, self.plan.frame.participant[row], week

    def fits(self, observer, row, week, others):
        problem, participant = self.problem, self.plan.frame.participant[row]
        return (
            problem.pairs()[observer, participant]
            and problem.offers[observer, self.plan.frame.method[row]]
            and problem.available[observer, week]
            and (observer, participant) not in {(who, whom) for who, whom, _week in others}
            and sum((who, when) == (observer, week) for who, _whom, when in others) < problem.weekly_capacity[observer]
            and sum(who == observer for who, _whom, _when in others) < problem.season_capacity[observer]
            and sum((whom, when) == (participant, week) for _who, whom, when in others) < problem.open_days[week].sum()
        )

    def choices(self, place):
        row = self.free[place]
        own, before, people = int(self.plan.frame.week[row]), self.plan.observer[row], range(len(self.problem.scores))
        if place >= len(self.orphans.contacts):
            return [(who, own, (0, int(who != before), 0)) for who in people]
        earliest, last = self.orphans.earliest_week[place], self.problem.weeks
        near = {own: 0, own - 1: 1, own + 1: 1}
        weeks = near if own >= earliest else dict.fromkeys(range(last), 0)
        weeks = {week: shift for week, shift in weeks.items() if earliest <= week < last}
        placed = [(who, week, (0, 0, shift)) for who, (week, shift) in product(people, weeks.items()) if who != before]
        return [*placed, (NOBODY, own, (1, 0, 0))]

    def place_next(self, place, others, so_far):
        if so_far >= self.best:
            return
        if place == len(self.free):
            self.best = so_far
            return
        row = self.free[place]
        for who, week, cost in self.choices(place):
            total = tuple(a + b for a, b in zip(so_far, cost, strict=True))
            if who == NOBODY:
                self.place_next(place + 1, others, total)
            elif self.fits(who, row, week, others):
                self.place_next(place + 1, [*others, self.given(who, row, week)], total)


def least(problem, plan, orphans, *, movable):
    """Give the fewest left over, of these the fewest others changed, of these the fewest weeks moved."""
    return Trying(problem, plan, orphans, movable).best


def outcome(repaired):
    shift = sum(abs(change.week_after - change.week_before) for change in repaired.changes)
    return len(repaired.unassigned), sum(not change.is_orphan for change in repaired.changes), shift


def broken_case(seed, *, earliest=0, gone=2, **fields):
    """Give a tiny season whose first observers have left, with the plan as it was."""
    rng = np.random.default_rng(seed)
    problem = tiny(rng, **fields)
    frame = dated(problem, rng)
    # Those for whom there was no day are not part of the plan.
    np.add.at(quotas := np.zeros_like(problem.quotas), (frame.participant, frame.method), 1)
    problem = replace(problem, quotas=quotas)
    plan = planned(problem, frame)
    problem, contacts = dropout(problem, plan, range(gone))
    return problem, plan, Orphans.of(contacts, earliest_week=earliest)


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_nothing_that_can_be_tried_repairs_better_while_the_others_stay(seed):
    problem, plan, orphans = broken_case(seed)
    plan.locked[:] = True

    repaired = repair(problem, plan, orphans)

    assert repaired.is_proven
    assert outcome(repaired) == least(problem, plan, orphans, movable=[])
    assert breaches(problem, repaired.plan) == []


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_nothing_that_can_be_tried_repairs_better_if_others_may_change_hands(seed):
    # Everybody has time for one contact: what is free is often not where it is needed.
    problem, plan, orphans = broken_case(
        seed, gone=1, participants=5, observers=5, weeks=2, most=1, weekly_capacity=np.ones(5, int)
    )
    movable = np.setdiff1d(np.flatnonzero(plan.observer != NOBODY), orphans.contacts)

    repaired = repair(problem, plan, orphans)

    assert repaired.is_proven
    assert outcome(repaired) == least(problem, plan, orphans, movable=movable)
    assert breaches(problem, repaired.plan) == []


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_contacts_of_weeks_that_are_over_go_forward_and_no_other_goes_back(seed):
    problem, plan, orphans = broken_case(seed, earliest=1)
    plan.locked[:] = True

    repaired = repair(problem, plan, orphans)

    placed = [change for change in repaired.changes if change.observer_after != NOBODY]
    assert all(change.week_after >= 1 for change in placed)
    assert len(repaired.unassigned) == least(problem, plan, orphans, movable=[])[0]
    assert breaches(problem, repaired.plan) == []


def test_prices_too_large_to_count_bound_nothing():
    problem = simple()
    plan = plan_of(problem, [0, 1], weeks=[0, 0])
    items = items_of(problem, plan, Orphans.of(np.arange(2)))
    room = Room(problem, plan, np.arange(2))
    options = options_of(room, items)

    flow = relaxed(room, items, options, prices=np.full(len(options), 2**62), past=np.full(2, 2**62))

    assert (flow.cost, flow.left_over) == (0, 2)
