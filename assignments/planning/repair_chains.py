"""Chains of a repair: the fewest contacts of others that change hands so that fewer orphans are left over."""

import time
from dataclasses import dataclass

import numpy as np

from assignments.planning.plan import NOBODY, Plan
from assignments.planning.problem import Ints, Problem
from assignments.planning.repair_bound import UNPLACED, left_over_by_pairs, relaxed
from assignments.planning.repair_model import Items, Options, Room, options_of, with_others
from assignments.planning.repair_search import Choice, choose

# A search among more options than this takes longer than anybody waits.
MOST_OPTIONS = 120_000


@dataclass(frozen=True, eq=False)
class Linked:
    """The items with those that make room for them, what can be done, and what is done."""

    items: Items
    options: Options
    choice: Choice


def chain(problem: Problem, plan: Plan, direct: Linked, *, seconds: float, seed: int) -> Linked:
    """Return the best that can be done if others change hands as well, and whether it is proven.

    ``plan`` is without the orphans' observers, ``direct`` the best without chains.
    """
    ends = time.perf_counter() + seconds
    items, movable = direct.items, _movable(problem, plan, direct.items)
    room = Room(problem, plan, np.concatenate([items.contacts, movable]))
    everything = with_others(items, plan, movable)
    if left_over_by_pairs(room, everything) >= direct.choice.left_over:
        return direct
    flow = _flow(room, everything)
    if flow.choice.left_over >= direct.choice.left_over:
        return direct
    search = _Search(problem, plan, items, _rank(flow), ends=ends, seed=seed)
    best, free = direct, _handed_over(flow)
    while True:
        best, is_best = search.tried(free, best, is_all=len(free) == len(movable))
        wider = _wider(problem, plan, best, movable, free)
        if is_best or len(wider) == len(free) or ends <= time.perf_counter():
            return Linked(best.items, best.options, Choice(best.choice.rows, is_best))
        free = wider


@dataclass(frozen=True, eq=False)
class _Search:
    """The exact search with more and more contacts free to change hands."""

    problem: Problem
    plan: Plan
    items: Items
    bound: tuple[int, int, int]
    ends: float
    seed: int

    def tried(self, free: Ints, best: Linked, *, is_all: bool) -> tuple[Linked, bool]:
        """Search with these contacts free; return the best so far, and whether nothing can beat it."""
        among = with_others(self.items, self.plan, free)
        room = Room(self.problem, self.plan, among.contacts)
        options = options_of(room, among)
        if len(options) > MOST_OPTIONS:
            return best, False
        choice = choose(room, among, options, seconds=self.ends - time.perf_counter(), seed=self.seed)
        found = Linked(among, options, choice)
        if (choice.rows[~among.is_orphan] == UNPLACED).any():
            return best, False
        if _rank(found) > _rank(best):
            return best, is_all and choice.is_proven
        return found, (_rank(found) == self.bound or is_all) and choice.is_proven


def _flow(room: Room, items: Items) -> Linked:
    """Return what no chains can beat: the fewest left over, of these the fewest that change hands, the least moved."""
    options, size = options_of(room, items), len(items)
    of_change = size * (1 + int(options.shift.max(initial=0))) + 1
    of_nobody = of_change * (size + 1)
    prices: Ints = options.shift + of_change * options.is_change
    flow = relaxed(room, items, options, prices=prices, past=of_nobody * np.where(items.is_orphan, 1, size + 1))
    return Linked(items, options, Choice(flow.rows, is_proven=False))


def _rank(linked: Linked) -> tuple[int, int, int]:
    """Return how many are left over, how many change hands, and how far contacts move in time."""
    taken = linked.choice.rows[linked.choice.rows != UNPLACED]
    options = linked.options
    return linked.choice.left_over, int(options.is_change[taken].sum()), int(options.shift[taken].sum())


def _handed_over(linked: Linked) -> Ints:
    """Return the contacts, orphans apart, that change hands."""
    taken = linked.choice.rows[linked.choice.rows != UNPLACED]
    item = linked.options.item[taken[linked.options.is_change[taken]]]
    return np.sort(linked.items.contacts[item[~linked.items.is_orphan[item]]])


def _movable(problem: Problem, plan: Plan, items: Items) -> Ints:
    """Return the contacts that may change hands: given by the rules, not locked, and not of a week that is over."""
    frame, who = plan.frame, plan.observer
    movable = (who != NOBODY) & ~plan.locked & (frame.week >= items.earliest)
    movable &= problem.pairs()[who, frame.participant] & problem.offers[who, frame.method]
    movable &= problem.available[who, frame.week]
    return np.flatnonzero(movable)


def _wider(problem: Problem, plan: Plan, best: Linked, movable: Ints, free: Ints) -> Ints:
    """Return what is free, and what stands in the way of those that are still left over; all if there is nothing."""
    frame, items = plan.frame, best.items
    in_the_way = np.zeros(len(frame), bool)
    in_the_way[free] = True
    for item in np.flatnonzero(best.choice.rows < 0).tolist():
        participant = frame.participant[items.contacts[item]]
        able = problem.pairs()[:, participant] & problem.offers[:, items.methods[item]].any(axis=1)
        theirs = able[plan.observer] & (plan.observer != NOBODY)
        in_the_way |= theirs & (np.isin(frame.week, items.weeks[item]) | (frame.participant == participant))
    wider = movable[in_the_way[movable]]
    return movable if len(wider) == len(free) else wider
