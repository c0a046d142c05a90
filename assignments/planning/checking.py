"""Every hard rule that a plan breaks, read from its arrays alone: it shares nothing with what makes plans."""

from collections.abc import Iterator

import numpy as np

from assignments.planning.plan import NOBODY, Breach, Plan
from assignments.planning.problem import Bools, Ints, Problem

# Every code there is, in the order in which they are said; the engine knows ``has_left`` and ``good_score`` as
# ``active``: all three are the problem's ``may_work``.
RULES = (
    "split",
    "never_met",
    "not_customer",
    "meets_once",
    "active",
    "has_left",
    "offers_method",
    "channel",
    "available",
    "weekly_capacity",
    "season_capacity",
    "good_score",
    "role_play",
    "open_day",
    "one_a_day",
)


def breaches(problem: Problem, plan: Plan) -> list[Breach]:
    """Return each broken rule; of several contacts that together are too many, those that come last break it."""
    found = [*_of_observers(problem, plan), *_of_contacts(problem, plan), *_of_splits(problem, plan)]
    return sorted(found, key=lambda breach: (RULES.index(breach.rule), breach.contact))


def _of_observers(problem: Problem, plan: Plan) -> Iterator[Breach]:
    frame = plan.frame
    given = np.flatnonzero(plan.observer != NOBODY)
    who, participant, week = plan.observer[given], frame.participant[given], frame.week[given]
    is_broken = {
        "never_met": problem.met[who, participant],
        "not_customer": problem.customers[who, participant],
        "meets_once": _place_among_equals(who, participant) >= 1,
        "active": ~problem.may_work[who],
        "offers_method": ~problem.offers[who, frame.method[given]],
        "available": ~problem.available[who, week],
        "weekly_capacity": _place_among_equals(who, week) >= problem.weekly_capacity[who],
        "season_capacity": _place_among_equals(who) >= problem.season_capacity[who],
        "one_a_day": _place_among_equals(participant, week, frame.weekday[given]) >= 1,
    }
    for rule, broken in is_broken.items():
        for contact in given[broken].tolist():
            yield Breach(rule=rule, contact=contact, observer=int(plan.observer[contact]))


def _of_contacts(problem: Problem, plan: Plan) -> Iterator[Breach]:
    frame = plan.frame
    choices = problem.role_plays[frame.participant]
    has_role_play = (frame.role_play >= 0) & (frame.role_play < choices)
    dated = frame.week >= 0
    is_broken: dict[str, Bools] = {
        "channel": problem.quotas[frame.participant, frame.method] == 0,
        "role_play": ~np.where(choices > 0, has_role_play, frame.role_play == NOBODY),
        "open_day": dated & ~_is_open(problem, frame.week, frame.weekday),
    }
    for rule, broken in is_broken.items():
        for contact in np.flatnonzero(broken).tolist():
            yield Breach(rule=rule, contact=contact)


def _is_open(problem: Problem, week: Ints, weekday: Ints) -> Bools:
    if not problem.weeks:
        return np.zeros(len(week), bool)
    is_open: Bools = problem.open_days[week, weekday]
    return is_open


def _of_splits(problem: Problem, plan: Plan) -> Iterator[Breach]:
    """One for each contact too many, and one for each participant and method that has too few."""
    frame = plan.frame
    place = _place_among_equals(frame.participant, frame.method)
    for contact in np.flatnonzero(place >= problem.quotas[frame.participant, frame.method]).tolist():
        yield Breach(rule="split", contact=contact)
    counts = np.zeros_like(problem.quotas)
    np.add.at(counts, (frame.participant, frame.method), 1)
    for participant, _method in np.argwhere(counts < problem.quotas).tolist():
        own = np.flatnonzero(frame.participant == participant)
        yield Breach(rule="split", contact=int(own[-1]) if len(own) else NOBODY)


def _place_among_equals(*columns: Ints) -> Ints:
    """Number the rows that are alike in all columns, from 0, in the order in which they stand."""
    rows = len(columns[0])
    if not rows:
        return np.zeros(0, np.int64)
    order = np.lexsort((np.arange(rows), *columns))
    changes = np.zeros(rows, bool)
    for column in columns:
        changes[1:] |= column[order][1:] != column[order][:-1]
    begins = np.maximum.accumulate(np.where(changes, np.arange(rows), 0))
    places = np.empty(rows, np.int64)
    places[order] = np.arange(rows) - begins
    return places
