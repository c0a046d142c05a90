"""Weekdays and hours for contacts whose weeks are known, compiled: one a day, e-mail before noon, all hours alike."""

from typing import NamedTuple

import numpy as np

from assignments.planning.compiled import compiled, draw, part
from assignments.planning.objective import HOURS, MORNING_SLOTS, beside, unavoidable_hours
from assignments.planning.plan import NOBODY, Plan
from assignments.planning.problem import SLOTS, WEEKDAYS, Bools, Ints, Problem

DAYS, A_DAY = len(WEEKDAYS), len(SLOTS)
# What two contacts on one day cost when both are made, and when one of them has nobody; the second hour before noon.
CLASH, IDLE_CLASH, LATE_MORNING = 1e6, 1e3, 0.01
# How often each contact may be moved, and one move in how many need not be for the better.
TURNS, SIDEWAYS, A_LITTLE = 400, 40, 1.5


class Hours(NamedTuple):
    """Contacts in the order of participants (``first`` says where each begins) and what their hours rest on."""

    first: Ints
    week: Ints
    is_made: Bools
    is_early: Bools
    is_locked: Bools
    open_days: Bools
    lowest: Ints
    highest: Ints
    unavoidable: Ints
    weekday: Ints
    slot: Ints
    random: Ints


def spread_hours(problem: Problem, plan: Plan, *, seed: int) -> tuple[Ints, Ints]:
    """Return weekday and slot of each contact of a plan that stands by participant; locked ones keep theirs."""
    frame = plan.frame
    lowest, highest = beside(problem.contacts() / HOURS)
    hours = Hours(
        first=np.searchsorted(frame.participant, np.arange(len(problem.quotas) + 1)),
        week=frame.week,
        is_made=plan.observer != NOBODY,
        is_early=problem.mornings[frame.method],
        is_locked=plan.locked | (frame.week < 0),
        open_days=np.ascontiguousarray(problem.open_days),
        lowest=lowest,
        highest=highest,
        unavoidable=unavoidable_hours(problem),
        weekday=np.where(plan.locked, frame.weekday, NOBODY),
        slot=np.where(plan.locked, frame.slot, 0),
        random=np.array([seed % 0x7FFFFFFF + 1], np.int64),
    )
    spread_all(hours)
    undated = hours.weekday < 0
    return np.where(undated, 0, hours.weekday), np.where(undated, 0, hours.slot)


@compiled
def spread_all(hours: Hours) -> None:
    """Choose weekday and slot of every contact, participant by participant."""
    for participant in range(len(hours.lowest)):
        counts = np.zeros((DAYS, A_DAY), np.int64)
        first, last = hours.first[participant], hours.first[participant + 1]
        for contact in range(first, last):
            if hours.is_locked[contact] and hours.weekday[contact] >= 0:
                counts[hours.weekday[contact], hours.slot[contact]] += 1
        for contact in range(first, last):
            if not hours.is_locked[contact]:
                place(hours, counts, participant, contact)
        for turn in range(TURNS * (last - first)):
            if turn % (last - first) == 0 and is_even(hours, counts, participant):
                break
            improve(hours, counts, participant)


@part
def is_even(hours: Hours, counts: Ints, participant: int) -> bool:
    """Tell whether nothing is left to improve."""
    excess = 0
    for day in range(DAYS):
        for slot in range(A_DAY):
            excess += max(hours.lowest[participant] - counts[day, slot], 0)
            excess += max(counts[day, slot] - hours.highest[participant], 0)
    if excess > hours.unavoidable[participant]:
        return False
    for contact in range(hours.first[participant], hours.first[participant + 1]):
        if hours.weekday[contact] >= 0 and clashes(hours, participant, contact, hours.weekday[contact]) > 0.0:
            return False
    return True


@part
def clashes(hours: Hours, participant: int, contact: int, day: int) -> float:
    """Return what it costs that other contacts of the participant are on the same day."""
    cost = 0.0
    for other in range(hours.first[participant], hours.first[participant + 1]):
        if other != contact and hours.weekday[other] == day and hours.week[other] == hours.week[contact]:
            cost += CLASH if hours.is_made[other] and hours.is_made[contact] else IDLE_CLASH
    return cost


@part
def price(hours: Hours, counts: Ints, participant: int, contact: int, hour: tuple[int, int]) -> float:
    """Return what the contact costs at this hour, when it is not counted yet; without end where it may not be."""
    day, slot = hour
    if not hours.open_days[hours.week[contact], day] or (hours.is_early[contact] and slot >= MORNING_SLOTS):
        return np.inf
    cost = clashes(hours, participant, contact, day)
    if counts[day, slot] < hours.lowest[participant]:
        cost -= 1.0
    elif counts[day, slot] >= hours.highest[participant]:
        cost += 1.0
    if hours.is_early[contact]:
        cost += LATE_MORNING * slot
    return cost


@part
def place(hours: Hours, counts: Ints, participant: int, contact: int) -> None:
    """Put the contact where it costs least; of such hours, each participant begins with another one."""
    best, least = NOBODY, np.inf
    for step in range(DAYS * A_DAY):
        # Seven steps on comes another day, and another hour.
        hour = (participant * 4 + contact + step * 7) % (DAYS * A_DAY)
        cost = price(hours, counts, participant, contact, (hour // A_DAY, hour % A_DAY))
        cost += 0.1 * counts[hour // A_DAY].sum()
        if cost < least:
            best, least = hour, cost
    if best >= 0:
        hours.weekday[contact], hours.slot[contact] = best // A_DAY, best % A_DAY
        counts[best // A_DAY, best % A_DAY] += 1


@part
def improve(hours: Hours, counts: Ints, participant: int) -> None:
    """Try another hour for one contact: taken if it is no dearer, and now and then if it is a little dearer."""
    first, size = hours.first[participant], hours.first[participant + 1] - hours.first[participant]
    contact = first + draw(hours.random, size)
    if hours.is_locked[contact] or hours.weekday[contact] < 0:
        return
    was = (hours.weekday[contact], hours.slot[contact])
    comes = (draw(hours.random, DAYS), draw(hours.random, A_DAY))
    counts[was] -= 1
    change = price(hours, counts, participant, contact, comes) - price(hours, counts, participant, contact, was)
    if change <= 0.0 or (change < A_LITTLE and draw(hours.random, SIDEWAYS) == 0):
        hours.weekday[contact], hours.slot[contact] = comes
        was = comes
    counts[was] += 1
