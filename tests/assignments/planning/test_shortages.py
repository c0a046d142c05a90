from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignments.planning import deal
from assignments.planning.plan import Shortage
from assignments.planning.shortages import find, uneven_weeks
from tests.assignments.planning.small_seasons import largest_flow, season, tiny


def whole(**fields):
    """Give a season where everybody may contact everybody by every method, three contacts a week."""
    observers, participants, weeks = fields.get("sizes", (30, 6, 10))
    fields.pop("sizes", None)
    return season(
        observers=observers,
        participants=participants,
        weeks=weeks,
        **{
            "quotas": np.tile([3, 2, 0, 0], (participants, 1)),
            "met": np.zeros((observers, participants), bool),
            "customers": np.zeros((observers, participants), bool),
            "offers": np.ones((observers, 4), bool),
            "available": np.ones((observers, weeks), bool),
            "weekly_capacity": np.full(observers, 3),
            "season_capacity": np.full(observers, 30),
            **fields,
        },
    )


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_shortages_add_up_to_what_the_largest_flow_leaves_over(seed):
    rng = np.random.default_rng(seed)
    problem = tiny(rng, participants=5, observers=5, most=4, open_days=rng.random((3, 5)) < 0.4)

    found = find(problem)

    assert sum(item.lacking for item in found) == problem.quotas.sum() - largest_flow(problem)
    assert all(item.lacking > 0 for item in found)
    assert [item.lacking for item in found] == sorted((item.lacking for item in found), reverse=True)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_each_participant_that_is_named_alone_lacks_as_much_when_it_is_alone(seed):
    rng = np.random.default_rng(seed)
    problem = tiny(rng, participants=5, observers=5, most=4, open_days=np.ones((3, 5), bool))

    for item in find(problem):
        if item.kind == "participant":
            alone = np.zeros_like(problem.quotas)
            alone[item.participants[0]] = problem.quotas[item.participants[0]]
            assert item.lacking == alone.sum() - largest_flow(replace(problem, quotas=alone))


def test_season_that_can_be_planned_lacks_nothing():
    problem = season()

    assert find(problem, deal(problem)) == ()


def test_too_few_observers_are_a_shortage_of_the_season():
    problem = season(observers=50, offers=np.ones((50, 4), bool), season_capacity=np.full(50, 60))

    found = find(problem, deal(problem))

    room = int(problem.capacity().sum())
    alone = sum(item.lacking for item in found if item.kind == "participant")
    assert found[0] == Shortage(kind="season", needed=4700 - alone, room=room)
    assert {item.kind for item in found[1:]} <= {"participant"}


def test_participant_everybody_is_a_customer_of_is_named_with_what_it_lacks():
    customers = np.zeros((30, 6), bool)
    customers[:, 4] = True

    found = find(whole(customers=customers))

    assert found == (Shortage(kind="participant", needed=5, room=0, participants=(4,)),)


def test_participant_with_too_few_eligible_observers_is_named_with_their_number():
    met = np.zeros((30, 6), bool)
    met[:27, 2] = True

    found = find(whole(met=met))

    assert found == (Shortage(kind="participant", needed=5, room=3, participants=(2,)),)


def test_participant_short_by_one_method_is_named_with_the_method():
    quotas = np.tile([3, 0, 0, 0], (6, 1))
    quotas[1] = [0, 2, 2, 0]
    offers = np.ones((30, 4), bool)
    offers[1:, 2] = False

    found = find(whole(quotas=quotas, offers=offers))

    assert found == (Shortage(kind="participant", needed=2, room=1, participants=(1,), method=2),)


def test_method_that_all_who_use_it_share_too_few_for_is_named():
    offers = np.ones((30, 4), bool)
    offers[2:, 1] = False
    season_capacity = np.full(30, 30)
    season_capacity[:2] = 5

    found = find(whole(offers=offers, season_capacity=season_capacity))

    assert found == (Shortage(kind="method", needed=12, room=10, method=1),)


