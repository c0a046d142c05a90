"""Weeks for contacts where dealing in turn does not do: around locked contacts, short weeks and scarce observers.

A min-cost flow from each participant and method over the participant's weeks to the weeks of the season: whole numbers
come out that are as even as they can be, in every participant's weeks and in every method's.
"""

import numpy as np

from assignments.planning.frame import Frame
from assignments.planning.objective import beside, week_ideals
from assignments.planning.problem import Floats, Ints, Problem

Columns = tuple[Ints, Ints, Ints]
# Prices. A contact that no observer has room for in its week, or that has no day, is nearly one that is not made.
UNEVEN, NO_DAY, NO_ROOM, NEARLY_NO_ROOM, MORE_THAN_EVEN, NOT_IN_TURN = 1_000, 2_000_000, 900_000, 400, 20, 1
NEARLY = 0.93


class _Network:
    """Arcs as they are added, solved at once."""

    def __init__(self) -> None:
        self.parts: list[tuple[Ints, Ints, Ints, Ints]] = []

    def add(self, tail: Ints, head: Ints, capacity: Ints, price: Ints | int) -> None:
        """Add arcs; all arguments go together in shape."""
        sized = np.broadcast_arrays(tail, head, capacity, price)
        self.parts.append((sized[0].ravel(), sized[1].ravel(), sized[2].ravel(), sized[3].ravel()))

    def solve(self, supply: Ints, sink: int) -> list[Ints]:
        """Return what flows over the arcs of each addition, from the first nodes to the sink."""
        from ortools.graph.python import min_cost_flow  # noqa: PLC0415 -- takes a while to load

        network = min_cost_flow.SimpleMinCostFlow()
        columns = [np.concatenate(column).astype(np.int64) for column in zip(*self.parts, strict=True)]
        arcs = network.add_arcs_with_capacity_and_unit_cost(*columns)
        network.set_nodes_supplies(np.arange(len(supply)), supply)
        network.set_node_supply(sink, -int(supply.sum()))
        if network.solve() != network.OPTIMAL:  # pragma: no cover -- the last arcs have no end
            message = "The network has no flow."
            raise RuntimeError(message)
        return np.split(network.flows(arcs), np.cumsum([len(part[0]) for part in self.parts])[:-1])


def week_room(problem: Problem) -> Ints:
    """Return how many contacts all observers together have room for in each week."""
    most = np.minimum(problem.weekly_capacity, problem.season_capacity) * problem.may_work
    room: Ints = (problem.available * most[:, None]).sum(axis=0)
    return room


def even_weeks(problem: Problem, quotas: Ints, locked: Frame, contacts: Columns) -> Ints:
    """Return a week for each contact (participant, method, the week it would have in turn), in the same order."""
    participants, methods = quotas.shape
    weeks, size = problem.weeks, participants * methods
    in_turn = np.zeros((participants, methods, weeks), np.int64)
    np.add.at(in_turn, contacts, 1)
    own = np.zeros_like(in_turn)
    dated = locked.taken(np.flatnonzero(locked.week >= 0))
    np.add.at(own, (dated.participant, dated.method, dated.week), 1)
    network = _Network()
    middle = size + np.arange(participants * weeks).reshape(participants, weeks)
    ideals = week_ideals(problem)
    tail = np.arange(size).reshape(participants, methods, 1)
    head = np.broadcast_to(middle[:, None, :], in_turn.shape)
    for capacity, price in _steps(ideals[:, :, None], own, quotas[:, :, None]):
        network.add(tail, head, capacity, price + NOT_IN_TURN * (in_turn == 0))
    steps = len(network.parts)
    end = size + participants * weeks + np.arange(weeks)
    _over_days(network, problem, own.sum(axis=1), (middle, end))
    _over_weeks(network, problem, own.sum(axis=(0, 1)), (end, int(quotas.sum())))
    flows = network.solve(quotas.ravel(), int(end[-1]) + 1)
    return _given_out(sum(flows[1:steps], flows[0]).reshape(in_turn.shape), contacts)


def _steps(ideal: Floats, own: Ints, most: Ints) -> list[tuple[Ints, int]]:
    """Return capacities and prices of what fills up to the number below the ideal, to that above, and beyond."""
    low, high = (np.maximum(bound - own, 0) for bound in beside(ideal))
    return [(low, 0), (high - low, UNEVEN), (np.broadcast_to(most, own.shape), 2 * UNEVEN)]


def _over_days(network: _Network, problem: Problem, own: Ints, nodes: tuple[Ints, Ints]) -> None:
    """Lead each participant's week to the week: evenly, and on as many days as there are; further ones at a price."""
    middle, end = nodes
    left = np.maximum(problem.days() - own, 0)
    most = np.broadcast_to(problem.contacts()[:, None], own.shape)
    for capacity, price in _steps(week_ideals(problem).sum(axis=1)[:, None], own, most):
        within = np.minimum(capacity, left)
        network.add(middle, end, within, price)
        left = left - within
    # Those beyond its days go where there is an open day at all.
    network.add(middle, end, most * (problem.days() > 0), NO_DAY)


def _over_weeks(network: _Network, problem: Problem, own: Ints, end: tuple[Ints, int]) -> None:
    """Lead the weeks to the sink: up to an even share of all, to what observers have room for, and beyond."""
    weeks, contacts = end
    room = np.maximum(week_room(problem) - own, 0)
    limits = [(np.full_like(room, -(-contacts // len(problem.open_weeks()))), MORE_THAN_EVEN)]
    limits += [(np.floor(NEARLY * room).astype(np.int64), NEARLY_NO_ROOM), (room, NO_ROOM)]
    marks = np.sort(np.stack([limit for limit, _price in limits]), axis=0)
    begins = np.concatenate([np.zeros_like(marks[:1]), marks])
    ends = np.concatenate([marks, np.maximum(marks[-1:] + contacts, contacts)])
    for begin, stop in zip(begins, ends, strict=True):
        price = sum(price * (begin >= limit) for limit, price in limits)
        network.add(weeks, np.full_like(weeks, weeks[-1] + 1), stop - begin, price)


def _given_out(counts: Ints, contacts: Columns) -> Ints:
    """Give each contact one of the weeks of its participant and method, the week it has in turn if that is left."""
    participant, method, in_turn = contacts
    chosen = np.full(len(participant), -1, np.int64)
    for contact, cell in enumerate(zip(participant.tolist(), method.tolist(), in_turn.tolist(), strict=True)):
        if counts[cell] > 0:
            counts[cell] -= 1
            chosen[contact] = cell[2]
    for contact in np.flatnonzero(chosen < 0).tolist():
        week = int(counts[participant[contact], method[contact]].argmax())
        counts[participant[contact], method[contact], week] -= 1
        chosen[contact] = week
    return chosen
