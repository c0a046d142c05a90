"""Plans of made-up seasons: how far from the bound, how much better than a greedy planner, seconds and memory."""

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from assignments.planning import NOBODY, Frame, Plan, Problem, breaches, costs_of, plan_season
from scripts.place import ROOT

# Phone, e-mail, chat, messenger: keys of 25 contacts, and how often each is met with.
KEYS = np.array([(10, 8, 7, 0), (13, 12, 0, 0), (10, 8, 0, 7), (8, 6, 6, 5)])
KEY_SHARES = (0.5, 0.3, 0.1, 0.1)
EMAIL = 1
WEEKS, SHORT_WEEKS = 17, (5, 16)
# How often an observer is there in a week, and may work at all; how often others than market leaders were met before.
PRESENT, FIT, MET = 0.9, 0.98, 0.1
CHUNK = 200


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a season is; in a tight one everybody is a customer of its market leaders."""

    participants: int = 188
    observers: int = 100
    leaders: int = 0
    seconds: float = 30.0


SIZES = {
    "season": Size(),
    "tight": Size(leaders=12),
    "pool": Size(observers=6_000),
    "ten": Size(participants=1_880, observers=1_000, seconds=110.0),
    "hundred": Size(participants=18_800, observers=10_000, seconds=1_100.0),
}
USUAL = ("season", "tight", "pool", "ten")
SEEDS = {"season": 10, "tight": 5}


def made_problem(size: Size, *, seed: int) -> Problem:
    """Return a season with the usual shares of customers, meetings, absences and scores."""
    rng = np.random.default_rng(seed)
    people, participants = size.observers, size.participants
    open_days = np.ones((WEEKS, 5), bool)
    open_days[SHORT_WEEKS, (4, 0)] = False
    customers = rng.beta(4, 16, participants)
    met = np.full(participants, MET)
    leaders = rng.choice(participants, size.leaders, replace=False)
    customers[leaders], met[leaders] = rng.uniform(0.55, 0.68, size.leaders), 0.35
    return Problem(
        quotas=KEYS[rng.choice(len(KEYS), participants, p=KEY_SHARES)],
        role_plays=rng.integers(2, 5, participants),
        mornings=np.arange(4) == EMAIL,
        open_days=open_days,
        met=_drawn(rng, people, met),
        customers=_drawn(rng, people, customers),
        offers=rng.random((people, 4)) < (0.99, 0.99, 0.95, 0.9),
        available=rng.random((people, WEEKS)) < PRESENT,
        may_work=rng.random(people) < FIT,
        weekly_capacity=rng.integers(3, 7, people),
        season_capacity=rng.integers(55, 90, people),
        scores=np.clip(rng.normal(80, 10, people), 60, 100),
        traits=np.stack([rng.choice(count, people, p=_shares(count)) for count in (2, 4, 5)], axis=1),
    )


def _shares(count: int) -> np.ndarray:
    weights = np.arange(count, 0, -1) + 1.0
    return weights / weights.sum()


def _drawn(rng: np.random.Generator, people: int, share: np.ndarray) -> np.ndarray:
    """Draw observers × participants, some observers at a time: a hundred seasons are many."""
    table = np.zeros((people, len(share)), bool)
    for first in range(0, people, CHUNK):
        rows = table[first : first + CHUNK]
        rows[:] = rng.random(rows.shape, np.float32) < share
    return table


def frame_by_hand(problem: Problem, *, seed: int) -> Frame:
    """Return what a planner deals by hand: even weeks, methods mixed, role-plays in turn, any free hour."""
    rng = np.random.default_rng(seed)
    rows = []
    for participant, quota in enumerate(problem.quotas):
        methods = rng.permutation(np.repeat(np.arange(len(quota)), quota))
        taken: set[tuple[int, int]] = set()
        for place, method in enumerate(methods.tolist()):
            week = int((place + rng.random()) * problem.weeks / len(methods))
            free = [day for day in np.flatnonzero(problem.open_days[week]).tolist() if (week, day) not in taken]
            day = int(rng.choice(free))
            taken.add((week, day))
            slot = int(rng.integers(2 if problem.mornings[method] else 3))
            rows.append((participant, week, method, place % problem.role_plays[participant], day, slot))
    return Frame(*np.array(rows, np.int64).T)


def greedy(problem: Problem, frame: Frame) -> Plan:
    """Return what a planner does by hand: in order of time, whoever has least of those who may."""
    people, participants = problem.met.shape
    pairs, load = problem.pairs(), np.zeros(people, np.int64)
    in_week, meets = np.zeros((people, problem.weeks), np.int64), np.zeros((people, participants), bool)
    observer = np.full(len(frame), NOBODY)
    for contact in np.lexsort((frame.participant, frame.weekday, frame.week)).tolist():
        participant, week = frame.participant[contact], frame.week[contact]
        able = pairs[:, participant] & ~meets[:, participant] & problem.offers[:, frame.method[contact]]
        able &= problem.available[:, week] & (in_week[:, week] < problem.weekly_capacity)
        able &= load < problem.season_capacity
        if able.any():
            who = int(np.where(able, load, np.iinfo(np.int64).max).argmin())
            observer[contact], meets[who, participant] = who, True
            load[who] += 1
            in_week[who, week] += 1
    return Plan.of(frame, observer)


def measure(name: str, seed: int) -> dict[str, Any]:
    """Return the figures of one season, planned in this process."""
    size = SIZES[name]
    problem = made_problem(size, seed=seed)
    before = _peak()
    first = plan_season(made_problem(Size(participants=8, observers=40), seed=1), time_limit=60)
    began, worked = time.perf_counter(), time.process_time()
    planned = plan_season(problem, seed=seed, time_limit=size.seconds)
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - worked
    peak = _peak()
    costs = planned.costs
    cost = costs.total(planned.weights)
    by_hand = (
        [] if size.participants > SIZES["ten"].participants else [frame_by_hand(problem, seed=seed), planned.plan.frame]
    )
    others = [costs_of(problem, greedy(problem, frame)) for frame in by_hand] or [None, None]
    return {
        "name": name,
        "seed": seed,
        "contacts": len(planned.plan.frame),
        "broken": len(breaches(problem, planned.plan)),
        "unassigned": costs.unassigned,
        "unassigned_bound": planned.bound.unassigned,
        "uneven": costs.weeks + costs.method_weeks + costs.hours + costs.role_plays,
        "demographics": costs.demographics,
        "cost": cost,
        "over_bound": 1 + planned.gap,
        "over_flow": cost / (planned.bound.cost + planned.weights.unassigned * planned.bound.unassigned),
        "times_better_than_greedy": others[0].total(planned.weights) / cost if others[0] else None,
        "the_same_with_its_frame": others[1].total(planned.weights) / cost if others[1] else None,
        "greedy_unassigned": others[0].unassigned if others[0] else None,
        "compile_s": first.seconds["compile"],
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "parts": planned.seconds,
        "moves": planned.moves,
        "is_whole": planned.is_whole,
        "peak_mb": peak,
        "problem_mb": before,
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_plans(names: tuple[str, ...] = USUAL) -> list[dict[str, Any]]:
    """Return the figures of each kind of season, each measured in a process of its own."""
    runs = [(name, seed) for name in names for seed in range(1, SEEDS.get(name, 1) + 1)]
    return [
        json.loads(
            subprocess.run(
                [sys.executable, "-m", "benchmarks.planning", "--one", name, str(seed)],
                cwd=ROOT,
                check=True,
                capture_output=True,
            ).stdout
        )
        for name, seed in runs
    ]


def show(rows: list[dict[str, Any]]) -> None:
    """Print a line for each season."""
    heads = ("J/bound", "J/flow", "hand/J", "frame/J", "lacking", "of", "uneven", "broken", "s", "CPU s", "MB")
    print(f"\n{'plan':10}" + "".join(f"{head:>9}" for head in heads))
    for row in rows:
        print(
            f"{row['name'] + ' ' + str(row['seed']):10}"
            + "".join(f"{row[name]:9.5f}" for name in ("over_bound", "over_flow"))
            + "".join(f"{row[name] or 0:9.1f}" for name in ("times_better_than_greedy", "the_same_with_its_frame"))
            + "".join(f"{row[name]:9.0f}" for name in ("unassigned", "unassigned_bound", "uneven", "broken"))
            + f"{row['seconds']:9.2f}{row['cpu_seconds']:9.2f}{row['peak_mb']:9.0f}"
        )


def main() -> None:
    """Measure what is asked for: one season in this process, or several in processes of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=2, metavar=("NAME", "SEED"))
    parser.add_argument("names", nargs="*", help=", ".join(SIZES))
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(asked.one[0], int(asked.one[1]))))
    else:
        show(measure_plans(tuple(asked.names) or USUAL))


if __name__ == "__main__":
    main()
