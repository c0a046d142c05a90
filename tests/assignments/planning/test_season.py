import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignments.planning import NOBODY, Weights, breaches, costs_of, lower_bound, plan_season
from tests.assignments.planning.small_seasons import season, tiny

ROOT = Path(__file__).resolve().parents[3]


def tight(seed):
    """Give a season whose market leaders most observers are customers of."""
    rng = np.random.default_rng(seed)
    customers = rng.random((100, 188)) < 0.2
    customers[:, :8] = rng.random((100, 8)) < rng.uniform(0.66, 0.76, 8)
    return season(seed=seed, customers=customers)


def broken_rules(problem, plan):
    """Name the broken hard rules, contact by contact: as slow and plain as can be."""
    frame, found = plan.frame, set()
    rows = [
        tuple(int(column[row]) for column in (plan.observer, *vars(frame).values()))
        for row in range(len(frame))
        if plan.observer[row] != NOBODY
    ]
    seen = {name: {} for name in ("pair", "day", "week", "season")}
    for who, participant, week, method, role_play, weekday, slot in rows:
        if problem.met[who, participant] or problem.customers[who, participant] or not problem.may_work[who]:
            found.add("pair")
        if not (problem.offers[who, method] and problem.quotas[participant, method]):
            found.add("method")
        if not (problem.available[who, week] and problem.open_days[week, weekday]):
            found.add("time")
        if problem.mornings[method] and slot == 2:
            found.add("morning")
        if role_play not in (range(problem.role_plays[participant]) if problem.role_plays[participant] else [-1]):
            found.add("role_play")
        for name, key in (
            ("pair", (who, participant)),
            ("day", (participant, week, weekday)),
            ("week", (who, week)),
            ("season", who),
        ):
            seen[name][key] = seen[name].get(key, 0) + 1
    limits = {
        "pair": lambda _: 1,
        "day": lambda _: 1,
        "week": lambda key: problem.weekly_capacity[key[0]],
        "season": lambda key: problem.season_capacity[key],
    }
    found |= {name for name, counts in seen.items() if any(count > limits[name](key) for key, count in counts.items())}
    counts = np.zeros_like(problem.quotas)
    np.add.at(counts, (frame.participant, frame.method), 1)
    return found if (counts == problem.quotas).all() else found | {"split"}


def unevenness(costs):
    return costs.weeks + costs.method_weeks + costs.hours + costs.role_plays


def rows_of(plan, only):
    columns = (*vars(plan.frame).values(), plan.observer)
    return sorted(tuple(int(column[row]) for column in columns) for row in np.flatnonzero(only))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_usual_season_keeps_every_rule_is_even_and_nearly_as_good_as_the_bound(seed):
    problem = season(seed=seed)

    planned = plan_season(problem, seed=seed)

    assert broken_rules(problem, planned.plan) == set()
    assert breaches(problem, planned.plan) == []
    assert (planned.costs.unassigned, planned.bound.unassigned, unevenness(planned.costs)) == (0, 0, 0)
    assert planned.costs.total(planned.weights) <= 1.005 * planned.bound.cost
    assert planned.is_whole
    assert planned.costs == costs_of(problem, planned.plan)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_tight_season_leaves_exactly_those_unassigned_whom_nobody_can_contact(seed):
    problem = tight(seed)

    planned = plan_season(problem, seed=seed)

    assert planned.bound.unassigned > 0
    assert planned.costs.unassigned == planned.bound.unassigned
    assert broken_rules(problem, planned.plan) == set()
    assert unevenness(planned.costs) == 0
    assert planned.gap < 0.01
    assert sum(shortage.lacking for shortage in planned.bound.shortages) == planned.bound.unassigned


