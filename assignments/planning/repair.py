"""Repairs a plan after dropouts: contacts that lost their observer get another, and the rest stays as it is."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from assignments.planning.checking import RULES
from assignments.planning.plan import NOBODY, Plan, Progress, Watch, Weights, unwatched
from assignments.planning.problem import SLOTS, Bools, Ints, Problem
from assignments.planning.repair_bound import UNPLACED, relaxed
from assignments.planning.repair_chains import Linked, chain
from assignments.planning.repair_model import Items, Options, Orphans, Room, items_of, options_of
from assignments.planning.repair_search import Choice, choose, placed
from assignments.planning.repair_wishes import improve

__all__ = ["Change", "Orphans", "Repaired", "repair"]

# What must be begun before noon is begun in one of these.
MORNING_SLOTS = 2
# Of the time there is, what the search without chains may take.
DIRECTLY = 0.6


@dataclass(frozen=True, kw_only=True)
class Change:
    """One contact before and after; the reason is ``orphan``, or ``chain`` if it made room for one."""

    contact: int
    observer_before: int
    observer_after: int
    week_before: int
    week_after: int
    method_before: int
    method_after: int
    is_orphan: bool

    @property
    def reason(self) -> str:
        """Why it changed, as a code."""
        return "orphan" if self.is_orphan else "chain"


@dataclass(frozen=True, kw_only=True)
class Repaired:
    """The plan after the repair, every contact that differs, and those left without an observer.

    ``unassigned`` gives for each such contact how many observers each rule refuses first. ``is_proven``: no other
    repair leaves fewer without an observer, nor, with as few, changes fewer contacts or moves them less in time.
    """

    plan: Plan
    changes: tuple[Change, ...]
    unassigned: tuple[tuple[int, dict[str, int]], ...]
    is_proven: bool
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass
class _Clock:
    """How long each stage took, and how much time is left."""

    ends: float
    watch: Watch
    began: float = field(default_factory=time.perf_counter)
    seconds: dict[str, float] = field(default_factory=dict)
    is_stopped: bool = False

    def left(self) -> float:
        return 0.0 if self.is_stopped else self.ends - time.perf_counter()

    def note(self, stage: str, *, share: float, unassigned: int | None = None) -> None:
        now = time.perf_counter()
        self.seconds[stage], self.began = self.seconds.get(stage, 0.0) + now - self.began, now
        self.is_stopped |= self.watch(Progress(phase="repair", share=share, unassigned=unassigned))


def repair(  # noqa: PLR0913 -- what it rests on, and what a season's plan can be told as well
    problem: Problem,
    plan: Plan,
    orphans: Orphans,
    *,
    weights: Weights | None = None,
    time_limit: float = 15.0,
    watch: Watch = unwatched,
    seed: int = 1,
) -> Repaired:
    """Return the plan with an observer for every orphan that can have one; the rest stays exactly as it is.

    Only if orphans are left over do others change hands, as few as will do: never locked ones (lock what is made), nor
    those of weeks before the orphans' earliest. Every hard rule is kept. The same input gives the same repair unless
    time runs out.
    """
    clock = _Clock(time.perf_counter() + time_limit, watch)
    items = items_of(problem, plan, orphans)
    bare = _without(plan, items.contacts)
    room = Room(problem, bare, items.contacts)
    options = options_of(room, items)
    choice = _directly(room, items, options, clock, seed)
    is_proven = choice.is_proven and not choice.left_over
    if choice.left_over and clock.left() > 0:
        linked = chain(problem, bare, Linked(items, options, choice), seconds=clock.left(), seed=seed)
        items, options, choice = linked.items, linked.options, linked.choice
        is_proven = choice.is_proven
        clock.note("chains", share=0.8, unassigned=choice.left_over)
    repaired = _written(plan, items, options, choice)
    if not clock.is_stopped:
        repaired = improve(problem, repaired, items, weights=weights or Weights())
    repaired = _dated(problem, plan, repaired, items)
    clock.note("wishes", share=1.0, unassigned=choice.left_over)
    return Repaired(
        plan=repaired,
        changes=tuple(_changes(plan, repaired, items)),
        unassigned=tuple(_refusals(problem, repaired, items)),
        is_proven=is_proven,
        seconds=clock.seconds,
    )


def _directly(room: Room, items: Items, options: Options, clock: _Clock, seed: int) -> Choice:
    """Place the orphans in weeks that cost nothing or, if that leaves one over, wherever they can go."""
    clock.note("options", share=0.1)
    if _may_do_without_moves(room, items, options):
        near = np.flatnonzero(options.shift == 0)
        choice = choose(room, items, options.where(near), seconds=DIRECTLY * clock.left(), seed=seed)
        clock.note("search", share=0.4, unassigned=choice.left_over)
        if not choice.left_over or len(near) == len(options):
            return Choice(np.where(choice.rows == UNPLACED, UNPLACED, near[choice.rows]), choice.is_proven)
    choice = choose(room, items, options, seconds=DIRECTLY * clock.left(), seed=seed)
    clock.note("search", share=0.6, unassigned=choice.left_over)
    return choice


def _may_do_without_moves(room: Room, items: Items, options: Options) -> bool:
    """Tell whether the best repair may well be one that moves nothing in time, as far as a flow can tell."""
    keeps_elsewhere = ~options.is_change & (options.shift > 0)
    if not len(options) or (items.methods.sum(axis=1) > 1).any() or keeps_elsewhere.any():
        return False
    near = options.where(np.flatnonzero(options.shift == 0))
    flow = relaxed(room, items, near, prices=np.zeros(len(near), np.int64), past=np.ones(len(items), np.int64))
    return flow.left_over == 0


def _without(plan: Plan, contacts: Ints) -> Plan:
    bare = plan.copy()
    bare.observer[contacts] = NOBODY
    return bare


def _written(plan: Plan, items: Items, options: Options, choice: Choice) -> Plan:
    """Return the plan with the choice in it; who is left over keeps week and method."""
    after = plan.copy()
    observer, week, method = placed(options, choice)
    found = observer != NOBODY
    after.observer[items.contacts] = observer
    after.frame.week[items.contacts[found]] = week[found]
    after.frame.method[items.contacts[found]] = method[found]
    return after


def _dated(problem: Problem, before: Plan, after: Plan, items: Items) -> Plan:
    """Return the plan with an open weekday of its own, and an hour, for each contact that has moved."""
    frame = after.frame
    given = items.contacts[after.observer[items.contacts] != NOBODY]
    room = Room(problem, after, given)
    days = room.days
    moved = [contact for contact in given.tolist() if not _keeps_day(before, after, days, contact)]
    had = _had(after, np.array(moved, np.int64), len(problem.quotas))
    for contact in moved:
        participant, week = int(frame.participant[contact]), int(frame.week[contact])
        day = _day(days[participant, week], had[participant].sum(axis=1), int(frame.weekday[contact]))
        days[participant, week, day] = False
        frame.weekday[contact] = day
        slots = MORNING_SLOTS if problem.mornings[frame.method[contact]] else len(SLOTS)
        at_these = had[participant].sum(axis=0)
        frame.slot[contact] = np.lexsort((at_these[:slots], had[participant, day, :slots]))[0]
        had[participant, day, frame.slot[contact]] += 1
    for contact in given.tolist():
        if problem.mornings[frame.method[contact]] and frame.slot[contact] >= MORNING_SLOTS:
            frame.slot[contact] = 0
    return after


def _keeps_day(before: Plan, after: Plan, days: Bools, contact: int) -> bool:
    """Tell whether the contact is still in its week, on a day that is open and free; take the day if so."""
    frame = after.frame
    participant, week, day = (int(column[contact]) for column in (frame.participant, frame.week, frame.weekday))
    if week != before.frame.week[contact] or not days[participant, week, day]:
        return False
    days[participant, week, day] = False
    return True


def _had(plan: Plan, moved: Ints, participants: int) -> Ints:
    """Count each participant's contacts by weekday and slot, without those that are still to be dated."""
    counted = np.ones(len(plan.frame), bool)
    counted[moved] = False
    had = np.zeros((participants, 5, len(SLOTS)), np.int64)
    frame = plan.frame
    np.add.at(had, (frame.participant[counted], frame.weekday[counted], frame.slot[counted]), 1)
    return had


