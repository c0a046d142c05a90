"""The frame of a season: each participant's contacts spread over weeks, methods, role-plays, weekdays and hours."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from assignments.planning.problem import SLOTS, Bools, Ints, Problem

# Its multiples, whole numbers left out, spread evenly: participants begin at different points of the week.
GOLDEN = 0.6180339887498949
FIRST_SLOT = 0


@dataclass(frozen=True, eq=False)
class Frame:
    """One row for each contact, a participant's in order of time; weekday and slot are numbers, and advice."""

    participant: Ints
    week: Ints
    method: Ints
    role_play: Ints
    weekday: Ints
    slot: Ints

    def __len__(self) -> int:
        """Count the contacts."""
        return len(self.participant)


def deal(problem: Problem) -> Frame:
    """Return the frame: methods exactly by the key, weeks and role-plays as even as whole numbers can be."""
    parts = [_deal_one(problem, participant) for participant in range(len(problem.quotas))]
    columns = {field.name: [getattr(part, field.name) for part in parts] for field in fields(Frame)}
    nothing = np.zeros(0, np.int64)
    return Frame(**{name: np.concatenate([nothing, *arrays]) for name, arrays in columns.items()})


def _deal_one(problem: Problem, participant: int) -> Frame:
    quota = problem.quotas[participant]
    contacts = int(quota.sum())
    phase = participant * GOLDEN % 1
    weeks = np.floor((np.arange(contacts) + phase) * problem.weeks / max(contacts, 1)).astype(np.int64)
    methods = _mixed(quota, first=participant)
    weekday, slot = _spread(problem.open_days[weeks], weeks, problem.mornings[methods], first=participant)
    return Frame(
        participant=np.full(contacts, participant, np.int64),
        week=weeks,
        method=methods,
        role_play=_taken_in_turn(methods, int(problem.role_plays[participant]), first=participant),
        weekday=weekday,
        slot=slot,
    )


def _mixed(quota: Ints, *, first: int) -> Ints:
    """Return each method as often as its quota says, with equal distances between."""
    methods = np.repeat(np.arange(len(quota)), quota)
    places = np.concatenate([(np.arange(count) + 0.5) / max(count, 1) for count in quota.tolist()])
    turn = (methods + first) % len(quota)
    return methods[np.lexsort((turn, places))]


def _taken_in_turn(methods: Ints, role_plays: int, *, first: int) -> Ints:
    """Number the role-plays in turn within each method and across them; −1 where there is none."""
    if not role_plays:
        return np.full(len(methods), -1, np.int64)
    turns = np.empty(len(methods), np.int64)
    turns[np.argsort(methods, kind="stable")] = np.arange(len(methods))
    return (turns + first) % role_plays


def _spread(open_days: Bools, weeks: Ints, mornings: Bools, *, first: int) -> tuple[Ints, Ints]:
    """Choose for each contact the open weekday and slot that the participant has had least, one day once a week."""
    had = np.zeros((open_days.shape[1], len(SLOTS)))
    # What breaks ties: another weekday comes first for each participant.
    order = (np.arange(had.size).reshape(had.shape) * 7 + first * 4) % had.size / had.size
    weekdays, slots = np.zeros(len(weeks), np.int64), np.zeros(len(weeks), np.int64)
    used: set[tuple[int, int]] = set()
    for contact, week in enumerate(weeks.tolist()):
        is_used = np.array([(week, day) in used for day in range(len(had))])
        cost = had + had.sum(axis=1, keepdims=True) + order
        cost += _forbidden(open_days[contact], is_used, morning=bool(mornings[contact]))
        day, slot = divmod(int(cost.argmin()), len(SLOTS))
        weekdays[contact], slots[contact] = day, slot
        used.add((week, day))
        had[day, slot] += 1
    return weekdays, slots


def _forbidden(is_open: Bools, is_used: Bools, *, morning: bool) -> NDArray[np.float64]:
    """Return a cost that keeps contacts out of late hours, closed days and, if there is a choice, used ones."""
    cost = np.where(is_open, 0.0, 1e9)[:, None] + np.where(is_used, 1e6, 0.0)[:, None] + np.zeros(len(SLOTS))
    if morning:
        cost[:, FIRST_SLOT + 1 :] += 1e12
    return cost
