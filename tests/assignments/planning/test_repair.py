from dataclasses import fields, replace

import numpy as np
import pytest

from assignments.planning import deal
from assignments.planning.checking import breaches
from assignments.planning.plan import NOBODY
from assignments.planning.repair import Change, Orphans, repair
from tests.assignments.planning.small_seasons import dated, dropout, plan_of, planned, season, simple

NOW = 8


def rows_of(plan, contacts):
    """Give everything there is about these contacts."""
    columns = [getattr(plan.frame, field.name) for field in fields(plan.frame)]
    return np.stack([*columns, plan.observer, plan.locked])[:, contacts]


@pytest.mark.parametrize(("people", "orphaned"), [(3, 66), (8, 182), (15, 377)])
def test_dropouts_of_a_usual_season_change_their_own_contacts_and_nothing_else(people, orphaned):
    problem = season()
    plan = planned(problem, deal(problem))
    gone = np.random.default_rng(1).choice(100, people, replace=False)
    problem, contacts = dropout(problem, plan, gone, since=NOW)
    others = np.setdiff1d(np.arange(len(plan.frame)), contacts)

    repaired = repair(problem, plan, Orphans.of(contacts, earliest_week=NOW), time_limit=60)

    assert abs(len(contacts) - orphaned) < orphaned // 3
    assert [change.contact for change in repaired.changes] == contacts.tolist()
    assert all(change.observer_after not in {NOBODY, *gone.tolist()} for change in repaired.changes)
    assert rows_of(repaired.plan, others).tobytes() == rows_of(plan, others).tobytes()
    assert repaired.unassigned == ()
    assert repaired.is_proven
    over = [breach for breach in breaches(problem, repaired.plan) if plan.frame.week[breach.contact] >= NOW]
    assert over == []


def test_same_repair_comes_out_again_and_the_plan_before_is_left_alone():
    problem = season(participants=40, observers=60)
    plan = planned(problem, deal(problem))
    before = plan.copy()
    problem, contacts = dropout(problem, plan, [2, 7, 11])

    first, second = (repair(problem, plan, Orphans.of(contacts)) for _ in range(2))

    everything = np.arange(len(plan.frame))
    assert (rows_of(first.plan, everything) == rows_of(second.plan, everything)).all()
    assert (rows_of(plan, everything) == rows_of(before, everything)).all()


def test_contact_moves_a_week_only_if_it_may():
    problem = simple(weeks=3, observers=2, available=np.array([[True, True, True], [False, True, False]]))
    plan = plan_of(problem, [0, NOBODY], weeks=[2, 0])
    problem, contacts = dropout(problem, plan, [0])

    stays = repair(problem, plan, Orphans.of(contacts, may_move_week=False))
    moves = repair(problem, plan, Orphans.of(contacts))

    assert [code for _contact, code in stays.unassigned] == [{"active": 1, "available": 1}]
    assert moves.changes == (
        Change(
            contact=0,
            observer_before=0,
            observer_after=1,
            week_before=2,
            week_after=1,
            method_before=0,
            method_after=0,
            is_orphan=True,
        ),
    )


def test_moved_contact_gets_an_open_day_that_its_participant_has_free():
    open_days = np.array([[True] * 5, [True, True, False, False, False]])
    problem = simple(weeks=2, observers=3, open_days=open_days, available=np.array([[1, 1], [0, 1], [0, 1]], bool))
    plan = plan_of(problem, [0, 2], weeks=[0, 1])
    problem, contacts = dropout(problem, plan, [0])

    repaired = repair(problem, plan, Orphans.of(contacts))

    assert repaired.plan.frame.week.tolist() == [1, 1]
    assert repaired.plan.frame.weekday.tolist() == [0, 1]
    assert breaches(problem, repaired.plan) == []


def test_participant_without_the_method_gets_the_contacts_by_another_as_the_split_says():
    problem = simple(weeks=2, quotas=((2, 2),), weekly_capacity=np.full(5, 2), observers=5)
    plan = planned(problem, dated(problem, np.random.default_rng(3)))
    assert (plan.observer != NOBODY).all()
    lost = np.flatnonzero(plan.frame.method == 0)
    problem = replace(problem, quotas=np.array([[0, 4]]))

    repaired = repair(
        problem,
        plan,
        replace(Orphans.of(lost), methods=np.array([[False, True]] * 2), may_keep=np.ones(2, bool)),
    )

    assert repaired.plan.frame.method.tolist() == [1] * 4
    assert (repaired.plan.observer == plan.observer).all()
    assert {change.method_after for change in repaired.changes} == {1}
    assert set(repaired.plan.frame.slot[lost]) <= {0, 1}
    assert breaches(problem, repaired.plan) == []


def test_contacts_that_can_be_made_in_two_ways_follow_the_split():
    problem = simple(weeks=1, quotas=((1, 1),), observers=4)
    plan = plan_of(problem, [0, 1], weeks=[0, 0])
    plan.frame.method[:] = 0

    repaired = repair(problem, plan, replace(Orphans.of(np.arange(2)), methods=np.ones((2, 2), bool)))

    assert sorted(repaired.plan.frame.method) == [0, 1]
    assert not set(repaired.plan.observer) & {0, 1, NOBODY} or len(set(repaired.plan.observer)) == 2
    assert breaches(problem, repaired.plan) == []