def _day(is_free: Bools, had: Ints, own: int) -> int:
    """Choose the free weekday that the participant has had least; the contact's own one if it is as good."""
    free = np.flatnonzero(is_free).tolist()
    return int(min(free, key=lambda day: (had[day], day != own, day)))


def _changes(before: Plan, after: Plan, items: Items) -> Iterator[Change]:
    for item in np.argsort(items.contacts, kind="stable").tolist():
        contact = int(items.contacts[item])
        change = Change(
            contact=contact,
            observer_before=int(before.observer[contact]),
            observer_after=int(after.observer[contact]),
            week_before=int(before.frame.week[contact]),
            week_after=int(after.frame.week[contact]),
            method_before=int(before.frame.method[contact]),
            method_after=int(after.frame.method[contact]),
            is_orphan=bool(items.is_orphan[item]),
        )
        if change.is_orphan or change.observer_before != change.observer_after:
            yield change


def _refusals(problem: Problem, plan: Plan, items: Items) -> Iterator[tuple[int, dict[str, int]]]:
    """Say of each contact without an observer how many each rule refuses first, in the week nearest to its own."""
    room = Room(problem, plan, np.zeros(0, np.int64))
    for item, contact in enumerate(items.contacts.tolist()):
        if plan.observer[contact] == NOBODY:
            yield contact, _refused_first(room, items, item)


def _refused_first(room: Room, items: Items, item: int) -> dict[str, int]:
    people = len(room.problem.may_work)
    if not items.weeks[item]:
        return {"open_day": people} if people else {}
    contact = int(items.contacts[item])
    method = int(np.flatnonzero(items.methods[item])[0])
    refused = room.refused(int(room.frame.participant[contact]), week=items.weeks[item][0], method=method)
    waiting = np.ones(people, bool)
    counts = {}
    for code in sorted(refused, key=RULES.index):
        counts[code] = int((waiting & refused[code]).sum())
        waiting &= ~refused[code]
    return {code: number for code, number in counts.items() if number}