def test_season_whose_weeks_are_full_uses_all_the_room_there_is():
    problem = season(participants=60, observers=32, weekly_capacity=np.full(32, 3), season_capacity=np.full(32, 60))

    planned = plan_season(problem)

    assert planned.bound.unassigned > 0
    assert planned.costs.unassigned == planned.bound.unassigned
    assert broken_rules(problem, planned.plan) == set()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_small_seasons_keep_every_rule_and_are_never_better_than_the_bound(seed):
    problem = tiny(np.random.default_rng(seed), participants=4, observers=6)

    planned = plan_season(problem, seed=seed)

    assert breaches(problem, planned.plan) == []
    assert broken_rules(problem, planned.plan) == set()
    assert planned.costs.unassigned >= planned.bound.unassigned
    if planned.costs.unassigned == planned.bound.unassigned:
        assert planned.gap >= -1e-9


@pytest.mark.parametrize("share", [0.1, 0.6, 1.0])
def test_what_is_locked_stays_and_counts(share):
    problem = season(participants=60, observers=60)
    before = plan_season(problem, seed=1).plan
    before.locked[:] = np.random.default_rng(1).random(len(before.locked)) < share

    planned = plan_season(problem, seed=2, kept=before)

    assert rows_of(planned.plan, planned.plan.locked) == rows_of(before, before.locked)
    assert broken_rules(problem, planned.plan) == set()
    assert (planned.costs.unassigned, unevenness(planned.costs)) == (0, 0)
    assert planned.gap < 0.01


def test_locked_contact_without_observer_stays_without_one():
    problem = season(participants=20, observers=60)
    before = plan_season(problem).plan
    before.locked[:3], before.observer[:3] = True, NOBODY

    planned = plan_season(problem, kept=before)

    assert (planned.costs.unassigned, planned.bound.unassigned) == (3, 3)
    assert rows_of(planned.plan, planned.plan.locked) == rows_of(before, before.locked)


@pytest.mark.parametrize(
    ("fields", "unassigned"),
    [
        ({"participants": 0, "quotas": np.zeros((0, 4), int), "role_plays": np.zeros(0, int)}, 0),
        ({"participants": 3, "observers": 0}, 75),
        ({"participants": 3, "weeks": 0}, 75),
        ({"participants": 3, "open_days": np.zeros((17, 5), bool)}, 75),
        ({"participants": 3, "weeks": 1}, 60),
        ({"participants": 3, "may_work": np.zeros(100, bool)}, 75),
        ({"participants": 3, "traits": np.zeros((100, 0), int)}, 0),
        ({"participants": 3, "traits": np.full((100, 2), -1)}, 0),
        ({"participants": 3, "observers": 26, "met": np.zeros((26, 3), bool), "customers": np.eye(26, 3) > 1}, None),
    ],
)
def test_odd_season_is_planned_as_far_as_can_be(fields, unassigned):
    problem = season(**fields)

    planned = plan_season(problem)

    assert broken_rules(problem, planned.plan) == set()
    assert planned.costs.unassigned == planned.bound.unassigned
    assert unassigned in {None, planned.costs.unassigned}


def test_watcher_hears_from_a_search_three_times_a_second_and_costs_fall():
    heard = []

    def watch(progress):
        heard.append((time.thread_time(), progress))
        return False

    planned = plan_season(season(), watch=watch)

    gaps = np.diff([moment for moment, progress in heard if progress.phase == "search"])
    shares = [progress.share for _, progress in heard]
    costs = [progress.cost for _, progress in heard if progress.cost is not None]
    assert gaps.max() < 1 / 3
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert costs[-1] == pytest.approx(planned.costs.total(planned.weights))
    assert costs[-2] == pytest.approx(costs[-1], rel=0.01)
    assert costs[-1] < costs[1]
    assert heard[-1][1].bound == pytest.approx(planned.bound.total(planned.weights))
    assert {progress.phase for _, progress in heard} == {"flow", "search", "polish"}


def test_search_that_is_stopped_keeps_its_best_plan():
    problem, calls = season(), []

    planned = plan_season(problem, watch=lambda progress: calls.append(progress) or len(calls) > 6)

    assert not planned.is_whole
    assert broken_rules(problem, planned.plan) == set()
    assert planned.costs.unassigned == 0
    assert planned.costs.total(planned.weights) <= min(call.cost for call in calls[2:]) + 1e-6


