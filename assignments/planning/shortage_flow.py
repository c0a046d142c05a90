"""The largest flow from observers to participants, whatever the weeks, and the narrowest place that holds it up."""

from dataclasses import dataclass

import numpy as np

from assignments.planning.problem import Bools, Ints, Problem


@dataclass(frozen=True, eq=False)
class Group:
    """Participants who together need more than their observers have room for; ``methods`` are the ones that matter."""

    participants: tuple[int, ...]
    methods: tuple[int, ...]
    needed: int
    lacking: int


@dataclass(frozen=True, eq=False)
class _Nodes:
    """Where in the network everybody is: observers, sets of methods, methods and participants, then source and sink."""

    observers: int
    participants: int
    methods: int

    @property
    def sets(self) -> int:
        """The first set of methods (participants × sets)."""
        return self.observers

    @property
    def asked(self) -> int:
        """The first method (participants × methods)."""
        return self.sets + self.participants * (1 << self.methods)

    @property
    def wanted(self) -> int:
        """The first participant."""
        return self.asked + self.participants * self.methods

    @property
    def source(self) -> int:
        return self.wanted + self.participants

    @property
    def sink(self) -> int:
        return self.source + 1


def usable(problem: Problem) -> tuple[Bools, Ints]:
    """Return who may contact whom by some method (observers × participants), and the set of methods as bits."""
    bits = 1 << np.arange(problem.quotas.shape[1])
    offers = (problem.offers * bits).sum(axis=1)
    asked = ((problem.quotas > 0) * bits).sum(axis=1)
    pairs = problem.pairs() & (problem.capacity() > 0)[:, None] & ((offers[:, None] & asked) > 0)
    return pairs, offers


def groups(problem: Problem, room: Ints) -> list[Group]:
    """Return what keeps participants from as many contacts as they have room for, each lacking on its own account.

    What the groups lack adds up to what the largest flow leaves over; each is as small as it can be.
    """
    pairs, offers = usable(problem)
    people, participants = pairs.shape
    nodes = _Nodes(people, participants, problem.quotas.shape[1])
    observer, participant = np.nonzero(pairs)
    asked = ((problem.quotas > 0) * (1 << np.arange(nodes.methods))).sum(axis=1)
    offered = offers[observer] & asked[participant]
    behind = _solve(problem, room, nodes, (observer, participant, offered))
    if behind is None:
        return []
    in_set = behind[nodes.sets + participant * (1 << nodes.methods) + offered]
    shared = np.zeros_like(pairs)
    shared[observer[in_set], participant[in_set]] = True
    cut = _Cut(
        observers=behind[: nodes.observers],
        participants=behind[nodes.wanted : nodes.source],
        asked=behind[nodes.asked : nodes.wanted].reshape(problem.quotas.shape) & (problem.quotas > 0),
        shared=shared,
    )
    return list(_parts(problem, room, cut))


@dataclass(frozen=True, eq=False)
class _Cut:
    """What lies behind the narrowest place, and the pairs that lead into it."""

    observers: Bools
    participants: Bools
    asked: Bools
    shared: Bools


def _solve(problem: Problem, room: Ints, nodes: _Nodes, pairs: tuple[Ints, Ints, Ints]) -> Bools | None:
    """Return the nodes behind the narrowest place, or nothing if the flow reaches everybody."""
    from ortools.graph.python import max_flow  # noqa: PLC0415 -- takes a while to load

    observer, participant, offered = pairs
    people, methods = np.arange(nodes.observers), np.arange(nodes.methods)
    inner = participant * (1 << nodes.methods) + offered
    used = np.unique(inner)
    row, method = np.nonzero((used[:, None] >> methods) & 1)
    whose = used[row] >> nodes.methods
    asked = np.arange(nodes.participants * nodes.methods)
    everybody = np.arange(nodes.participants)
    arcs = [
        (np.full(len(people), nodes.source), people, problem.capacity()),
        (observer, nodes.sets + inner, np.ones(len(observer), np.int64)),
        (nodes.sets + used[row], nodes.asked + whose * nodes.methods + method, problem.quotas[whose, method]),
        (nodes.asked + asked, nodes.wanted + asked // nodes.methods, problem.quotas.ravel()),
        (nodes.wanted + everybody, np.full(len(everybody), nodes.sink), room),
    ]
    network = max_flow.SimpleMaxFlow()
    network.add_arcs_with_capacity(*(np.concatenate(column) for column in zip(*arcs, strict=True)))
    network.solve(nodes.source, nodes.sink)
    if network.optimal_flow() == int(room.sum()):
        return None
    behind = np.zeros(nodes.sink + 1, bool)
    behind[np.asarray(network.get_sink_side_min_cut(), np.int64)] = True
    return behind


def _parts(problem: Problem, room: Ints, cut: _Cut) -> list[Group]:
    """Take apart what shares no observer whose time runs out."""
    people = cut.observers[:, None] & cut.shared
    label = _connected(people[:, cut.participants])
    members = np.flatnonzero(cut.participants)
    found = []
    for part in np.unique(label).tolist():
        own = members[label == part]
        asked = cut.asked[own]
        outside = (problem.quotas[own] * ~asked).sum(axis=1)
        single = cut.shared[~cut.observers][:, own].sum()
        shared = problem.capacity()[people[:, own].any(axis=1)].sum()
        lacking = int(room[own].sum() - outside.sum() - single - shared)
        if lacking > 0:
            methods = tuple(np.flatnonzero(asked.any(axis=0)).tolist())
            found.append(Group(tuple(own.tolist()), methods, int(room[own].sum() - outside.sum()), lacking))
    return found


def _connected(links: Bools) -> Ints:
    """Number the columns so that those that share a row, directly or over others, have the same number."""
    label = np.arange(links.shape[1])
    while len(label):
        lowest = np.where(links, label, links.shape[1]).min(axis=1)
        after = np.minimum(label, np.where(links, lowest[:, None], links.shape[1]).min(axis=0, initial=links.shape[1]))
        if (after == label).all():
            break
        label = after
    return label
