import numpy as np

from assignments.planning import repair_chains
from assignments.planning.plan import NOBODY
from assignments.planning.repair import Orphans, repair
from tests.assignments.planning.small_seasons import dropout, plan_of, simple


def test_chain_hands_one_contact_over_so_that_another_can_be_made_and_says_so():
    # Only observer 1 may take the first participant's contact, and is busy; observer 2 may take the second's only.
    met = np.array([[False, False], [False, False], [True, False]])
    problem = simple(participants=2, quotas=((1, 0), (1, 0)), met=met)
    plan = plan_of(problem, [0, 1], weeks=[0, 0])
    problem, contacts = dropout(problem, plan, [0])

    repaired = repair(problem, plan, Orphans.of(contacts))

    assert [(item.contact, item.observer_before, item.observer_after, item.reason) for item in repaired.changes] == [
        (0, 0, 1, "orphan"),
        (1, 1, 2, "chain"),
    ]
    assert repaired.is_proven


def test_locked_contact_is_never_handed_over_and_each_refusal_is_counted_by_its_first_rule():
    met = np.array([[False, False], [False, False], [True, False]])
    problem = simple(participants=2, quotas=((1, 0), (1, 0)), met=met)
    plan = plan_of(problem, [0, 1], weeks=[0, 0])
    plan.locked[1] = True
    problem, contacts = dropout(problem, plan, [0])

    repaired = repair(problem, plan, Orphans.of(contacts))

    assert repaired.unassigned == ((0, {"never_met": 1, "active": 1, "weekly_capacity": 1}),)
    assert [change.contact for change in repaired.changes] == [0]
    assert repaired.is_proven


def test_contact_of_others_that_breaks_a_rule_already_is_not_made_worse():
    # Observer 1 has one contact too many; both are of others, and neither may lose its observer.
    problem = simple(
        participants=3, quotas=((1, 0),) * 3, observers=3, met=np.array([[0, 1, 1], [1, 0, 0], [1, 1, 1]], bool)
    )
    plan = plan_of(problem, [0, 1, 1], weeks=[0, 0, 0])
    problem, contacts = dropout(problem, plan, [0])

    repaired = repair(problem, plan, Orphans.of(contacts))

    assert repaired.plan.observer.tolist() == [NOBODY, 1, 1]
    assert [contact for contact, _refusals in repaired.unassigned] == [0]


def test_repair_that_is_stopped_keeps_what_it_has_and_does_not_call_it_proven():
    met = np.array([[False, False], [False, False], [True, False]])
    problem = simple(participants=2, quotas=((1, 0), (1, 0)), met=met)
    plan = plan_of(problem, [0, 1], weeks=[0, 0])
    problem, contacts = dropout(problem, plan, [0])
    seen = []

    def stop(progress):
        seen.append(progress.phase)
        return True

    repaired = repair(problem, plan, Orphans.of(contacts), watch=stop)

    assert set(seen) == {"repair"}
    assert [contact for contact, _refusals in repaired.unassigned] == [0]
    assert not repaired.is_proven


def test_chain_that_would_take_too_long_to_search_is_not_called_impossible(monkeypatch):
    met = np.array([[False, False], [False, False], [True, False]])
    problem = simple(participants=2, quotas=((1, 0), (1, 0)), met=met)
    plan = plan_of(problem, [0, 1], weeks=[0, 0])
    problem, contacts = dropout(problem, plan, [0])
    monkeypatch.setattr(repair_chains, "MOST_OPTIONS", 0)

    repaired = repair(problem, plan, Orphans.of(contacts))

    assert repaired.plan.observer.tolist() == [NOBODY, 1]
    assert not repaired.is_proven