def test_search_without_time_gives_a_plan_that_keeps_the_rules():
    problem = season()

    planned = plan_season(problem, time_limit=0)

    assert not planned.is_whole
    assert broken_rules(problem, planned.plan) == set()
    assert unevenness(planned.costs) == 0


def test_weights_decide_what_is_given_up():
    problem = season(participants=40, observers=60)

    by_score = plan_season(problem, weights=Weights(score=10.0)).costs
    by_load = plan_season(problem, weights=Weights(load=10.0)).costs

    assert by_score.score < by_load.score
    assert by_load.load < by_score.load


def test_demographics_that_cannot_be_mixed_count_in_the_bound():
    # One participant, two contacts, half of all observers women: but no woman may contact it.
    nobody = np.zeros((4, 1), bool)
    problem = season(
        participants=1,
        observers=4,
        quotas=np.array([[2, 0, 0, 0]]),
        met=np.array([[True], [True], [False], [False]]),
        customers=nobody,
        offers=np.ones((4, 4), bool),
        available=np.ones((4, 17), bool),
        weekly_capacity=np.full(4, 1),
        traits=np.array([[0], [0], [1], [1]]),
    )

    planned = plan_season(problem)

    assert (planned.bound.demographics, planned.costs.demographics) == (2, 2)


SCRIPT = """
import hashlib, sys
import numpy as np
from assignments.planning import plan_season, searching
from tests.assignments.planning.small_seasons import season
searching.MOVES_FOR_OBSERVER, searching.MOVES, searching.FEWEST_MOVES, searching.STRETCH = 1, 1, 4_000, 1_000
rng = np.random.default_rng(5)
available = rng.random((30, 6)) < 0.6
plan = plan_season(season(participants=10, observers=30, weeks=6, quotas=np.array([[4, 3, 3, 0]] * 10),
    available=available, weekly_capacity=np.full(30, 2), season_capacity=np.full(30, 4)), seed=4).plan
columns = [*vars(plan.frame).values(), plan.observer]
print(hashlib.sha256(np.stack(columns).tobytes()).hexdigest())
"""


def fingerprint(**environment):
    command = [sys.executable, "-c", SCRIPT.replace("planning import plan_season, searching", IMPORT)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


IMPORT = "planning import plan_season\nfrom assignments.planning import searching"


def test_same_seed_gives_the_same_plan_in_every_process_compiled_or_not():
    prints = {
        fingerprint(PYTHONHASHSEED="1"),
        fingerprint(PYTHONHASHSEED="2"),
        fingerprint(NUMBA_DISABLE_JIT="1"),
    }

    assert len(prints) == 1


def test_other_seed_gives_another_plan_of_the_same_worth():
    problem = season(participants=60, observers=60)

    one, other = (plan_season(problem, seed=seed) for seed in (1, 2))

    assert (one.plan.observer != other.plan.observer).any()
    assert one.costs.total(one.weights) == pytest.approx(other.costs.total(other.weights), rel=0.005)


def test_planning_is_loaded_without_what_computes():
    code = "import sys, assignments.planning; print({'numba', 'ortools'} & sys.modules.keys())"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "set()"


def test_functions_are_compiled_where_nothing_can_be_kept(monkeypatch):
    import numba

    from assignments.planning.compiled import compiled

    able = numba.njit

    def unable(*, cache=False, **options):
        if cache:
            message = "cannot cache function: no locator available"
            raise RuntimeError(message)
        return able(**options)

    monkeypatch.setattr(numba, "njit", unable)

    assert compiled(lambda number: number + 1)(2) == 3


def test_bound_with_kept_counts_what_is_locked():
    problem = season(participants=20, observers=40)
    plan = plan_season(problem).plan
    plan.locked[:] = True

    bound = lower_bound(problem, kept=plan)

    costs = costs_of(problem, plan)
    assert bound.unassigned == 0
    assert bound.cost == pytest.approx(0.1 * costs.load + 0.1 * costs.score)
