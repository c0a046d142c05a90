"""What no plan can beat: an exact min-cost flow from participants over pairs to observers, whatever the weeks."""

from dataclasses import dataclass

import numpy as np

from assignments.planning.objective import score_costs, targets
from assignments.planning.plan import NOBODY, Plan, Weights
from assignments.planning.problem import Bools, Floats, Ints, Problem

# Above so many pairs only some of each participant's are tried; if that comes as near as this to what no choice of
# pairs can beat, the rest need not be looked at.
MANY_PAIRS, VERY_MANY_PAIRS = 300_000, 6_000_000
NEAR = 1e-4
FEWEST_TRIED, MORE_TRIED = 3, 4
# Contacts beyond the target that get an arc, and a price, each; those beyond share the price of the first.
ROOM_ABOVE = 12
# Prices are whole numbers for the solver: the dearest is about this.
DEAREST = 1e7
NO_PRICE_BEATS = 64


@dataclass(frozen=True, eq=False)
class Rest:
    """What is left to plan: contacts by participant and method, pairs, and what each observer has already and may.

    ``offers`` has a bit for each method that the observer offers, ``days`` how many each participant has left.
    """

    quotas: Ints
    pairs: Bools
    offers: Ints
    load: Ints
    room: Ints
    days: Ints

    @classmethod
    def of(cls, problem: Problem, kept: Plan | None = None) -> "Rest":
        """Take what is locked in the kept plan out of the problem."""
        capacity, days = problem.capacity(), np.full(len(problem.quotas), int(problem.days().sum()))
        offers = (problem.offers << np.arange(problem.offers.shape[1])).sum(axis=1)
        if kept is None:
            return cls(problem.quotas, problem.pairs(), offers, np.zeros_like(capacity), capacity, days)
        frame, given = kept.frame, kept.locked & (kept.observer != NOBODY)
        quotas, pairs = problem.quotas.copy(), problem.pairs()
        np.subtract.at(quotas, (frame.participant[kept.locked], frame.method[kept.locked]), 1)
        pairs[kept.observer[given], frame.participant[given]] = False
        load = np.bincount(kept.observer[given], minlength=len(capacity))
        np.subtract.at(days, frame.participant[given], 1)
        return cls(np.maximum(quotas, 0), pairs, offers, load, np.maximum(capacity - load, 0), np.maximum(days, 0))


@dataclass(frozen=True, eq=False)
class Flow:
    """A best flow: contacts without an observer by participant, and what the rest cost in loads and scores."""

    short: Ints
    cost: float


@dataclass(frozen=True, eq=False)
class _Arcs:
    """Arcs of a network by tail, head, capacity and price."""

    tail: Ints
    head: Ints
    capacity: Ints
    price: Floats

    @classmethod
    def joined(cls, parts: list["_Arcs"]) -> "_Arcs":
        tail, head, capacity = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("tail", "head", "capacity")
        )
        return cls(tail, head, capacity, np.concatenate([part.price for part in parts]))


def best_flow(problem: Problem, rest: Rest, weights: Weights) -> Flow:
    """Return a flow that leaves the fewest contacts without an observer, and of those the cheapest."""
    assigned = int(rest.quotas.sum() + rest.load.sum())
    flow = _cheapest(problem, rest, weights, assigned)
    short = int(flow.short.sum())
    # The targets share out what is assigned, which is known only now.
    return _cheapest(problem, rest, weights, assigned - short) if short else flow


def _cheapest(problem: Problem, rest: Rest, weights: Weights, assigned: int) -> Flow:
    units = _units(problem, rest, weights, assigned)
    constant = weights.load * float(((rest.load - targets(problem, assigned)) ** 2).sum())
    constant += weights.score * float((score_costs(problem) * rest.load).sum())
    pairs = int(rest.pairs.sum())
    tried = FEWEST_TRIED if pairs > MANY_PAIRS else 0
    least = _least(rest, units, constant) if tried else 0.0
    if pairs > VERY_MANY_PAIRS:
        return Flow(np.maximum(rest.quotas.sum(axis=1) - rest.pairs.sum(axis=0), 0), least)
    while True:
        chosen = _some(rest, tried)
        flow = _solved(rest, chosen, units, constant)
        if not tried:
            return flow
        if not flow.short.any() and flow.cost - least <= NEAR * abs(least):
            return Flow(flow.short, least)
        tried = tried * MORE_TRIED if tried * MORE_TRIED * rest.quotas.sum(axis=1).mean() < len(rest.load) else 0


def _units(problem: Problem, rest: Rest, weights: Weights, assigned: int) -> _Arcs:
    """Return an arc for each further contact of each observer, dearer by and by; the tail is the observer's number."""
    target = targets(problem, assigned)
    room = np.minimum(rest.room, rest.pairs.sum(axis=1))
    priced = np.minimum(room, np.maximum(np.ceil(target).astype(np.int64) - rest.load, 0) + ROOM_ABOVE)
    arcs = priced + (room > priced)
    who = np.repeat(np.arange(len(room)), arcs)
    place = np.arange(len(who)) - np.repeat(np.cumsum(arcs) - arcs, arcs)
    is_rest = place == priced[who]
    step = 2 * (rest.load[who] + place + 1) - 1 - 2 * target[who]
    price = weights.load * step + weights.score * score_costs(problem)[who]
    return _Arcs(who, np.zeros_like(who), np.where(is_rest, room[who] - priced[who], 1), price)


