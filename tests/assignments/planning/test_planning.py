import time

import numpy as np
import pytest

from assignments.planning import NOBODY, Problem, deal, find_observers

KEYS = ((10, 8, 7, 0), (13, 12, 0, 0), (10, 8, 0, 7), (0, 13, 12, 0))
EMAIL = 1


def problem(*, participants=188, observers=100, weeks=17, seed=1, **fields):
    """Give a season with the usual shares of acquaintances, customers and absences."""
    rng = np.random.default_rng(seed)
    usual = {
        "quotas": np.array(KEYS)[rng.integers(len(KEYS), size=participants)],
        "role_plays": rng.integers(1, 4, participants),
        "mornings": np.arange(4) == EMAIL,
        "open_days": np.ones((weeks, 5), bool),
        "met": rng.random((observers, participants)) < 0.1,
        "customers": rng.random((observers, participants)) < 0.2,
        "offers": rng.random((observers, 4)) < 0.93,
        "available": rng.random((observers, weeks)) < 0.9,
        "may_work": rng.random(observers) < 0.97,
        "weekly_capacity": rng.integers(3, 6, observers),
        "season_capacity": np.full(observers, 60),
        "scores": rng.uniform(60, 100, observers),
        "traits": rng.integers(0, (2, 4, 5), (observers, 3)),
    }
    return Problem(**{**usual, **fields})


def tiny(*, contacts, possible, capacity):
    """Give one phone contact a week at each participant; ``possible`` says who may contact whom."""
    possible = np.array(possible, bool)
    return problem(
        participants=possible.shape[1],
        observers=possible.shape[0],
        weeks=1,
        quotas=np.array([[count, 0, 0, 0] for count in contacts]),
        role_plays=np.ones(possible.shape[1], int),
        met=~possible,
        customers=np.zeros_like(possible),
        offers=np.ones((possible.shape[0], 4), bool),
        available=np.ones((possible.shape[0], 1), bool),
        may_work=np.ones(possible.shape[0], bool),
        weekly_capacity=np.array(capacity),
        season_capacity=np.array(capacity),
    )


def broken_rules(season, frame, observers):
    """Name every hard rule that some contact breaks."""
    given = observers != NOBODY
    people, participant = observers[given], frame.participant[given]
    week, method = frame.week[given], frame.method[given]
    pairs = people * len(season.quotas) + participant
    weekly = np.bincount(people * season.weeks + week, minlength=len(season.met) * season.weeks)
    rules = {
        "met": season.met[people, participant].any(),
        "customer": season.customers[people, participant].any(),
        "twice": len(np.unique(pairs)) < len(pairs),
        "method": not season.offers[people, method].all(),
        "available": not season.available[people, week].all(),
        "score": not season.may_work[people].all(),
        "weekly": (weekly.reshape(-1, season.weeks) > season.weekly_capacity[:, None]).any(),
        "season": (np.bincount(people, minlength=len(season.met)) > season.season_capacity).any(),
    }
    return [name for name, is_broken in rules.items() if is_broken]


