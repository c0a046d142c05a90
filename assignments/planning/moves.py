"""What a manager may do to a plan by hand: one contact given another observer, week or weekday."""

import numpy as np

from assignments.planning.checking import RULES
from assignments.planning.plan import NOBODY, Plan
from assignments.planning.problem import Bools, Problem


def refusals(
    problem: Problem,
    plan: Plan,
    contact: int,
    *,
    observer: int | None = None,
    week: int | None = None,
    weekday: int | None = None,
) -> tuple[str, ...]:
    """Return the codes of the rules that the contact would break after the change; what is not given stays as it is.

    An ``observer`` of ``NOBODY`` takes the contact away from whoever has it.
    """
    who = int(plan.observer[contact]) if observer is None else observer
    in_week = int(plan.frame.week[contact]) if week is None else week
    day = int(plan.frame.weekday[contact]) if weekday is None else weekday
    broken = _of_contact(problem, plan, contact, week=in_week, weekday=day)
    if who != NOBODY:
        broken |= {code for code, rows in _of_observers(problem, plan, contact, week=in_week).items() if rows[who]}
        broken |= {"one_a_day"} if _is_second_that_day(plan, contact, week=in_week, weekday=day) else set()
    return tuple(code for code in RULES if code in broken)


def candidates(
    problem: Problem, plan: Plan, contact: int, *, week: int | None = None
) -> list[tuple[int, tuple[str, ...]]]:
    """Return every observer with the rules that stand in the way of its making the contact, those with none first."""
    in_week = int(plan.frame.week[contact]) if week is None else week
    day = int(plan.frame.weekday[contact])
    broken = _of_contact(problem, plan, contact, week=in_week, weekday=day)
    broken |= {"one_a_day"} if _is_second_that_day(plan, contact, week=in_week, weekday=day) else set()
    by_rule = _of_observers(problem, plan, contact, week=in_week)
    rows = [
        (who, tuple(code for code in RULES if code in broken or (code in by_rule and by_rule[code][who])))
        for who in range(len(problem.scores))
    ]
    return sorted(rows, key=lambda row: (len(row[1]) > 0, row[0]))


def _of_contact(problem: Problem, plan: Plan, contact: int, *, week: int, weekday: int) -> set[str]:
    frame = plan.frame
    participant, role_play = int(frame.participant[contact]), int(frame.role_play[contact])
    choices = int(problem.role_plays[participant])
    belongs = 0 <= role_play < choices if choices else role_play == NOBODY
    broken = {
        "channel": problem.quotas[participant, frame.method[contact]] == 0,
        "role_play": not belongs,
        "open_day": week >= 0 and not problem.open_days[week, weekday],
    }
    return {code for code, is_broken in broken.items() if is_broken}


def _of_observers(problem: Problem, plan: Plan, contact: int, *, week: int) -> dict[str, Bools]:
    """Tell of each rule which observers would break it by making the contact in this week."""
    frame, people = plan.frame, len(problem.scores)
    participant = int(frame.participant[contact])
    others = plan.observer != NOBODY
    others[contact] = False
    in_season = np.bincount(plan.observer[others], minlength=people)
    in_week = np.bincount(plan.observer[others & (frame.week == week)], minlength=people)
    meets = np.bincount(plan.observer[others & (frame.participant == participant)], minlength=people)
    return {
        "never_met": problem.met[:, participant],
        "not_customer": problem.customers[:, participant],
        "meets_once": meets > 0,
        "active": ~problem.may_work,
        "offers_method": ~problem.offers[:, frame.method[contact]],
        "available": ~problem.available[:, week] if week >= 0 else np.ones(people, bool),
        "weekly_capacity": in_week >= problem.weekly_capacity,
        "season_capacity": in_season >= problem.season_capacity,
    }


def _is_second_that_day(plan: Plan, contact: int, *, week: int, weekday: int) -> bool:
    frame = plan.frame
    same = (frame.participant == frame.participant[contact]) & (frame.week == week) & (frame.weekday == weekday)
    same &= plan.observer != NOBODY
    same[contact] = False
    return bool(same.any())
