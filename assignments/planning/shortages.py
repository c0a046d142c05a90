"""Why contacts go without an observer: the shortages of a season, each on its own account, the largest first."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assignments.planning.frame import Frame
from assignments.planning.plan import Shortage
from assignments.planning.problem import Ints, Problem
from assignments.planning.shortage_flow import Group, groups, usable


def find(problem: Problem, frame: Frame | None = None) -> tuple[Shortage, ...]:
    """Return what keeps contacts from having an observer, those first that cost most contacts; nothing if all can.

    No contact is counted twice: what is lacking adds up. Without a frame, and where none of its weeks has more than
    its observers have room for, it is exactly what the largest flow leaves over. What a week lacks, other weeks may
    make up for, less evenly.
    """
    contacts = int(problem.quotas.sum())
    if not contacts:
        return ()
    if not problem.open_days.any():
        return (Shortage(kind="no_weeks", needed=contacts, room=0),)
    if not problem.capacity().any():
        return (Shortage(kind="season", needed=contacts, room=0),)
    alone = _alone(problem)
    together = _together(problem, groups(problem, alone.room), int(alone.room.sum()))
    weeks = [] if frame is None else list(_weeks(problem, frame))
    found = [*_days(problem, alone), *_participants(problem, alone), *_apart(problem, together, weeks)]
    return tuple(sorted(found, key=lambda item: (-item.lacking, item.kind, item.participants, item.week or 0)))


def uneven_weeks(problem: Problem) -> tuple[Shortage, ...]:
    """Return the weeks whose observers have room for fewer contacts than an even plan has there at the least.

    What is lacking can be made up for in other weeks, at the cost of being less even.
    """
    weeks = max(int(problem.open_days.any(axis=1).sum()), 1)
    needed = int((problem.quotas.sum(axis=1) // weeks).sum())
    most = np.minimum(problem.weekly_capacity, problem.season_capacity) * problem.may_work
    room = (problem.available * most[:, None]).sum(axis=0)
    short = np.flatnonzero(problem.open_days.any(axis=1) & (room < needed))
    return tuple(Shortage(kind="week", needed=needed, room=int(room[week]), week=week) for week in short.tolist())


@dataclass(frozen=True, eq=False)
class _Alone:
    """How many contacts each participant could have if it were the only one, and what holds it up.

    ``days`` is what the season's open days leave room for, ``people`` what the observers do, ``methods`` (bits) the
    methods that observers are too few for.
    """

    room: Ints
    days: Ints
    people: Ints
    methods: Ints


def _alone(problem: Problem) -> _Alone:
    contacts = problem.quotas.sum(axis=1)
    pairs, offers = usable(problem)
    methods = problem.quotas.shape[1]
    by_set = np.stack([pairs[offers == held].sum(axis=0) for held in range(1 << methods)])
    # The largest set comes first, so that it is the one named among those that lack as many.
    subsets = sorted(range(1 << methods), key=lambda subset: (-subset.bit_count(), subset))
    rooms = np.stack([_room(problem.quotas, by_set, subset) for subset in subsets])
    worst = rooms.argmin(axis=0)
    people = rooms.min(axis=0)
    days = np.minimum(contacts, int(problem.open_days.sum()))
    return _Alone(np.minimum(people, days), days, people, np.array(subsets)[worst])


def _room(quotas: Ints, by_set: Ints, subset: int) -> Ints:
    """Return how many contacts each participant could have if only the methods of the subset were short of people."""
    inside = ((subset >> np.arange(quotas.shape[1])) & 1).astype(bool)
    able = [held for held in range(len(by_set)) if held & subset]
    room: Ints = quotas[:, ~inside].sum(axis=1) + by_set[able].sum(axis=0)
    return room


def _days(problem: Problem, alone: _Alone) -> Iterator[Shortage]:
    """All participants whose contacts are more than the season's days, and who lack no more in other ways."""
    contacts = problem.quotas.sum(axis=1)
    short = np.flatnonzero((alone.days < contacts) & (alone.days <= alone.people))
    if len(short):
        yield Shortage(
            kind="days",
            needed=int(contacts[short].sum()),
            room=int(alone.days[short].sum()),
            participants=tuple(short.tolist()),
        )


