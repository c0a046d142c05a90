"""Repairs of made-up seasons after dropouts: what changes beside what must; and what explains, and chooses teams."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from assignments.planning import NOBODY, Plan, Problem, breaches, deal, plan_season
from assignments.planning.relaxations import smallest
from assignments.planning.repair import Orphans, repair
from assignments.planning.shortages import find
from assignments.planning.team import Pool, Quotas, choose
from benchmarks.planning import SIZES, Size, made_problem

SEEDS = (1, 2, 3)
DROPOUTS = (3, 8, 15)
# Weeks before are over: the ninth of seventeen comes next.
NOW = 8
MOST_SECONDS = 15.0


def measure_repairs() -> dict[str, Any]:
    """Return a row for each season and number of dropouts, and the seconds of what explains and chooses."""
    rows = []
    for seed in SEEDS:
        problem = made_problem(Size(), seed=seed)
        plan = plan_season(problem, seed=seed).plan
        rows += [_repaired(problem, plan, people, seed) for people in DROPOUTS]
    few, ten = made_problem(Size(observers=50), seed=1), made_problem(SIZES["ten"], seed=1)
    pool = Pool.of(made_problem(SIZES["pool"], seed=1))
    return {
        "repairs": rows,
        "shortages_s": _seconds(lambda: find(few, deal(few))),
        "shortages_ten_s": _seconds(lambda: find(ten)),
        "relaxations_s": _seconds(lambda: smallest(few, deal(few))),
        "team_s": _seconds(lambda: choose(pool, 100, Quotas(traits=(0, 1, 2)))),
    }


def _repaired(problem: Problem, plan: Plan, people: int, seed: int) -> dict[str, Any]:
    gone = np.random.default_rng(seed).choice(len(problem.scores), people, replace=False)
    may_work = problem.may_work.copy()
    may_work[gone] = False
    after = replace(problem, may_work=may_work)
    contacts = np.flatnonzero(np.isin(plan.observer, gone) & (plan.frame.week >= NOW))
    began = time.perf_counter()
    repaired = repair(after, plan, Orphans.of(contacts, earliest_week=NOW))
    seconds = time.perf_counter() - began
    anew = plan_season(after, seed=seed).plan.observer if people == DROPOUTS[0] else None
    broken = [item for item in breaches(after, repaired.plan) if repaired.plan.frame.week[item.contact] >= NOW]
    return {
        "seed": seed,
        "dropouts": people,
        "orphans": len(contacts),
        "changes": len(repaired.changes),
        "changes_per_orphan": len(repaired.changes) / max(len(contacts), 1),
        "unassigned": int((repaired.plan.observer == NOBODY).sum()),
        "moved": sum(change.week_before != change.week_after for change in repaired.changes),
        "broken": len(broken),
        "is_proven": repaired.is_proven,
        "anew_per_orphan": None if anew is None else float((anew != plan.observer).sum() / max(len(contacts), 1)),
        "seconds": seconds,
    }


def _seconds(work: Callable[[], Any]) -> float:
    """Return the shorter of two times: the first one loads what is needed."""
    times = []
    for _ in range(2):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def show(figures: dict[str, Any]) -> None:
    """Print the figures beside their goals."""
    print(
        f"\n{'repair: dropouts':20}{'orphans':>8}{'changes':>8}{'ratio':>6}{'anew':>6}{'left':>5}{'broken':>7}{'s':>7}"
    )
    for row in figures["repairs"]:
        anew = "" if row["anew_per_orphan"] is None else f"{row['anew_per_orphan']:.0f}"
        print(
            f"{row['dropouts']:20}{row['orphans']:8}{row['changes']:8}{row['changes_per_orphan']:8.2f}{anew:>8}"
            f"{row['unassigned']:8}{row['broken']:8}{row['seconds']:8.2f}"
        )
    print(f"{'goal':20}{'':16}{1:8.2f}{'':8}{0:8}{0:8}{MOST_SECONDS:8.2f}")
    for name, goal in (("shortages_s", 0.5), ("shortages_ten_s", 5.0), ("relaxations_s", 5.0), ("team_s", 3.0)):
        print(f"{name:34} {figures[name]:8.3f} s   goal {goal:.3f} s")


def met(figures: dict[str, Any]) -> bool:
    """Tell whether orphans alone change, nobody is left over, no rule is broken, and all in time."""
    return all(
        row["changes"] == row["orphans"]
        and not row["unassigned"]
        and not row["broken"]
        and row["is_proven"]
        and row["seconds"] <= MOST_SECONDS
        for row in figures["repairs"]
    )


if __name__ == "__main__":
    measured = measure_repairs()
    show(measured)
    sys.exit(not met(measured))