def test_overdue_contact_may_stay_with_its_observer_in_a_later_week():
    problem = simple(weeks=3, quotas=((1, 0),))
    plan = plan_of(problem, [1], weeks=[0])
    overdue = Orphans.of(np.array([0]), earliest_week=1)

    keeps = repair(problem, plan, replace(overdue, may_keep=np.ones(1, bool)))
    changes = repair(problem, plan, overdue)

    assert keeps.plan.observer.tolist() == [1]
    assert keeps.plan.frame.week[0] >= 1
    assert changes.plan.observer[0] in {0, 2}


def test_overdue_contacts_of_a_participant_are_spread_over_the_weeks_that_come():
    problem = simple(weeks=6, quotas=((3, 0),), observers=5)
    plan = plan_of(problem, [0, 1, 2], weeks=[0, 0, 0])

    repaired = repair(problem, plan, Orphans.of(np.arange(3), earliest_week=2))

    assert len(set(repaired.plan.frame.week)) == 3
    assert min(repaired.plan.frame.week) >= 2
    assert breaches(problem, repaired.plan) == []


def test_observers_who_are_away_keep_in_another_week_what_they_can():
    problem = season()
    plan = planned(problem, deal(problem))
    available = problem.available.copy()
    available[:20, NOW + 1 : NOW + 3] = False
    problem = replace(problem, available=available)
    given = plan.observer != NOBODY
    contacts = np.flatnonzero(given & ~available[plan.observer, plan.frame.week])

    repaired = repair(
        problem, plan, replace(Orphans.of(contacts, earliest_week=NOW), may_keep=np.ones(len(contacts), bool))
    )

    kept = [change for change in repaired.changes if change.observer_after == change.observer_before]
    assert len(kept) > 10
    assert all(abs(change.week_after - change.week_before) == 1 for change in kept)
    assert all(change.week_after == change.week_before for change in repaired.changes if change not in kept)
    assert (repaired.unassigned, repaired.is_proven) == ((), True)
    assert breaches(problem, repaired.plan) == []


def test_contact_that_comes_to_be_made_by_email_is_made_before_noon():
    problem = simple(quotas=((0, 1),))
    plan = plan_of(problem, [0], weeks=[0])
    plan.frame.method[:], plan.frame.slot[:] = 0, 2

    repaired = repair(problem, plan, replace(Orphans.of(np.array([0])), methods=np.array([[False, True]])))

    assert (repaired.plan.frame.method.tolist(), repaired.plan.frame.slot.tolist()) == ([1], [0])


def test_forbidden_pair_is_left_alone():
    problem = simple(quotas=((1, 0),))
    plan = plan_of(problem, [0], weeks=[0])

    repaired = repair(problem, plan, replace(Orphans.of(np.array([0])), forbidden=((0, 1),)))

    assert repaired.plan.observer.tolist() == [2]


def test_nothing_to_repair_changes_nothing():
    problem = season(participants=5, observers=30)
    plan = planned(problem, deal(problem))

    repaired = repair(problem, plan, Orphans.of(np.zeros(0, int)))

    everything = np.arange(len(plan.frame))
    assert rows_of(repaired.plan, everything).tobytes() == rows_of(plan, everything).tobytes()
    assert (repaired.changes, repaired.unassigned, repaired.is_proven) == ((), (), True)


def test_all_observers_gone_leaves_every_contact_with_its_reason():
    problem = simple()
    plan = plan_of(problem, [0, 1], weeks=[0, 0])
    problem, contacts = dropout(problem, plan, [0, 1, 2])

    repaired = repair(problem, plan, Orphans.of(contacts))

    assert repaired.unassigned == ((0, {"active": 3}), (1, {"active": 3}))
    assert repaired.plan.observer.tolist() == [NOBODY, NOBODY]
    assert repaired.is_proven


def test_contact_without_a_week_left_says_that_no_day_is_open():
    problem = simple()
    plan = plan_of(problem, [0, 1], weeks=[0, 0])

    repaired = repair(problem, plan, Orphans.of(np.array([0]), earliest_week=1))

    assert repaired.unassigned == ((0, {"open_day": 3}),)


def test_repair_without_time_places_what_it_can_and_breaks_no_rule():
    problem = season(weekly_capacity=np.full(100, 4), season_capacity=np.full(100, 55))
    plan = planned(problem, deal(problem))
    problem, contacts = dropout(problem, plan, range(25), since=NOW)

    repaired = repair(problem, plan, Orphans.of(contacts, earliest_week=NOW), time_limit=0)

    assert 0 < len(repaired.unassigned) < len(contacts)
    assert not repaired.is_proven
    assert [item for item in breaches(problem, repaired.plan) if plan.frame.week[item.contact] >= NOW] == []