def _participants(problem: Problem, alone: _Alone) -> Iterator[Shortage]:
    contacts = problem.quotas.sum(axis=1)
    for number in np.flatnonzero((alone.people < contacts) & (alone.people < alone.days)).tolist():
        asked = [
            method for method in np.flatnonzero(problem.quotas[number]).tolist() if alone.methods[number] >> method & 1
        ]
        lacking = int(contacts[number] - alone.people[number])
        only = asked[0] if len(asked) == 1 and (problem.quotas[number] > 0).sum() > 1 else None
        needed = int(contacts[number] if only is None else problem.quotas[number, only])
        yield Shortage(kind="participant", needed=needed, room=needed - lacking, participants=(number,), method=only)


def _together(problem: Problem, found: list[Group], needed: int) -> list[Shortage]:
    """Say what groups lack: of the whole season or of one method if that explains as much, else of participants."""
    lacking = sum(group.lacking for group in found)
    if not lacking:
        return []
    pairs, _offers = usable(problem)
    capacity = problem.capacity()
    room = int(np.minimum(capacity, pairs.sum(axis=1)).sum())
    if needed - room == lacking:
        return [Shortage(kind="season", needed=needed, room=room)]
    return [_of_group(problem, group) for group in found]


def _of_group(problem: Problem, group: Group) -> Shortage:
    method = group.methods[0] if len(group.methods) == 1 else None
    using = set(np.flatnonzero(problem.quotas[:, method] > 0).tolist()) if method is not None else set()
    room = group.needed - group.lacking
    if method is not None and set(group.participants) == using:
        return Shortage(kind="method", needed=group.needed, room=room, method=method)
    return Shortage(kind="participants", needed=group.needed, room=room, participants=group.participants, method=method)


def _weeks(problem: Problem, frame: Frame) -> Iterator[Shortage]:
    """Weeks in which the frame has more contacts, or more by one method, than the observers have room for."""
    methods = problem.quotas.shape[1]
    dated = frame.week >= 0
    counts = np.zeros((problem.weeks, methods), np.int64)
    np.add.at(counts, (frame.week[dated], frame.method[dated]), 1)
    offers = (problem.offers * (1 << np.arange(methods))).sum(axis=1)
    most = np.minimum(problem.weekly_capacity, problem.season_capacity) * problem.may_work
    given = problem.available * most[:, None] * problem.open_days.any(axis=1)
    by_set = np.stack([given[offers == held].sum(axis=0) for held in range(1 << methods)])
    subsets = sorted(range(1 << methods), key=lambda subset: (-subset.bit_count(), subset))
    rooms = np.stack([_room(counts, by_set, subset) for subset in subsets])
    for week in np.flatnonzero(rooms.min(axis=0) < counts.sum(axis=1)).tolist():
        asked = np.flatnonzero(counts[week])
        tight = [method for method in asked.tolist() if subsets[int(rooms[:, week].argmin())] >> method & 1]
        only = tight[0] if len(tight) == 1 and len(asked) > 1 else None
        needed = int(counts[week].sum() if only is None else counts[week, only])
        lacking = int(counts[week].sum() - rooms[:, week].min())
        yield Shortage(kind="week", needed=needed, room=needed - lacking, week=week, method=only)


def _apart(problem: Problem, together: list[Shortage], weeks: list[Shortage]) -> list[Shortage]:
    """Keep what weeks lack apart from what the whole season does: most weeks short say no more than the season."""
    whole = [item for item in together if item.kind == "season"]
    if not whole or not weeks:
        return [*together, *weeks]
    if 2 * len(weeks) > problem.weeks:
        return together
    needed = whole[0].needed - sum(item.lacking for item in weeks)
    if needed <= whole[0].room:
        return weeks
    return [Shortage(kind="season", needed=needed, room=whole[0].room), *weeks]
