"""How contacts are dealt: methods in weeks, role-plays in turn, then days and hours, around what is locked."""

from dataclasses import replace

import numpy as np

from assignments.planning.evening import Columns, even_weeks, week_room
from assignments.planning.frame import Frame, golden_step
from assignments.planning.hours import spread_hours
from assignments.planning.plan import NOBODY, Plan
from assignments.planning.problem import Bools, Ints, Problem

# A week may be filled so far with contacts before some of them are better made in other weeks.
COMFORTABLE = 0.9
NO_WEEK = -1


def dealt(problem: Problem, *, seed: int, kept: Plan | None = None) -> Plan:
    """Return all contacts by participant, with weeks and hours; only locked ones have observers."""
    plan = dealt_in_weeks(problem, seed=seed, kept=kept)
    return with_hours(problem, plan, seed=seed)


def dealt_in_weeks(problem: Problem, *, seed: int, kept: Plan | None = None) -> Plan:
    """Return the same without weekdays and hours."""
    locked = _locked(kept)
    quotas = problem.quotas.copy()
    np.subtract.at(quotas, (locked.frame.participant, locked.frame.method), 1)
    fresh = _fresh(problem, np.maximum(quotas, 0), locked, seed=seed)
    return _joined(locked, fresh)


def with_hours(problem: Problem, plan: Plan, *, seed: int) -> Plan:
    """Return the plan with weekdays and hours for all contacts that are not locked."""
    weekday, slot = spread_hours(problem, plan, seed=seed)
    return replace(plan, frame=replace(plan.frame, weekday=weekday, slot=slot))


def in_time(plan: Plan) -> Plan:
    """Return the plan with each participant's contacts in order of time."""
    frame = plan.frame
    order = np.lexsort((frame.slot, frame.weekday, frame.week, frame.participant))
    return Plan(frame.taken(order), plan.observer[order], plan.locked[order])


def _locked(kept: Plan | None) -> Plan:
    if kept is None:
        nothing = np.zeros(0, np.int64)
        return Plan.of(Frame(*(nothing,) * 6), nothing)
    rows = np.flatnonzero(kept.locked)
    return Plan(kept.frame.taken(rows), kept.observer[rows], kept.locked[rows])


def _joined(locked: Plan, fresh: Frame) -> Plan:
    columns = (np.concatenate([getattr(locked.frame, name), getattr(fresh, name)]) for name in Frame.names())
    frame = Frame(*columns)
    order = np.argsort(frame.participant, kind="stable")
    observer = np.concatenate([locked.observer, np.full(len(fresh), NOBODY)])
    is_locked = np.arange(len(frame)) < len(locked.frame)
    return Plan(frame.taken(order), observer[order], is_locked[order])


def _fresh(problem: Problem, quotas: Ints, locked: Plan, *, seed: int) -> Frame:
    participant, method, place = _in_turn(quotas, seed=seed)
    return Frame(
        participant=participant,
        week=_weeks(problem, quotas, locked.frame, (participant, method, place)),
        method=method,
        role_play=_role_plays(problem, participant, place, locked.frame),
        weekday=np.zeros_like(place),
        slot=np.zeros_like(place),
    )


def _weeks(problem: Problem, quotas: Ints, locked: Frame, contacts: Columns) -> Ints:
    """Deal the weeks in turn, each far from the one before; where that does not do, by a flow."""
    participant, method, place = contacts
    open_weeks = problem.open_weeks()
    if not len(open_weeks):
        return np.full_like(place, NO_WEEK)
    weeks = open_weeks[place * golden_step(len(open_weeks)) % len(open_weeks)]
    if not len(locked) and _is_comfortable(problem, participant, weeks):
        return weeks
    return even_weeks(problem, quotas, locked, (participant, method, weeks))


def _in_turn(quotas: Ints, *, seed: int) -> tuple[Ints, Ints, Ints]:
    """Return participant, method and a number of each contact, counting on through methods and participants.

    By such numbers contacts are dealt in turn: then weeks have as even a share of each participant's contacts, of each
    of its methods, and of all contacts, as whole numbers can be. Chance says who comes first.
    """
    participants, methods = quotas.shape
    rng = np.random.default_rng(seed)
    turn = (np.arange(methods)[None, :] + rng.integers(max(methods, 1), size=(participants, 1))) % max(methods, 1)
    order = rng.permutation(participants)
    cells = (order[:, None] * methods + turn[order]).ravel()
    cell = np.repeat(cells, quotas.ravel()[cells])
    sort = np.argsort(cell // max(methods, 1), kind="stable")
    return cell[sort] // max(methods, 1), cell[sort] % max(methods, 1), np.arange(len(cell))[sort]


def _is_comfortable(problem: Problem, participant: Ints, weeks: Ints) -> bool:
    """Tell whether no week has more contacts than days, for anybody, or nearly more than observers can make."""
    counts = np.bincount(participant * problem.weeks + weeks, minlength=len(problem.quotas) * problem.weeks)
    by_week = counts.reshape(-1, problem.weeks)
    return bool((by_week <= problem.days()).all() and (by_week.sum(axis=0) <= COMFORTABLE * week_room(problem)).all())


def _role_plays(problem: Problem, participant: Ints, place: Ints, locked: Frame) -> Ints:
    """Number each participant's role-plays in turn; around locked contacts, always the one it has had least."""
    choices = problem.role_plays[participant]
    chosen = np.where(choices > 0, place % np.maximum(choices, 1), NOBODY)
    counts = np.zeros((len(problem.quotas), int(problem.role_plays.max(initial=0))), np.int64)
    counted = (locked.role_play >= 0) & (locked.role_play < counts.shape[1])
    np.add.at(counts, (locked.participant[counted], locked.role_play[counted]), 1)
    has_locked: Bools = counts.sum(axis=1) > 0
    with_locked = has_locked[participant] & (choices > 0)
    for contact in np.flatnonzero(with_locked).tolist():
        own = counts[participant[contact], : choices[contact]]
        chosen[contact] = int(own.argmin())
        own[chosen[contact]] += 1
    return chosen