def _least(rest: Rest, units: _Arcs, constant: float) -> float:
    """Return what the cheapest contacts of all observers cost, whoever may contact whom."""
    needed = int(rest.quotas.sum())
    order = np.argsort(units.price, kind="stable")
    before = np.cumsum(units.capacity[order]) - units.capacity[order]
    taken = np.clip(needed - before, 0, units.capacity[order])
    return constant + float((taken * units.price[order]).sum())


def _some(rest: Rest, tried: int) -> Bools:
    """Return as many times each participant's contacts in pairs, drawn by chance that is always the same; 0: all."""
    if not tried:
        return rest.pairs
    wanted = rest.quotas.sum(axis=1) * tried
    chosen = np.zeros_like(rest.pairs)
    rng = np.random.default_rng(0)
    for participant in range(len(wanted)):
        able = np.flatnonzero(rest.pairs[:, participant])
        drawn = able if len(able) <= wanted[participant] else rng.choice(able, wanted[participant], replace=False)
        chosen[drawn, participant] = True
    return chosen


def _solved(rest: Rest, pairs: Bools, units: _Arcs, constant: float) -> Flow:
    """Solve the network: participant and method → set of methods → observer → sink, or past everybody to the sink."""
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415 -- takes a while to load

    participants, methods = rest.quotas.shape
    sets = 1 << methods
    first_set = participants * methods
    first_past = first_set + participants * sets
    first_observer = first_past + participants
    sink = first_observer + len(rest.load)
    dearest = float(np.abs(units.price).max(initial=0.0)) + 1.0
    past = _past(rest, first_past, sink, NO_PRICE_BEATS * dearest)
    arcs = _Arcs.joined(
        [
            past,
            _Arcs(units.tail + first_observer, np.full(len(units.tail), sink), units.capacity, units.price),
            _into_past(rest, first_past),
            *_over_pairs(rest, pairs, first_set, first_observer),
        ]
    )
    network = min_cost_flow.SimpleMinCostFlow()
    prices = np.rint(arcs.price * (DEAREST / dearest)).astype(np.int64)
    numbers = network.add_arcs_with_capacity_and_unit_cost(arcs.tail, arcs.head, arcs.capacity, prices)
    network.set_nodes_supplies(np.arange(first_set), rest.quotas.ravel())
    network.set_node_supply(sink, -int(rest.quotas.sum()))
    if network.solve() != network.OPTIMAL:  # pragma: no cover -- everything can go past
        message = "The network has no flow."
        raise RuntimeError(message)
    taken = network.flows(numbers[: len(past.tail) + len(units.tail)])
    short = np.bincount(past.tail - first_past, weights=taken[: len(past.tail)], minlength=participants)
    cost = constant + float((taken[len(past.tail) :] * units.price).sum())
    return Flow(short.astype(np.int64), cost)


def _past(rest: Rest, first_past: int, sink: int, price: float) -> _Arcs:
    """Let contacts go without an observer: first, and always, those for which a participant has too few days."""
    contacts = rest.quotas.sum(axis=1)
    forced = np.maximum(contacts - rest.days, 0)
    tail = np.tile(np.arange(len(contacts)) + first_past, 2)
    capacity = np.concatenate([forced, contacts - forced])
    return _Arcs(tail, np.full(len(tail), sink), capacity, np.repeat([-price, price], len(contacts)))


def _into_past(rest: Rest, first_past: int) -> _Arcs:
    participants, methods = rest.quotas.shape
    head = np.repeat(np.arange(participants) + first_past, methods)
    return _Arcs(np.arange(participants * methods), head, rest.quotas.ravel(), np.zeros(participants * methods))


def _over_pairs(rest: Rest, pairs: Bools, first_set: int, first_observer: int) -> list[_Arcs]:
    """Return arcs from each method into each set that holds it, and from the set that an observer offers to it."""
    methods = rest.quotas.shape[1]
    bits, sets = 1 << np.arange(methods), 1 << methods
    wanted = ((rest.quotas > 0) * bits).sum(axis=1)
    participant, observer = np.nonzero(pairs.T)
    offered = rest.offers[observer] & wanted[participant]
    participant, observer, offered = (column[offered > 0] for column in (participant, observer, offered))
    node = participant * sets + offered
    used = np.unique(node)
    row, bit = np.nonzero((used[:, None] & (sets - 1) & bits) > 0)
    into = _Arcs(
        used[row] // sets * methods + bit,
        used[row] + first_set,
        rest.quotas.ravel()[used[row] // sets * methods + bit],
        np.zeros(len(row)),
    )
    ones = np.ones(len(node), np.int64)
    return [into, _Arcs(node + first_set, observer + first_observer, ones, np.zeros(len(node)))]
