"""The exact search of a repair: fewest left over, then fewest that change hands, then least moved in time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from assignments.planning.plan import NOBODY
from assignments.planning.problem import Bools, Ints
from assignments.planning.repair_bound import UNPLACED, left_over_by_pairs, relaxed
from assignments.planning.repair_model import Items, Options, Room


@dataclass(frozen=True, eq=False)
class Choice:
    """The option taken for each item (``UNPLACED`` if none), and whether no other choice is better."""

    rows: Ints
    is_proven: bool

    @property
    def left_over(self) -> int:
        """How many items have no observer."""
        return int((self.rows == UNPLACED).sum())


def choose(room: Room, items: Items, options: Options, *, seconds: float, seed: int) -> Choice:
    """Return the best choice there is or, when time is out, the best found.

    Better is, in this order: fewer items left over, methods nearer to the split, fewer that change hands, a smaller
    move in time. Beyond that, contacts that move keep away from weeks in which their participant has enough.
    """
    aims = _Aims(room, items, options)
    bound = relaxed(room, items, options, prices=aims.prices, past=aims.past)
    starts = [_one_by_one(room, items, options, bound.rows, spread=spread) for spread in (True, False)]
    reached = [start for start in starts if aims.cost(start, crowded=0) == bound.cost]
    start = min(reached or starts, key=lambda rows: aims.cost(rows, crowded=1))
    if reached or not len(options):
        return Choice(start, is_proven=True)
    if seconds <= 0:
        return Choice(start, is_proven=False)
    model = _Model(room, items, options, aims)
    model.hint(start, bound.cost)
    return model.solve(start, seconds=seconds, seed=seed)


class _Aims:
    """The price of each option and of nobody, so that the least of one aim outweighs all of the next.

    ``split`` and ``crowded`` are the cells (options, limit) of which each contact above the limit has a price as well.
    """

    def __init__(self, room: Room, items: Items, options: Options) -> None:
        self.options, size = options, len(items)
        participant = room.frame.participant[items.contacts[options.item]]
        self.split = _split(room, items, options, participant)
        self.crowded = _crowded(room, items, options, participant)
        of_shift = 1 + sum(self.most_above(*cell) for cell in self.crowded)
        of_change = of_shift * (size * (1 + int(options.shift.max(initial=0))) + 1)
        self.of_split = of_change * (size + 1)
        of_nobody = self.of_split * (1 + sum(self.most_above(*cell) for cell in self.split))
        self.prices: Ints = of_shift * options.shift + of_change * options.is_change
        self.past: Ints = np.where(items.is_orphan, of_nobody, of_nobody * (size + 1))

    def most_above(self, rows: Ints, limit: int) -> int:
        """Return how far the items of a cell can be above its limit."""
        return max(len(np.unique(self.options.item[rows])) - limit, 0)

    def cost(self, rows: Ints, *, crowded: int) -> int:
        """Return what these options cost, with a price for each contact in a crowded week."""
        taken = rows[rows != UNPLACED]
        cost = int(self.prices[taken].sum() + self.past[rows == UNPLACED].sum())
        for cells, weight in ((self.split, self.of_split), (self.crowded, crowded)):
            cost += weight * sum(max(int(np.isin(taken, cell).sum()) - limit, 0) for cell, limit in cells)
        return cost


class _Model:
    """A model of whole numbers: one switch for each option, one for each orphan that is left over."""

    def __init__(self, room: Room, items: Items, options: Options, aims: _Aims) -> None:
        from ortools.sat.python import cp_model  # noqa: PLC0415 -- takes a while to load

        self.solver, self.model = cp_model.CpSolver(), cp_model.CpModel()
        self.sum = cp_model.LinearExpr.weighted_sum
        self.known = (cp_model.OPTIMAL, cp_model.FEASIBLE)
        self.optimal = cp_model.OPTIMAL
        self.room, self.items, self.options = room, items, options
        self.switches = [self.model.new_bool_var("") for _ in range(len(options))]
        self.left_over = [self.model.new_bool_var("") for _ in range(len(items))]
        self._rules()
        self._aim(aims)

    def solve(self, start: Ints, *, seconds: float, seed: int) -> Choice:
        parameters = self.solver.parameters
        parameters.num_workers, parameters.random_seed, parameters.linearization_level = 1, seed, 2
        parameters.max_time_in_seconds = seconds
        status = self.solver.solve(self.model)
        if status not in self.known:
            return Choice(start, is_proven=False)
        rows = np.full(len(self.items), UNPLACED, np.int64)
        taken = np.flatnonzero([self.solver.boolean_value(switch) for switch in self.switches])
        rows[self.options.item[taken]] = taken
        return Choice(rows, status == self.optimal)

    def hint(self, start: Ints, bound: int) -> None:
        """Say where to start, and below what there is nothing to be found."""
        self.model.add(self.aim >= bound)
        self.model.add(sum(self.left_over) >= left_over_by_pairs(self.room, self.items))
        taken = set(start.tolist())
        for row, switch in enumerate(self.switches):
            self.model.add_hint(switch, row in taken)
        for item, switch in enumerate(self.left_over):
            self.model.add_hint(switch, bool(start[item] == UNPLACED))

    def _rules(self) -> None:
        options, room, model = self.options, self.room, self.model
        participant = room.frame.participant[self.items.contacts[options.item]]
        groups = dict(_alike(options.item))
        for item, left_over in enumerate(self.left_over):
            own = [self.switches[row] for row in groups.get((item,), ())]
            model.add_exactly_one([*own, left_over])
            if not self.items.is_orphan[item]:
                model.add(left_over == 0)
        for (observer, week), rows in _alike(options.observer, options.week):
            self._at_most(rows, int(room.in_week[observer, week]))
        for (observer,), rows in _alike(options.observer):
            self._at_most(rows, int(room.in_season[observer]))
        for _pair, rows in _alike(options.observer, participant):
            self._at_most(rows, 1)
        for (whose, week), rows in _alike(participant, options.week):
            self._at_most(rows, int(room.days[whose, week].sum()))

    def _at_most(self, rows: Ints, limit: int) -> None:
        if len(np.unique(self.options.item[rows])) <= limit:
            return
        switches = [self.switches[row] for row in rows]
        if limit == 1:
            self.model.add_at_most_one(switches)
        else:
            self.model.add(sum(switches) <= limit)

    def _aim(self, aims: _Aims) -> None:
        priced = np.flatnonzero(aims.prices)
        terms = [*self.left_over, *(self.switches[row] for row in priced)]
        weights = [*aims.past.tolist(), *aims.prices[priced].tolist()]
        for cells, weight in ((aims.split, aims.of_split), (aims.crowded, 1)):
            above = [self._above(rows, limit, aims.most_above(rows, limit)) for rows, limit in cells]
            terms += above
            weights += [weight] * len(above)
        self.aim = self.sum(terms, weights)
        self.model.minimize(self.aim)

    def _above(self, rows: Ints, limit: int, most: int) -> Any:
        """Return a number that is at least what a cell has above its limit."""
        number = self.model.new_int_var(0, most, "")
        self.model.add(number >= sum(self.switches[row] for row in rows) - limit)
        return number


def _crowded(room: Room, items: Items, options: Options, participant: Ints) -> list[tuple[Ints, int]]:
    """Return the weeks of participants into which contacts can come from others, with their even shares."""
    problem, own = room.problem, room.frame.week[items.contacts[options.item]]
    moves = own != options.week
    comes_in = set(zip(participant[moves].tolist(), options.week[moves].tolist(), strict=True))
    share = -(-problem.quotas.sum(axis=1) // max(problem.weeks, 1))
    spare = share[:, None] - room.counts
    cells = [(rows, int(spare[key])) for key, rows in _alike(participant, options.week) if key in comes_in]
    return [(rows, limit) for rows, limit in cells if len(np.unique(options.item[rows])) > limit]


def _split(room: Room, items: Items, options: Options, participant: Ints) -> list[tuple[Ints, int]]:
    """Return, of participants with a choice of methods, the methods with what the split leaves of each."""
    asked = set(room.frame.participant[items.contacts[items.methods.sum(axis=1) > 1]].tolist())
    cells = [
        (rows, int(room.split[whose, method]))
        for (whose, method), rows in _alike(participant, options.method)
        if whose in asked
    ]
    return [(rows, limit) for rows, limit in cells if len(np.unique(options.item[rows])) > limit]


def _one_by_one(room: Room, items: Items, options: Options, preferred: Ints, *, spread: bool) -> Ints:
    """Place the items with the fewest options first: as preferred or, if that breaks a rule, by the cheapest left.

    To spread them is to prefer, of what costs no more, the week in which the participant has fewest contacts.
    """
    rows = np.full(len(items), UNPLACED, np.int64)
    in_week, in_season, meets = room.in_week.copy(), room.in_season.copy(), room.meets.copy()
    days, counts = room.days.sum(axis=2), room.counts.copy()
    groups = dict(_alike(options.item))
    for (item,), own in sorted(groups.items(), key=lambda group: (bool(items.is_orphan[group[0][0]]), len(group[1]))):
        who, week = options.observer[own], options.week[own]
        participant = room.frame.participant[items.contacts[item]]
        free = (in_week[who, week] > 0) & (in_season[who] > 0) & (days[participant, week] > 0)
        free &= ~meets[who, participant]
        if not free.any():
            continue
        price = np.stack([options.is_change[own], options.shift[own]])
        crowd = counts[participant, week] * spread
        is_other = own != preferred[item]
        order = np.lexsort((-in_season[who], price[1], price[0], is_other, crowd, _dearer(price, ~is_other), ~free))
        taken = int(own[order[0]])
        rows[item] = taken
        observer, when = options.observer[taken], options.week[taken]
        in_week[observer, when] -= 1
        in_season[observer] -= 1
        meets[observer, participant] = True
        days[participant, when] -= 1
        counts[participant, when] += 1
    return rows


def _dearer(price: Ints, is_preferred: Bools) -> Bools:
    """Tell which options change hands or move in time where the preferred one, if there is any, does not."""
    if not is_preferred.any():
        return np.zeros(len(is_preferred), bool)
    dearer: Bools = np.logical_or.reduce(price > price[:, is_preferred])
    return dearer


def _alike(*columns: Ints) -> Iterator[tuple[tuple[int, ...], Ints]]:
    """Give the rows that are alike in all columns, with what they are alike in, in order."""
    if not len(columns[0]):
        return
    order = np.lexsort((np.arange(len(columns[0])), *reversed(columns)))
    sorted_columns = [column[order] for column in columns]
    changes = np.any([column[1:] != column[:-1] for column in sorted_columns], axis=0)
    begins = np.concatenate([[0], np.flatnonzero(changes) + 1])
    for begin, rows in zip(begins, np.split(order, begins[1:]), strict=True):
        yield tuple(int(column[begin]) for column in sorted_columns), rows


def placed(options: Options, choice: Choice) -> tuple[Ints, Ints, Ints]:
    """Return observer, week and method of each item, ``NOBODY`` where it has none."""
    rows = choice.rows
    if not len(options):
        nobody = np.full(len(rows), NOBODY, np.int64)
        return nobody, nobody, nobody
    found = rows != UNPLACED
    return (
        np.where(found, options.observer[rows], NOBODY),
        np.where(found, options.week[rows], NOBODY),
        np.where(found, options.method[rows], NOBODY),
    )