def counted(frame, column, participants, size):
    return np.bincount(frame.participant * size + getattr(frame, column), minlength=participants * size).reshape(
        participants, size
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_season_of_usual_size_is_planned_whole_by_every_rule_within_two_seconds(seed):
    season = problem(seed=seed)
    began = time.process_time()

    frame = deal(season)
    observers = find_observers(season, frame)

    assert (observers == NOBODY).sum() == 0
    assert broken_rules(season, frame, observers) == []
    assert time.process_time() - began < 2


def test_methods_follow_the_key_exactly():
    season = problem()

    assert (counted(deal(season), "method", 188, 4) == season.quotas).all()


def test_weeks_of_a_participant_and_of_the_season_are_as_even_as_whole_numbers_can_be():
    weekly = counted(deal(problem()), "week", 188, 17)

    assert set(np.unique(weekly)) == {1, 2}
    assert np.ptp(weekly.sum(axis=0)) <= 3


def test_role_plays_of_a_participant_differ_by_one_at_most():
    season = problem()
    taken = counted(deal(season), "role_play", 188, 3)

    for number, row in zip(season.role_plays, taken, strict=True):
        assert np.ptp(row[:number]) <= 1
        assert row[number:].sum() == 0


def test_class_without_role_plays_gets_none():
    frame = deal(problem(participants=1, quotas=np.array([[3, 0, 0, 0]]), role_plays=np.array([0])))

    assert frame.role_play.tolist() == [-1, -1, -1]


def test_participant_is_contacted_once_a_day_on_open_days_and_by_email_first_thing():
    open_days = np.ones((17, 5), bool)
    open_days[3, 4] = open_days[4, 0] = False

    frame = deal(problem(open_days=open_days))

    days = (frame.participant * 17 + frame.week) * 5 + frame.weekday
    assert len(np.unique(days)) == len(frame)
    assert open_days[frame.week, frame.weekday].all()
    assert set(frame.slot[frame.method == EMAIL]) == {0}
    assert set(frame.slot) == {0, 1, 2}


def test_weekdays_of_a_participant_are_spread():
    weekdays = counted(deal(problem()), "weekday", 188, 5)

    assert np.ptp(weekdays, axis=1).max() <= 2


def test_same_problem_gives_the_same_plan():
    season = problem()

    first, second = deal(season), deal(season)

    assert all((getattr(first, name) == getattr(second, name)).all() for name in ("week", "method", "slot"))
    assert (find_observers(season, first) == find_observers(season, second)).all()


def test_chain_of_exchanges_finds_what_choosing_in_turn_misses():
    # Both may contact the second participant, only the first the third; each has room for two.
    season = tiny(contacts=[1, 1, 1, 1], possible=[[1, 1, 1, 0], [1, 1, 0, 1]], capacity=[2, 2])

    frame = deal(season)
    observers = find_observers(season, frame)

    assert (observers == NOBODY).sum() == 0
    assert broken_rules(season, frame, observers) == []


@pytest.mark.parametrize("seed", range(20))
def test_tight_weeks_are_filled_as_far_as_a_perfect_matching_goes(seed):
    """Everybody has room for one contact, so the best plan is a largest matching: counted here by trying paths."""
    rng = np.random.default_rng(seed)
    possible = rng.random((9, 9)) < 0.3
    season = tiny(contacts=[1] * 9, possible=possible, capacity=[1] * 9)

    observers = find_observers(season, deal(season))

    assert (observers != NOBODY).sum() == largest_matching(possible)


def largest_matching(possible):
    taken = {}

    def find(column, seen):
        for row in np.flatnonzero(possible[:, column]):
            if row not in seen:
                seen.add(row)
                if row not in taken or find(taken[row], seen):
                    taken[row] = column
                    return True
        return False

    return sum(find(column, set()) for column in range(possible.shape[1]))


def test_nobody_is_given_a_contact_that_no_observer_may_make():
    season = tiny(contacts=[1, 1], possible=[[0, 1], [0, 1]], capacity=[2, 2])

    assert sorted(find_observers(season, deal(season)) == NOBODY) == [False, True]


def test_load_follows_what_observers_have_room_for():
    limits = np.array([20] * 50 + [80] * 50)
    season = problem(season_capacity=limits, weekly_capacity=np.full(100, 5), may_work=np.ones(100, bool))
    observers = find_observers(season, deal(season))

    loads = np.bincount(observers, minlength=100)

    assert loads[:50].max() <= 20
    assert loads[50:].min() > loads[:50].max()


def test_season_without_participants_has_an_empty_plan():
    season = problem(participants=0, quotas=np.zeros((0, 4), int), role_plays=np.zeros(0, int))

    frame = deal(season)

    assert len(frame) == 0
    assert find_observers(season, frame).tolist() == []
