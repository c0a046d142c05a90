"""What no repair can beat: a flow that keeps every rule but that pairs meet once and a day has one contact."""

from dataclasses import dataclass, replace

import numpy as np

from assignments.planning.problem import Ints
from assignments.planning.repair_model import Items, Options, Room
from assignments.planning.shortages import find

UNPLACED = -1


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The option that each item has in the flow (``UNPLACED`` if none), and what they cost at the given prices."""

    rows: Ints
    cost: int

    @property
    def left_over(self) -> int:
        """How many items have no observer."""
        return int((self.rows == UNPLACED).sum())


def relaxed(room: Room, items: Items, options: Options, *, prices: Ints, past: Ints) -> Relaxed:
    """Return the cheapest flow from items over observers' weeks and observers; ``past`` is the price of nobody."""
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415 -- takes a while to load

    size = len(items)
    people, weeks = room.in_week.shape
    first_week, first_person = size, size + people * weeks
    sink = first_person + people
    slots, who = np.arange(people * weeks), np.arange(people)
    parts = [
        (options.item, first_week + options.observer * weeks + options.week, np.ones_like(options.item), prices),
        (np.arange(size), np.full(size, sink), np.ones(size, np.int64), past),
        (first_week + slots, first_person + slots // max(weeks, 1), room.in_week.ravel().clip(min=0), 0 * slots),
        (first_person + who, np.full(people, sink), room.in_season.clip(min=0), 0 * who),
    ]
    network = min_cost_flow.SimpleMinCostFlow()
    arcs = network.add_arcs_with_capacity_and_unit_cost(
        *(np.concatenate(column) for column in zip(*parts, strict=True))
    )
    network.set_nodes_supplies(np.arange(size), np.ones(size, np.int64))
    network.set_node_supply(sink, -size)
    rows = np.full(size, UNPLACED, np.int64)
    if network.solve() != network.OPTIMAL:
        return Relaxed(rows, 0)
    taken = np.flatnonzero(network.flows(arcs[: len(options)]))
    rows[options.item[taken]] = taken
    return Relaxed(rows, int(network.optimal_cost()))


def left_over_by_pairs(room: Room, items: Items) -> int:
    """Count what nobody can place, whatever the weeks: participants' observers are too few, or have no time."""
    if (items.methods.sum(axis=1) > 1).any():
        return 0
    quotas = np.zeros_like(room.problem.quotas)
    np.add.at(quotas, (room.frame.participant[items.contacts], items.methods.argmax(axis=1)), 1)
    rest = replace(
        room.problem,
        quotas=quotas,
        met=room.problem.met | room.meets,
        season_capacity=room.in_season.clip(min=0),
    )
    return sum(item.lacking for item in find(rest))
