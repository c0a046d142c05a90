from itertools import product

import numpy as np

from assignments.planning import deal, repair_wishes
from assignments.planning.checking import breaches
from assignments.planning.objective import costs_of
from assignments.planning.plan import Plan, Weights
from assignments.planning.repair import Orphans, repair
from tests.assignments.planning.small_seasons import dropout, planned, season


def test_no_change_of_one_orphan_and_no_exchange_of_two_makes_the_plan_better():
    problem = season(participants=20, observers=40, quotas=np.tile([4, 3, 3, 0], (20, 1)))
    plan = planned(problem, deal(problem))
    problem, contacts = dropout(problem, plan, [3, 4, 5, 6])
    repaired = repair(problem, plan, Orphans.of(contacts)).plan
    cost = costs_of(problem, repaired).total(Weights())

    def is_better(given):
        observer = repaired.observer.copy()
        observer[list(given)] = list(given.values())
        other = Plan(repaired.frame, observer, repaired.locked)
        return costs_of(problem, other).total(Weights()) < cost - 1e-6 and not breaches(problem, other)

    ones = [{contact: who} for contact in contacts.tolist() for who in range(40)]
    pairs = [
        {first: repaired.observer[second], second: repaired.observer[first]}
        for first, second in product(contacts.tolist(), contacts.tolist())
        if first < second
    ]
    assert len(contacts) > 5
    assert [given for given in [*ones, *pairs] if is_better(given)] == []


def test_very_many_orphans_are_improved_one_by_one_only(monkeypatch):
    problem = season(participants=20, observers=40, quotas=np.tile([4, 3, 3, 0], (20, 1)))
    plan = planned(problem, deal(problem))
    problem, contacts = dropout(problem, plan, [3, 4, 5, 6])
    best = repair(problem, plan, Orphans.of(contacts)).plan
    monkeypatch.setattr(repair_wishes, "MOST_COMPARED", 0)

    repaired = repair(problem, plan, Orphans.of(contacts)).plan

    assert breaches(problem, repaired) == []
    assert costs_of(problem, best).total(Weights()) <= costs_of(problem, repaired).total(Weights())