def test_participants_who_share_too_few_are_named_together_and_nobody_else():
    customers = np.zeros((30, 6), bool)
    customers[5:, [1, 3]] = True
    season_capacity = np.full(30, 30)
    season_capacity[:5] = 1

    found = find(whole(customers=customers, season_capacity=season_capacity))

    assert found == (Shortage(kind="participants", needed=10, room=5, participants=(1, 3)),)


def test_week_of_the_frame_with_more_contacts_than_its_observers_have_room_for_is_named():
    problem = whole()
    frame = deal(problem)
    frame.week[:25] = 7
    available = np.ones((30, 10), bool)
    available[4:, 7] = False

    found = find(replace(problem, available=available), frame)

    in_week = int((frame.week == 7).sum())
    assert found == (Shortage(kind="week", needed=in_week, room=12, week=7),)


def test_season_that_is_short_as_a_whole_does_not_name_each_of_its_weeks():
    problem = whole(weekly_capacity=np.full(30, 1), sizes=(30, 30, 2), quotas=np.tile([2, 1, 0, 0], (30, 1)))

    found = find(problem, deal(problem))

    assert found == (Shortage(kind="season", needed=90, room=60),)


def test_week_that_lacks_more_than_the_season_is_counted_first():
    problem = whole(weekly_capacity=np.full(30, 1), season_capacity=np.full(30, 5), sizes=(30, 35, 5))
    frame = deal(problem)
    frame.week[:] = np.arange(175) % 5
    frame.week[:60] = 2
    room = int(problem.capacity().sum())

    found = find(problem, frame)

    in_week = int((frame.week == 2).sum())
    assert room == 150
    assert found[0] == Shortage(kind="week", needed=in_week, room=30, week=2)
    assert [item.kind for item in found[1:]] == []


def test_season_that_lacks_more_than_its_short_week_is_counted_without_it():
    problem = whole(weekly_capacity=np.full(30, 1), season_capacity=np.full(30, 4), sizes=(30, 29, 5))
    frame = deal(problem)
    frame.week[:] = np.repeat([0, 1, 2, 3, 4], [27, 28, 35, 28, 27])

    found = find(problem, frame)

    assert found == (
        Shortage(kind="season", needed=140, room=120),
        Shortage(kind="week", needed=35, room=30, week=2),
    )


def test_more_contacts_than_open_days_are_a_shortage_of_days():
    problem = whole(sizes=(30, 6, 1))
    open_days = np.array([[True, True, True, False, False]])

    found = find(replace(problem, open_days=open_days))

    assert found == (Shortage(kind="days", needed=30, room=18, participants=(0, 1, 2, 3, 4, 5)),)


def test_week_of_holidays_alone_is_no_week_at_all():
    problem = whole(sizes=(30, 6, 1), open_days=np.zeros((1, 5), bool))

    assert find(problem, deal(problem)) == (Shortage(kind="no_weeks", needed=30, room=0),)


def test_season_without_weeks_has_no_week_and_without_observers_no_room():
    problem = season(participants=3, observers=0, quotas=np.tile([1, 0, 0, 0], (3, 1)))

    assert find(problem) == (Shortage(kind="season", needed=3, room=0),)
    assert find(season(participants=1, weeks=0, quotas=np.array([[4, 0, 0, 0]]))) == (
        Shortage(kind="no_weeks", needed=4, room=0),
    )


def test_season_without_participants_lacks_nothing():
    assert find(season(participants=0, quotas=np.zeros((0, 4), int), role_plays=np.zeros(0, int))) == ()


def test_week_with_room_for_less_than_an_even_plan_has_there_is_told():
    available = np.ones((30, 5), bool)
    available[1:, 3] = False
    problem = whole(sizes=(30, 6, 5), available=available)

    assert uneven_weeks(problem) == (Shortage(kind="week", needed=6, room=3, week=3),)


@pytest.mark.parametrize("kind", ["weeks", "people"])
def test_week_that_is_closed_or_manned_well_enough_is_not_told(kind):
    open_days = np.ones((5, 5), bool)
    open_days[3] = kind == "people"
    available = np.ones((30, 5), bool)
    available[:, 3] = kind == "people"

    assert uneven_weeks(whole(sizes=(30, 6, 5), open_days=open_days, available=available)) == ()
