from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignments.planning import NOBODY, Plan, costs_of, deal
from assignments.planning.dealing import dealt
from assignments.planning.frame import golden_step
from tests.assignments.planning.small_seasons import EMAIL, season

NO_COST_OF_TIME = (0, 0, 0, 0)


def counted(frame, *columns, shape):
    """Count the contacts of each participant by the columns."""
    counts = np.zeros(shape, int)
    np.add.at(counts, tuple(getattr(frame, name) for name in ("participant", *columns)), 1)
    return counts


def costs_of_time(problem, frame):
    costs = costs_of(problem, Plan.of(frame, np.full(len(frame), NOBODY)))
    return costs.weeks, costs.method_weeks, costs.hours, costs.role_plays


def days_of(frame, weeks):
    return (frame.participant * weeks + frame.week) * 5 + frame.weekday


@pytest.mark.parametrize("seed", range(5))
def test_frame_of_a_usual_season_is_perfectly_even(seed):
    problem = season(seed=seed)

    frame = deal(problem, seed=seed)

    assert (counted(frame, "method", shape=(188, 4)) == problem.quotas).all()
    assert costs_of_time(problem, frame) == NO_COST_OF_TIME
    assert np.ptp(np.bincount(frame.week)) <= 1
    assert len(np.unique(days_of(frame, 17))) == len(frame)
    assert frame.slot[frame.method == EMAIL].max() == 1


def test_contacts_of_a_participant_stand_in_order_of_time():
    frame = deal(season())

    when = (frame.participant * 17 + frame.week) * 5 + frame.weekday

    assert (np.diff(when) > 0).all()


def test_costs_of_time_are_what_counting_by_hand_gives():
    problem = season(participants=1, observers=1, quotas=np.array([[10, 8, 7, 0]]), role_plays=np.array([2]))
    frame = deal(problem)
    first = np.arange(25) == 0

    # 1 or 2 contacts a week: all 25 in the first week are 23 too many, and 1 is missing in each of 16 others;
    # 0 or 1 of each of 3 methods: 9 + 7 + 6 too many. 5 a weekday, 1 or 2 an hour: on one day, see below.
    piled = replace(frame, week=np.zeros(25, int), weekday=np.zeros(25, int), slot=np.zeros(25, int))
    # 12 or 13 of each role-play; one hour has 25 − 2 too many, the 14 others lack 1 each.
    assert costs_of_time(problem, piled) == (23 + 16, 9 + 7 + 6, 23 + 14, 0)
    assert costs_of_time(problem, replace(frame, role_play=first.astype(int)))[3] == 11 + 11


def test_weeks_are_dealt_to_many_days_and_few_alike():
    open_days = np.ones((17, 5), bool)
    open_days[3] = False
    open_days[7, 1:] = open_days[12, :3] = False
    problem = season(participants=60, open_days=open_days)

    frame = deal(problem)

    assert open_days[frame.week, frame.weekday].all()
    assert len(np.unique(days_of(frame, 17))) == len(frame)
    # 25 in 16 weeks are 1 or 2 a week, but the week of one day has one.
    assert set(np.unique(counted(frame, "week", shape=(60, 17))[:, 7])) == {1}
    assert costs_of_time(problem, frame) == NO_COST_OF_TIME


def test_week_with_few_observers_gets_as_few_contacts_as_evenness_allows():
    available = np.ones((100, 17), bool)
    available[60:, 4] = False
    problem = season(available=available, weekly_capacity=np.full(100, 4))

    frame = deal(problem)

    # Even weeks would have 276; 60 observers can make 240, and 188 is one for everybody.
    assert np.bincount(frame.week)[4] <= 0.94 * 240
    assert costs_of_time(problem, frame) == NO_COST_OF_TIME


def test_week_without_observers_is_left_out_though_that_is_uneven():
    available = np.ones((100, 17), bool)
    available[:, 4] = False
    problem = season(available=available, weekly_capacity=np.full(100, 4))

    frame = deal(problem)

    assert np.bincount(frame.week)[4] == 0
    assert costs_of_time(problem, frame)[:2] == (188, 0)


def test_more_contacts_than_days_share_days_and_stay_in_open_weeks():
    open_days = np.zeros((3, 5), bool)
    open_days[0, :2] = open_days[2, 4] = True
    problem = season(participants=2, weeks=3, open_days=open_days, quotas=np.array([[5, 0, 0, 0]] * 2))

    frame = deal(problem)

    assert open_days[frame.week, frame.weekday].all()
    assert len(np.unique(days_of(frame, 3))) == 6


def test_hours_that_mornings_make_uneven_are_as_even_as_can_be():
    problem = season(participants=20, quotas=np.array([[0, 25, 0, 0]] * 20))

    frame = deal(problem)

    # Ten hours before noon share 25; that no hour after 13 has any, and that some have three, cannot be avoided.
    assert costs_of_time(problem, frame) == NO_COST_OF_TIME
    assert np.ptp(counted(frame, "weekday", "slot", shape=(20, 5, 3))[:, :, :2]) <= 3


def test_season_without_open_days_has_contacts_in_no_week():
    for problem in (season(participants=2, open_days=np.zeros((17, 5), bool)), season(participants=2, weeks=0)):
        assert set(deal(problem).week) == {-1}


def test_class_without_role_plays_gets_none():
    frame = deal(season(participants=1, quotas=np.array([[3, 0, 0, 0]]), role_plays=np.array([0])))

    assert frame.role_play.tolist() == [-1, -1, -1]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_rest_is_dealt_evenly_around_what_is_locked(seed):
    rng = np.random.default_rng(seed)
    problem = season(participants=8, observers=20, seed=seed)
    whole = dealt(problem, seed=seed)
    kept = Plan(whole.frame, whole.observer, rng.random(len(whole.frame)) < rng.random())

    plan = dealt(problem, seed=seed + 1, kept=kept)

    weeks, method_weeks, hours, role_plays = costs_of_time(problem, plan.frame)
    # The last free contact may find the one hour that lacks it on a day that is taken.
    assert (weeks, method_weeks, role_plays, hours <= 2) == (0, 0, 0, True)
    assert (counted(plan.frame, "method", shape=(8, 4)) == problem.quotas).all()
    rows = [
        {tuple(column[row] for column in vars(each.frame).values()) for row in np.flatnonzero(each.locked)}
        for each in (kept, plan)
    ]
    assert rows[0] == rows[1]


@given(st.integers(1, 60))
def test_step_visits_every_week_before_it_comes_back(weeks):
    assert sorted(np.arange(weeks) * golden_step(weeks) % weeks) == list(range(weeks))
