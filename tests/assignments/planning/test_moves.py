import numpy as np
import pytest

from assignments.planning import (
    NOBODY,
    Breach,
    Plan,
    Weights,
    breaches,
    candidates,
    change_of_cost,
    costs_of,
    plan_season,
    refusals,
)
from assignments.planning.frame import Frame
from tests.assignments.planning.small_seasons import season, tiny

KEY = np.array([[3, 2, 1, 0], [2, 2, 0, 2], [4, 3, 0, 0], [2, 2, 2, 2]])


def small(seed):
    rng = np.random.default_rng(seed)
    return season(
        participants=8,
        observers=16,
        weeks=4,
        seed=seed,
        quotas=KEY[rng.integers(4, size=8)],
        open_days=rng.random((4, 5)) < 0.8,
        weekly_capacity=rng.integers(1, 3, 16),
        season_capacity=rng.integers(2, 6, 16),
    )


def moved(plan, contact, *, observer, week, weekday):
    after = plan.copy()
    after.frame.week[contact], after.frame.weekday[contact], after.observer[contact] = week, weekday, observer
    return after


@pytest.mark.parametrize("seed", range(5))
def test_no_hand_move_of_two_thousand_breaks_a_rule_and_every_refusal_names_what_it_would_break(seed):
    rng = np.random.default_rng(seed)
    problem = small(seed)
    plan = plan_season(problem, seed=seed).plan
    made, named = 0, set()

    for _ in range(2_000):
        contact, observer = int(rng.integers(len(plan.frame))), int(rng.integers(-1, 16))
        change = {
            "observer": int(plan.observer[contact]) if rng.random() < 0.4 else observer,
            "week": int(plan.frame.week[contact]) if rng.random() < 0.5 else int(rng.integers(4)),
            "weekday": int(plan.frame.weekday[contact]) if rng.random() < 0.5 else int(rng.integers(5)),
        }
        after = moved(plan, contact, **change)
        codes = refusals(problem, plan, contact, **change)
        assert {breach.rule for breach in breaches(problem, after)} == set(codes)
        if codes:
            named |= set(codes)
        else:
            plan, made = after, made + 1

    assert made > 50
    assert named >= {"never_met", "not_customer", "meets_once", "weekly_capacity", "open_day", "one_a_day"}


def test_candidates_are_refused_for_what_they_would_be_refused_for():
    problem = small(3)
    plan = plan_season(problem).plan

    for contact in range(0, len(plan.frame), 7):
        rows = candidates(problem, plan, contact)
        assert rows == sorted(rows, key=lambda row: bool(row[1]))
        assert dict(rows) == {who: refusals(problem, plan, contact, observer=who) for who in range(16)}


@pytest.mark.parametrize("seed", range(3))
def test_change_of_cost_is_the_difference_of_costs(seed):
    rng = np.random.default_rng(seed)
    problem = small(seed)
    plan = plan_season(problem).plan
    weights = Weights(weeks=3, methods=2, demographics=1.5, load=0.3, score=0.2)

    for _ in range(60):
        contact, observer, week = int(rng.integers(len(plan.frame))), int(rng.integers(-1, 16)), int(rng.integers(4))
        after = moved(plan, contact, observer=observer, week=week, weekday=plan.frame.weekday[contact])
        expected = costs_of(problem, after).total(weights) - costs_of(problem, plan).total(weights)
        change = change_of_cost(problem, plan, contact, observer=observer, week=week, weights=weights)
        assert change == pytest.approx(expected)


def one_contact(**fields):
    """Give a season of two contacts, both in week 0, and two observers who may make both."""
    nothing = np.zeros((2, 2), bool)
    everything = {
        "quotas": np.array([[1], [1]]),
        "role_plays": np.array([1, 0]),
        "mornings": np.array([False]),
        "open_days": np.ones((2, 5), bool),
        "met": nothing,
        "customers": nothing,
        "offers": np.ones((2, 1), bool),
        "available": ~nothing,
        "may_work": np.array([True, True]),
        "weekly_capacity": np.array([2, 2]),
        "season_capacity": np.array([2, 2]),
        "traits": np.zeros((2, 0), int),
    }
    return tiny(np.random.default_rng(0), participants=2, observers=2, weeks=2, **{**everything, **fields})


def of_first(**columns):
    rows = {
        "participant": [0, 1],
        "week": [0, 0],
        "method": [0, 0],
        "role_play": [0, -1],
        "weekday": [0, 0],
        "slot": [0, 0],
    }
    return Plan.of(Frame(**{name: np.array(value) for name, value in {**rows, **columns}.items()}), np.array([0, 0]))


def flag(row, column, *, value=True):
    table = np.full((2, 2), not value)
    table[row, column] = value
    return table


@pytest.mark.parametrize(
    ("problem", "plan", "expected"),
    [
        ({}, {}, []),
        ({"met": flag(0, 1)}, {}, [Breach(rule="never_met", contact=1, observer=0)]),
        ({"customers": flag(0, 0)}, {}, [Breach(rule="not_customer", contact=0, observer=0)]),
        ({"may_work": np.array([False, True])}, {}, [Breach(rule="active", contact=at, observer=0) for at in (0, 1)]),
        (
            {"offers": np.array([[False], [True]])},
            {},
            [Breach(rule="offers_method", contact=at, observer=0) for at in (0, 1)],
        ),
        ({"available": flag(0, 1, value=False)}, {"week": [0, 1]}, [Breach(rule="available", contact=1, observer=0)]),
        ({"weekly_capacity": np.array([1, 2])}, {}, [Breach(rule="weekly_capacity", contact=1, observer=0)]),
        ({"weekly_capacity": np.array([1, 2])}, {"week": [0, 1]}, []),
        (
            {"season_capacity": np.array([1, 2])},
            {"week": [0, 1]},
            [Breach(rule="season_capacity", contact=1, observer=0)],
        ),
        ({}, {"role_play": [1, -1]}, [Breach(rule="role_play", contact=0)]),
        ({}, {"role_play": [0, 0]}, [Breach(rule="role_play", contact=1)]),
        ({"open_days": np.eye(2, 5, dtype=bool)}, {"weekday": [0, 1]}, [Breach(rule="open_day", contact=1)]),
        (
            {"quotas": np.array([[2], [0]])},
            {"participant": [0, 0], "role_play": [0, 0]},
            [
                Breach(rule="meets_once", contact=1, observer=0),
                Breach(rule="one_a_day", contact=1, observer=0),
            ],
        ),
        ({"quotas": np.array([[1], [2]])}, {}, [Breach(rule="split", contact=1)]),
        (
            {"quotas": np.array([[1], [0]])},
            {},
            [Breach(rule="split", contact=1), Breach(rule="channel", contact=1)],
        ),
    ],
)
def test_breach_names_rule_contact_and_observer(problem, plan, expected):
    assert breaches(one_contact(**problem), of_first(**plan)) == expected


def test_contact_without_observer_breaks_nothing_of_observers_nor_takes_a_day():
    problem = one_contact(quotas=np.array([[2], [0]]), met=np.ones((2, 2), bool))
    plan = of_first(participant=[0, 0], role_play=[0, 0])
    plan.observer[:] = NOBODY

    assert breaches(problem, plan) == []


def test_split_that_has_no_contact_at_all_names_none():
    problem = one_contact(quotas=np.array([[1], [1]]))
    plan = Plan.of(of_first().frame.taken(np.array([0])), np.array([0]))

    assert breaches(problem, plan) == [Breach(rule="split", contact=NOBODY)]
