"""Plans a whole season: what no plan can beat, a frame, observers by search, then days and hours."""

import time
from itertools import pairwise

from assignments.planning import shortages
from assignments.planning.flow import Rest, best_flow
from assignments.planning.objective import costs_of, unavoidable_demographics
from assignments.planning.plan import NOBODY, Bound, Plan, Planned, Progress, Watch, Weights, unwatched
from assignments.planning.problem import Problem


def lower_bound(problem: Problem, *, weights: Weights | None = None, kept: Plan | None = None) -> Bound:
    """Return what no plan can beat, and why contacts must go without an observer if they must."""
    flow = best_flow(problem, Rest.of(problem, kept), weights or Weights())
    unassigned, pairs = int(flow.short.sum()), problem.pairs()
    if kept is not None:
        given = kept.locked & (kept.observer != NOBODY)
        unassigned += int((kept.locked & ~given).sum())
        pairs[kept.observer[given], kept.frame.participant[given]] = True
    unavoidable = unavoidable_demographics(problem, pairs, is_whole=not unassigned)
    lacking = shortages.find(problem) if unassigned else ()
    return Bound(unassigned=unassigned, cost=flow.cost, demographics=unavoidable, shortages=lacking)


def plan_season(
    problem: Problem,
    *,
    weights: Weights | None = None,
    seed: int = 1,
    time_limit: float = 30.0,
    watch: Watch = unwatched,
    kept: Plan | None = None,
) -> Planned:
    """Return the best plan that a search finds: the same for the same seed, unless time or the watcher cut it short.

    What is locked in ``kept`` stays as it is and counts in everything; the rest of it is planned anew.
    """
    from assignments.planning.dealing import dealt_in_weeks, in_time, with_hours  # noqa: PLC0415 -- compiles
    from assignments.planning.searching import Clock, Search, warm_up  # noqa: PLC0415 -- compiles

    weights = weights or Weights()
    laps = [time.perf_counter()]
    warm_up()
    laps.append(time.perf_counter())
    clock = Clock(ends=laps[-1] + time_limit, watch=watch)
    watch(Progress(phase="flow", share=0.0))
    bound = lower_bound(problem, weights=weights, kept=kept)
    clock.bound = bound.total(weights)
    laps.append(time.perf_counter())
    search = Search(problem, dealt_in_weeks(problem, seed=seed, kept=kept), weights, bound=bound, seed=seed)
    search.run(clock)
    laps.append(time.perf_counter())
    plan = in_time(with_hours(problem, search.planned(), seed=seed))
    costs = costs_of(problem, plan)
    laps.append(time.perf_counter())
    watch(
        Progress(phase="polish", share=1.0, unassigned=costs.unassigned, cost=costs.total(weights), bound=clock.bound)
    )
    names = ("compile", "flow", "search", "polish")
    return Planned(
        plan=plan,
        costs=costs,
        bound=bound,
        weights=weights,
        seed=seed,
        moves=search.moves,
        seconds=dict(zip(names, (after - before for before, after in pairwise(laps)), strict=True)),
        is_whole=clock.is_whole,
    )
