from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignments.planning import Plan, Weights, breaches, costs_of, flow, lower_bound, plan_season
from assignments.planning.frame import Frame
from tests.assignments.planning.small_seasons import largest_flow, season, tiny


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_fewest_unassigned_are_what_a_flow_over_every_pair_leaves(seed):
    problem = tiny(np.random.default_rng(seed), participants=4, observers=5)

    assert lower_bound(problem).unassigned == problem.quotas.sum() - largest_flow(problem)


def every_plan(problem):
    """Give every plan of a season with five open days a week and few contacts."""
    participant = np.repeat(np.arange(len(problem.quotas)), problem.quotas.sum(axis=1))
    method = np.concatenate([np.repeat(np.arange(problem.quotas.shape[1]), quota) for quota in problem.quotas])
    size, nothing = len(participant), np.zeros(len(participant), int)
    for weeks in product(range(problem.weeks), repeat=size):
        frame = Frame(participant, np.array(weeks, int), method, nothing - 1, np.arange(size), nothing)
        for who in product(range(-1, len(problem.met)), repeat=size):
            yield Plan.of(frame, np.array(who, int))


@pytest.mark.parametrize("seed", range(8))
def test_plan_of_a_tiny_season_is_the_best_of_all_and_the_bound_is_below_it(seed):
    rng = np.random.default_rng(seed)
    quotas = np.array([[1, 1], [1, 0]]) if seed % 2 else np.array([[1, 0], [1, 1]])
    problem = tiny(rng, participants=2, observers=2, weeks=2, quotas=quotas, open_days=np.ones((2, 5), bool))
    weights = Weights(hours=0.0)

    found = plan_season(problem, weights=weights, seed=seed)

    best = min(costs_of(problem, plan).total(weights) for plan in every_plan(problem) if not breaches(problem, plan))
    assert found.costs.total(weights) == pytest.approx(best)
    assert found.bound.total(weights) <= best + 1e-9


def test_bound_is_the_cost_where_everybody_may_do_everything():
    nobody = np.zeros((4, 4), bool)
    problem = season(
        participants=4,
        observers=4,
        weeks=4,
        quotas=np.array([[2, 0, 0, 0]] * 4),
        met=nobody,
        customers=nobody,
        offers=~nobody,
        available=~nobody,
        season_capacity=np.array([2, 2, 4, 8]),
        weekly_capacity=np.full(4, 2),
        scores=np.array([100.0, 90, 80, 70]),
    )

    by_load, by_both = lower_bound(problem, weights=Weights(load=10)), lower_bound(problem)

    # Targets are 1, 1, 2 and 4 of 8 contacts. If nobody is off, 0 + 1 + 2·2 + 4·3 tens of points below a hundred are;
    # the first doing one more, and the last one less, costs twice a tenth and saves three.
    assert (by_load.unassigned, by_load.cost) == (0, pytest.approx(1.7))
    assert (by_both.unassigned, by_both.cost) == (0, pytest.approx(1.6))


def test_some_of_many_pairs_give_nearly_the_same_bound_and_never_a_higher_one(monkeypatch):
    problem = season(participants=60, observers=400)
    exact = lower_bound(problem)
    monkeypatch.setattr(flow, "MANY_PAIRS", 0)

    of_some = lower_bound(problem)
    monkeypatch.setattr(flow, "VERY_MANY_PAIRS", 0)
    of_none = lower_bound(problem)

    assert exact.cost * 0.999 < of_some.cost <= exact.cost + 1e-6
    assert exact.cost * 0.99 < of_none.cost <= exact.cost + 1e-6


def test_all_pairs_are_tried_where_some_leave_contacts_over(monkeypatch):
    problem = season(participants=20, observers=60, met=np.random.default_rng(1).random((60, 20)) < 0.6)
    exact = lower_bound(problem)
    monkeypatch.setattr(flow, "MANY_PAIRS", 0)

    assert exact.unassigned > 0
    assert lower_bound(problem) == exact


def test_shortages_of_a_bound_add_up_to_it():
    problem = season(participants=20, observers=60, met=np.random.default_rng(1).random((60, 20)) < 0.6)

    bound = lower_bound(problem)

    assert sum(shortage.lacking for shortage in bound.shortages) == bound.unassigned
