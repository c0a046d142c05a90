"""Seasons for the tests of repairs, shortages and teams: of usual size, and so small that everything can be tried."""

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from assignments.planning.frame import Frame
from assignments.planning.plan import NOBODY, Plan
from assignments.planning.problem import Problem

KEYS = ((10, 8, 7, 0), (13, 12, 0, 0), (10, 8, 0, 7), (0, 13, 12, 0))
EMAIL = 1


def season(*, participants=188, observers=100, weeks=17, seed=1, **fields):
    """Give a season with the usual shares of acquaintances, customers and absences, and time to spare."""
    rng = np.random.default_rng(seed)
    usual = {
        "quotas": np.array(KEYS)[rng.integers(len(KEYS), size=participants)],
        "role_plays": rng.integers(1, 4, participants),
        "mornings": np.arange(4) == EMAIL,
        "open_days": np.ones((weeks, 5), bool),
        "met": rng.random((observers, participants)) < 0.1,
        "customers": rng.random((observers, participants)) < 0.2,
        "offers": rng.random((observers, 4)) < 0.93,
        "available": rng.random((observers, weeks)) < 0.9,
        "may_work": np.ones(observers, bool),
        "weekly_capacity": rng.integers(3, 7, observers),
        "season_capacity": np.full(observers, 90),
        "scores": rng.uniform(60, 100, observers),
        "traits": rng.integers(0, (2, 4, 5), (observers, 3)),
    }
    return Problem(**{**usual, **fields})


def tiny(rng, *, participants=3, observers=4, weeks=3, most=2, **fields):
    """Give a season of a few contacts by two methods, tight in every way."""
    return season(
        participants=participants,
        observers=observers,
        weeks=weeks,
        **{
            "quotas": rng.integers(0, most + 1, (participants, 2)),
            "role_plays": np.zeros(participants, int),
            "mornings": np.array([False, True]),
            "open_days": rng.random((weeks, 5)) < 0.5,
            "met": rng.random((observers, participants)) < 0.15,
            "customers": rng.random((observers, participants)) < 0.15,
            "offers": rng.random((observers, 2)) < 0.8,
            "available": rng.random((observers, weeks)) < 0.8,
            "weekly_capacity": rng.integers(0, 3, observers),
            "season_capacity": rng.integers(0, 5, observers),
            "scores": rng.uniform(60, 100, observers),
            "traits": rng.integers(-1, (2, 3), (observers, 2)),
            **fields,
        },
    )


def planned(problem, frame):
    """Give each contact, those with least choice first, to the least loaded observer who may make it."""
    who = np.full(len(frame), NOBODY)
    in_week = np.zeros((len(problem.met), problem.weeks), int)
    meets = problem.met | problem.customers
    able = problem.may_work[:, None] & problem.offers[:, frame.method] & problem.available[:, frame.week]
    able &= ~meets[:, frame.participant]
    for contact in np.argsort(able.sum(axis=0), kind="stable"):
        participant, week = frame.participant[contact], frame.week[contact]
        free = able[:, contact] & ~meets[:, participant] & (in_week[:, week] < problem.weekly_capacity)
        free &= in_week.sum(axis=1) < problem.season_capacity
        if free.any():
            observer = np.where(free, in_week.sum(axis=1), 10**6).argmin()
            who[contact] = observer
            in_week[observer, week] += 1
            meets[observer, participant] = True
    return Plan.of(frame, who)


def dated(problem, rng):
    """Give a frame with every contact in some week, on an open day of its own, as long as there are days."""
    rows = []
    for participant, quota in enumerate(problem.quotas):
        days = rng.permutation(np.argwhere(problem.open_days))
        methods = rng.permutation(np.repeat(np.arange(len(quota)), quota))
        rows += [(participant, day[0], method, -1, day[1], 0) for method, day in zip(methods, days, strict=False)]
    return Frame(*np.array(rows, np.int64).reshape(-1, 6).T.copy())


def largest_flow(problem):
    """Count the contacts that observers can make whatever the weeks, by a node for every pair."""
    people, participants = problem.met.shape
    methods = problem.quotas.shape[1]
    pairs = people + np.arange(people * participants).reshape(people, participants)
    asked = people + people * participants + np.arange(participants * methods).reshape(participants, methods)
    wanted = asked.max(initial=people) + 1 + np.arange(participants)
    source = wanted[-1] + 1
    graph = np.zeros((source + 2, source + 2), np.int32)
    graph[source, :people] = problem.capacity()
    for observer, participant in np.argwhere(problem.pairs()):
        graph[observer, pairs[observer, participant]] = 1
        graph[pairs[observer, participant], asked[participant, problem.offers[observer]]] = 1
    for participant in range(participants):
        graph[asked[participant], wanted[participant]] = problem.quotas[participant]
        graph[wanted[participant], source + 1] = problem.open_days.sum()
    return maximum_flow(csr_array(graph), source, source + 1).flow_value


def dropout(problem, plan, people, *, since=0):
    """Give the season without these observers, and what of the plan they leave behind."""
    may_work = problem.may_work.copy()
    may_work[list(people)] = False
    return replace(problem, may_work=may_work), np.flatnonzero(
        np.isin(plan.observer, list(people)) & (plan.frame.week >= since)
    )


def simple(*, weeks=1, observers=3, participants=1, quotas=((2, 0),), **fields):
    """Give a season where everybody may do everything, one contact a week."""
    return tiny(
        np.random.default_rng(1),
        participants=participants,
        observers=observers,
        weeks=weeks,
        **{
            "quotas": np.array(quotas),
            "open_days": np.ones((weeks, 5), bool),
            "met": np.zeros((observers, participants), bool),
            "customers": np.zeros((observers, participants), bool),
            "offers": np.ones((observers, 2), bool),
            "available": np.ones((observers, weeks), bool),
            "weekly_capacity": np.ones(observers, int),
            "season_capacity": np.full(observers, 9),
            **fields,
        },
    )


def plan_of(problem, observers, *, weeks):
    frame = dated(problem, np.random.default_rng(1))
    frame.week[:] = weeks
    frame.weekday[:] = range(len(frame))
    return Plan.of(frame, np.array(observers))
