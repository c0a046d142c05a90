from dataclasses import replace

import numpy as np
import pytest

from assignments.planning import deal
from assignments.planning.recruits import Newcomer, with_newcomers
from assignments.planning.relaxations import smallest
from assignments.planning.shortages import find
from tests.assignments.planning.small_seasons import largest_flow, season
from tests.assignments.planning.test_shortages import whole


def by_kind(problem, frame=None, **options):
    """Give the relaxations by their kinds."""
    found = smallest(problem, deal(problem) if frame is None else frame, **options)
    assert [item.unassigned_after for item in found] == sorted(item.unassigned_after for item in found)
    assert len(found) <= 6
    return {item.kind: item for item in reversed(found)}


def left_over(problem):
    return int(problem.quotas.sum() - largest_flow(problem))


def raised(problem, item, *, by, count=None):
    """Give the season with the capacity of these observers raised, as the relaxation says."""
    who = list(item.observers)[:count]
    weekly, seasonal = problem.weekly_capacity.copy(), problem.season_capacity.copy()
    if item.kind == "weekly_capacity":
        weekly[who] += by
    seasonal[who] += by * (problem.available.sum(axis=1)[who] if item.kind == "weekly_capacity" else 1)
    return replace(problem, weekly_capacity=weekly, season_capacity=seasonal)


def short_season(**fields):
    """Give one of eight participants with 25 contacts each, 200 in all, and time for 150."""
    return whole(
        sizes=(30, 8, 5),
        quotas=np.tile([10, 15, 0, 0], (8, 1)),
        open_days=np.ones((5, 5), bool),
        **{"weekly_capacity": np.full(30, 1), "season_capacity": np.full(30, 9), **fields},
    )


def test_season_that_lacks_nothing_needs_no_change():
    problem = season(participants=20, observers=60)

    assert smallest(problem, deal(problem)) == ()


def test_more_a_week_for_the_fewest_heals_a_season_that_is_short():
    problem = short_season()

    item = by_kind(problem)["weekly_capacity"]

    assert (item.amount, item.unassigned_before, item.unassigned_after) == (1, 50, 0)
    assert item.changes == len(item.observers) <= 17
    assert left_over(raised(problem, item, by=1)) == 0
    assert left_over(raised(problem, item, by=1, count=-1)) > 0


def test_more_in_the_season_heals_it_where_that_is_the_limit():
    problem = short_season(weekly_capacity=np.full(30, 3), season_capacity=np.full(30, 5))

    item = by_kind(problem)["season_capacity"]

    assert item.unassigned_after == 0
    assert left_over(raised(problem, item, by=item.amount)) == 0
    assert left_over(raised(problem, item, by=item.amount - 1)) > 0


def test_fewest_new_observers_heal_it_and_one_fewer_does_not():
    problem = short_season()

    item = by_kind(problem)["observers"]

    usual = Newcomer.usual(problem, item.methods)
    assert (item.amount, item.unassigned_after) == (10, 0)
    assert left_over(with_newcomers(problem, [usual] * 10)) == 0
    assert left_over(with_newcomers(problem, [usual] * 9)) > 0


def test_new_observers_for_one_method_only_need_that_method():
    offers = np.ones((30, 4), bool)
    offers[1:, 1] = False
    problem = whole(offers=offers)

    item = by_kind(problem)["observers"]

    assert item.methods == (1,)
    assert (item.amount, item.unassigned_before, item.unassigned_after) == (1, 6, 0)


def test_contacts_by_a_method_nobody_offers_can_be_made_by_another():
    offers = np.ones((30, 4), bool)
    offers[:, 1] = False
    problem = whole(offers=offers)

    item = by_kind(problem)["method"]

    assert (item.method, item.methods, item.amount, item.unassigned_after) == (1, (0,), 12, 0)
    assert item.participants == (0, 1, 2, 3, 4, 5)


def test_lower_least_score_lets_in_as_many_as_are_needed_and_everybody_who_scores_the_same():
    scores = np.repeat([90.0, 55.0, 52.0, 40.0], [30, 6, 6, 8])
    problem = short_season(scores=scores[:30])
    more = {
        name: np.concatenate([getattr(problem, name), getattr(problem, name)[:20]])
        for name in ("met", "customers", "offers", "available", "weekly_capacity", "season_capacity", "traits")
    }
    problem = replace(problem, **more, scores=scores, may_work=scores >= 60)

    item = by_kind(problem, barred_by_score=scores < 60)["least_score"]

    assert (item.score, item.observers, item.unassigned_after) == (52.0, tuple(range(30, 42)), 0)
    assert "least_score" not in by_kind(problem)


def test_participant_everybody_is_a_customer_of_gets_fewer_contacts_or_as_many_new_observers():
    customers = np.zeros((30, 6), bool)
    customers[:, 4] = True

    found = by_kind(whole(customers=customers))

    assert set(found) == {"observers", "fewer_contacts"}
    assert (found["fewer_contacts"].participants, found["fewer_contacts"].amount) == ((4,), 5)
    assert (found["observers"].amount, found["observers"].unassigned_after) == (5, 0)


@pytest.mark.parametrize("problem", [short_season(), season(observers=50)], ids=["small", "usual"])
def test_fewer_contacts_for_everybody_are_as_many_as_are_lacking(problem):
    item = by_kind(problem)["fewer_contacts"]

    assert item.participants == ()
    assert item.amount == sum(shortage.lacking for shortage in find(problem)) == item.unassigned_before
    assert item.unassigned_after == 0


def test_contacts_of_a_week_that_is_short_can_go_to_others():
    problem = whole()
    frame = deal(problem)
    frame.week[:25] = 7
    available = np.ones((30, 10), bool)
    available[4:, 7] = False
    problem = replace(problem, available=available)

    item = by_kind(problem, frame)["move_week"]

    assert (item.week, item.unassigned_after, item.solves_all) == (7, 0, True)
    assert item.amount == (frame.week == 7).sum() - 12


def test_week_of_holidays_alone_must_be_opened():
    problem = whole(sizes=(30, 6, 1), open_days=np.zeros((1, 5), bool))

    found = smallest(problem, deal(problem))

    assert [(item.kind, item.week, item.amount, item.unassigned_after) for item in found] == [("open_week", 0, 5, 0)]


def test_too_few_days_are_healed_by_opening_the_week_that_gives_most():
    open_days = np.zeros((3, 5), bool)
    open_days[0, :3] = open_days[1, :4] = True
    open_days[2] = [False] * 5
    problem = whole(sizes=(30, 6, 3), open_days=open_days, quotas=np.tile([6, 4, 0, 0], (6, 1)))

    item = by_kind(problem)["open_week"]

    assert (item.week, item.amount, item.unassigned_before, item.unassigned_after) == (2, 5, 18, 0)


def test_contacts_only_move_to_weeks_with_room_for_them():
    available = np.zeros((30, 10), bool)
    available[:4, 7] = available[:2, 6] = True
    problem = whole(available=available, quotas=np.tile([3, 0, 0, 0], (6, 1)))
    frame = deal(problem)
    frame.week[:] = 7

    item = by_kind(problem, frame)["move_week"]

    assert (item.amount, item.unassigned_before, item.unassigned_after) == (6, 6, 0)
