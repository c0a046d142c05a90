"""What can be done about contacts that lost their observer: each choice of week, method and observer, by every rule."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assignments.planning.plan import NOBODY, Plan
from assignments.planning.problem import Bools, Ints, Problem

# Contacts of a week that is over may come at no cost in any of so many weeks; later ones cost as if they were moved.
CATCH_UP = 4


@dataclass(frozen=True, eq=False, kw_only=True)
class Orphans:
    """Contacts (their numbers in the plan's frame) that need another observer, one value each in every array.

    ``earliest_week`` is the first week in which the contact can still be made. One whose own week comes before can go
    to any week from there on; others stay in their week or, where ``may_move_week``, one week beside it. ``methods``
    (orphans × methods) offers other methods; a row of none keeps the method. ``forbidden`` are pairs (number of the
    orphan in these arrays, observer). Where ``may_keep`` the observer before may also be the one after, in another
    week or by another method; that is preferred.
    """

    contacts: Ints
    may_move_week: Bools
    earliest_week: Ints
    methods: Bools | None = None
    forbidden: tuple[tuple[int, int], ...] = ()
    may_keep: Bools | None = None

    @classmethod
    def of(cls, contacts: Ints, *, may_move_week: bool = True, earliest_week: int = 0) -> "Orphans":
        """Return orphans that are all alike."""
        size = len(contacts)
        return cls(
            contacts=np.asarray(contacts, np.int64),
            may_move_week=np.full(size, may_move_week),
            earliest_week=np.full(size, earliest_week, np.int64),
        )


@dataclass(frozen=True, eq=False)
class Items:
    """The contacts to be given an observer: orphans, and those of others that may change hands to make room.

    ``weeks`` and ``shifts`` list for each the weeks that it can go to and what each costs; ``methods`` is items ×
    methods; ``before`` is whoever had it; the observer may stay where ``may_keep``. Weeks before ``earliest`` are over.
    """

    contacts: Ints
    is_orphan: Bools
    may_keep: Bools
    before: Ints
    weeks: tuple[tuple[int, ...], ...]
    shifts: tuple[tuple[int, ...], ...]
    methods: Bools
    forbidden: frozenset[tuple[int, int]]
    earliest: int

    def __len__(self) -> int:
        """Count them."""
        return len(self.contacts)


@dataclass(frozen=True, eq=False)
class Options:
    """One row for each way to place an item: who, when, how; what it moves in time, and whether it changes hands."""

    item: Ints
    observer: Ints
    week: Ints
    method: Ints
    shift: Ints
    is_change: Bools

    def __len__(self) -> int:
        """Count them."""
        return len(self.item)

    def where(self, rows: Ints) -> "Options":
        """Return those of these rows."""
        return Options(
            self.item[rows],
            self.observer[rows],
            self.week[rows],
            self.method[rows],
            self.shift[rows],
            self.is_change[rows],
        )


class Room:
    """What the contacts that stay as they are leave of everybody's time."""

    def __init__(self, problem: Problem, plan: Plan, free: Ints) -> None:
        observers, participants = problem.met.shape
        self.problem, self.frame = problem, plan.frame
        stays = plan.observer != NOBODY
        stays[free] = False
        who, frame = plan.observer[stays], plan.frame
        participant, week = frame.participant[stays], frame.week[stays]
        load = np.zeros((observers, problem.weeks), np.int64)
        np.add.at(load, (who, week), 1)
        self.load = load.sum(axis=1)
        self.in_week: Ints = problem.weekly_capacity[:, None] - load
        self.in_season: Ints = problem.season_capacity - self.load
        self.meets = np.zeros((observers, participants), bool)
        self.meets[who, participant] = True
        self.days = np.broadcast_to(problem.open_days, (participants, *problem.open_days.shape)).copy()
        self.days[participant, week, frame.weekday[stays]] = False
        counts = np.zeros((participants, problem.weeks), np.int64)
        np.add.at(counts, (participant, week), 1)
        self.counts = counts
        others = np.ones(len(frame), bool)
        others[free] = False
        self.split = problem.quotas.copy()
        np.subtract.at(self.split, (frame.participant[others], frame.method[others]), 1)

    def refused(self, participant: int, *, week: int, method: int) -> dict[str, Bools]:
        """Tell for each rule, in their order, which observers it keeps from such a contact."""
        problem = self.problem
        return {
            "never_met": problem.met[:, participant],
            "not_customer": problem.customers[:, participant],
            "meets_once": self.meets[:, participant],
            "active": ~problem.may_work,
            "offers_method": ~problem.offers[:, method],
            "available": ~problem.available[:, week],
            "weekly_capacity": self.in_week[:, week] <= 0,
            "season_capacity": self.in_season <= 0,
            "one_a_day": np.full(len(problem.may_work), not self.days[participant, week].any()),
        }


def items_of(problem: Problem, plan: Plan, orphans: Orphans) -> Items:
    """Return the orphans as items, with the weeks and methods that each can have."""
    size, frame = len(orphans.contacts), plan.frame
    own = np.eye(problem.quotas.shape[1], dtype=bool)[frame.method[orphans.contacts]]
    offered = own if orphans.methods is None else orphans.methods
    weeks = [
        tuple(_weeks(problem, int(own), int(first), may_move=bool(may_move)))
        for own, first, may_move in zip(
            frame.week[orphans.contacts], orphans.earliest_week, orphans.may_move_week, strict=True
        )
    ]
    return Items(
        contacts=orphans.contacts,
        is_orphan=np.ones(size, bool),
        may_keep=np.zeros(size, bool) if orphans.may_keep is None else orphans.may_keep,
        before=plan.observer[orphans.contacts],
        weeks=tuple(tuple(week for week, _shift in choices) for choices in weeks),
        shifts=tuple(tuple(shift for _week, shift in choices) for choices in weeks),
        methods=np.where((offered.sum(axis=1) > 0)[:, None], offered, own),
        forbidden=frozenset(orphans.forbidden),
        earliest=int(orphans.earliest_week.min(initial=problem.weeks)),
    )


def with_others(items: Items, plan: Plan, others: Ints) -> Items:
    """Return the items together with other contacts that may change hands, where and how they are."""
    size, frame = len(others), plan.frame
    own = np.zeros((size, items.methods.shape[1]), bool)
    own[np.arange(size), frame.method[others]] = True
    return Items(
        contacts=np.concatenate([items.contacts, others]),
        is_orphan=np.concatenate([items.is_orphan, np.zeros(size, bool)]),
        may_keep=np.concatenate([items.may_keep, np.ones(size, bool)]),
        before=np.concatenate([items.before, plan.observer[others]]),
        weeks=(*items.weeks, *((week,) for week in frame.week[others].tolist())),
        shifts=(*items.shifts, *((0,) for _ in others)),
        methods=np.concatenate([items.methods, own]),
        forbidden=items.forbidden,
        earliest=items.earliest,
    )


def options_of(room: Room, items: Items) -> Options:
    """Return every way to place each item that keeps the rules beside the contacts that stay."""
    banned = defaultdict(list)
    for item, observer in items.forbidden:
        banned[item].append(observer)
    rows = [
        row
        for item in range(len(items))
        for week, shift in zip(items.weeks[item], items.shifts[item], strict=True)
        for row in _of_item(room, items, item, at=(week, shift), banned=banned.get(item, []))
    ]
    if not rows:
        nothing = np.zeros(0, np.int64)
        return Options(nothing, nothing, nothing, nothing, nothing, nothing.astype(bool))
    table = np.concatenate(rows, axis=1)
    item, observer, week, method, shift = table
    return Options(item, observer, week, method, shift, observer != items.before[item])


def _of_item(room: Room, items: Items, item: int, *, at: tuple[int, int], banned: list[int]) -> Iterator[Ints]:
    week, shift = at
    contact, before = int(items.contacts[item]), int(items.before[item])
    participant = int(room.frame.participant[contact])
    for method in np.flatnonzero(items.methods[item]).tolist():
        able: Bools = ~np.logical_or.reduce(list(room.refused(participant, week=week, method=method).values()))
        if before != NOBODY and not items.may_keep[item]:
            able[before] = False
        able[banned] = False
        who = np.flatnonzero(able)
        yield np.stack([np.full(len(who), item), who, *(np.full(len(who), value) for value in (week, method, shift))])


def _weeks(problem: Problem, own: int, earliest: int, *, may_move: bool) -> Iterator[tuple[int, int]]:
    """Give the weeks that a contact of this week can go to, each with what the move costs."""
    first = max(earliest, 0)
    if own < first:
        yield from ((week, (week - first) // CATCH_UP) for week in range(first, problem.weeks))
        return
    yield own, 0
    for week in (own - 1, own + 1) if may_move else ():
        if first <= week < problem.weeks:
            yield week, 1
