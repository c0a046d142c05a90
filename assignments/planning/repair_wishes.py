"""The wishes of a repair: observers changed for others, or exchanged, as long as loads, scores and mixes gain by it."""

from dataclasses import dataclass

import numpy as np

from assignments.planning.objective import beside, level_shares, levels, score_costs, targets
from assignments.planning.plan import NOBODY, Plan, Weights
from assignments.planning.problem import Bools, Floats, Ints, Problem
from assignments.planning.repair_model import Items, Room

ROUNDS = 200
# A round looks at every contact with every observer: of very many there are fewer rounds.
MOST_LOOKED_AT = 150_000_000
# Comparing every two contacts takes room: more than so many are not compared.
MOST_COMPARED = 2_000
# Of the changes that a round finds, so many of the best are made, if they have nobody in common.
MOST_MADE = 20_000
GAIN = 1e-9


@dataclass(frozen=True, eq=False)
class _Step:
    """What changing a contact's observer would add to J (contacts × observers); endless where a rule forbids it."""

    change: Floats
    exchange: Floats


def improve(problem: Problem, plan: Plan, items: Items, *, weights: Weights) -> Plan:
    """Return the plan with orphans' observers chosen so that no change of one, or exchange of two, makes J less.

    Weeks, methods and everybody else stay; so does who is without an observer, and who has kept theirs. With very many
    orphans it ends after fewer rounds, which may leave something to gain.
    """
    free = items.is_orphan & (plan.observer[items.contacts] != NOBODY)
    free &= ~(items.may_keep & (plan.observer[items.contacts] == items.before))
    if not free.any():
        return plan
    search = _Search(problem, plan, items, np.flatnonzero(free), weights)
    looked_at = int(free.sum()) * len(problem.scores)
    for _ in range(min(ROUNDS, MOST_LOOKED_AT // looked_at + 1)):
        if not search.step():
            break
    observer = plan.observer.copy()
    observer[search.contacts] = search.observer
    return Plan(plan.frame, observer, plan.locked)


class _Search:
    """The contacts that are free, what they may have, and the counts that their observers make."""

    def __init__(self, problem: Problem, plan: Plan, items: Items, free: Ints, weights: Weights) -> None:
        frame = plan.frame
        self.problem, self.weights = problem, weights
        self.contacts = items.contacts[free]
        self.observer = plan.observer[self.contacts].copy()
        self.participant, self.week = frame.participant[self.contacts], frame.week[self.contacts]
        self.room = Room(problem, plan, self.contacts)
        self.allowed = self._allowed(items, free, frame.method[self.contacts])
        self.meets = self.room.meets.copy()
        self.meets[self.observer, self.participant] = True
        self.in_week, self.in_season, self.load = (
            self.room.in_week.copy(),
            self.room.in_season.copy(),
            self.room.load.copy(),
        )
        np.subtract.at(self.in_week, (self.observer, self.week), 1)
        np.subtract.at(self.in_season, self.observer, 1)
        np.add.at(self.load, self.observer, 1)
        self.target = targets(problem, int(self.load.sum()))
        self.scores = score_costs(problem)
        self._mix(plan)

    def step(self) -> bool:
        """Make the changes that gain most and have nobody in common; tell whether there were any."""
        step = self._steps()
        gains = np.concatenate([step.change.ravel(), step.exchange.ravel()])
        order = np.flatnonzero(gains < -GAIN)
        if len(order) > MOST_MADE:
            order = order[np.argpartition(gains[order], MOST_MADE)[:MOST_MADE]]
        order = order[np.argsort(gains[order], kind="stable")]
        touched: set[tuple[str, int]] = set()
        for move in order.tolist():
            self._make(move, touched)
        return len(order) > 0

    def _make(self, move: int, touched: set[tuple[str, int]]) -> None:
        """Make one change, unless it meets somebody whom another of the same step has met."""
        people = len(self.load)
        if move < len(self.contacts) * people:
            contact, observer = divmod(move, people)
            given = {contact: observer}
        else:
            first, second = divmod(move - len(self.contacts) * people, len(self.contacts))
            given = {first: int(self.observer[second]), second: int(self.observer[first])}
        meets = {("participant", int(self.participant[contact])) for contact in given}
        meets |= {("observer", observer) for observer in given.values()}
        meets |= {("observer", int(self.observer[contact])) for contact in given}
        if touched & meets:
            return
        touched |= meets
        for contact in given:
            self._count(contact, -1)
        for contact, observer in given.items():
            self.observer[contact] = observer
        for contact in given:
            self._count(contact, 1)

    def _count(self, contact: int, sign: int) -> None:
        observer, participant = self.observer[contact], self.participant[contact]
        self.in_week[observer, self.week[contact]] -= sign
        self.in_season[observer] -= sign
        self.load[observer] += sign
        self.meets[observer, participant] = sign > 0
        own = self.levels[observer]
        np.add.at(self.counts[participant], own[own >= 0], sign)

    def _allowed(self, items: Items, free: Ints, methods: Ints) -> Bools:
        problem = self.problem
        allowed: Bools = (
            problem.pairs().T[self.participant]
            & problem.offers.T[methods]
            & problem.available.T[self.week]
            & ~self.room.meets.T[self.participant]
        )
        place = {int(item): row for row, item in enumerate(free)}
        for item, observer in items.forbidden:
            if item in place:
                allowed[place[item], observer] = False
        before = items.before[free]
        leaves = (before != NOBODY) & ~items.may_keep[free]
        allowed[np.flatnonzero(leaves), before[leaves]] = False
        return allowed

    def _mix(self, plan: Plan) -> None:
        """Count each participant's contacts by level, beside what would be an even mix."""
        problem, given = self.problem, plan.observer != NOBODY
        self.levels = levels(problem)
        shares = level_shares(problem)
        numbered = self.levels[plan.observer[given]]
        self.counts = np.zeros((len(problem.quotas), len(shares)), np.int64)
        rows = np.broadcast_to(plan.frame.participant[given][:, None], numbered.shape)
        np.add.at(self.counts, (rows[numbered >= 0], numbered[numbered >= 0]), 1)
        self.low, self.high = beside(problem.quotas.sum(axis=1)[:, None] * shares)

    def _steps(self) -> _Step:
        """Return what every change and exchange would add to J."""
        rows, now = np.arange(len(self.contacts)), self.observer
        mix = self.weights.demographics * self._mix_change()
        more = self.weights.load * (2 * (self.load - self.target) + 1) + self.weights.score * self.scores
        less = self.weights.load * (2 * (self.load - self.target) - 1) + self.weights.score * self.scores
        has_met = self.meets.T[self.participant]
        able = self.allowed & ~has_met & (self.in_season > 0) & (self.in_week.T[self.week] > 0)
        able[rows, now] = False
        change = np.where(able, mix + more - less[now][:, None], np.inf)
        if len(rows) > MOST_COMPARED:
            return _Step(change, np.zeros(0))
        takes = (self.allowed & ~has_met)[:, now] & (
            (self.in_week[now][:, self.week].T > 0) | (self.week[:, None] == self.week)
        )
        exchange = np.where(np.triu(takes & takes.T, 1), mix[:, now] + mix[:, now].T, np.inf)
        return _Step(change, exchange)

    def _mix_change(self) -> Floats:
        """Return what each contact's participant would gain or lose in its mix by each observer."""
        added = self._excess(self.counts + 1) - self._excess(self.counts)
        removed = self._excess(self.counts - 1) - self._excess(self.counts)
        change = np.zeros((len(self.contacts), len(self.load)))
        for trait in range(self.levels.shape[1]):
            after, before = self.levels[:, trait], self.levels[self.observer, trait]
            differs = after != before[:, None]
            gains = np.where(after >= 0, added[self.participant][:, after], 0)
            loses = np.where(before >= 0, removed[self.participant, before], 0)
            change += np.where(differs, gains + loses[:, None], 0)
        return change

    def _excess(self, counts: Ints) -> Ints:
        excess: Ints = np.maximum(self.low - counts, 0) + np.maximum(counts - self.high, 0)
        return excess
