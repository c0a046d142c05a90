from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assignments.planning import deal
from assignments.planning.plan import Shortage
from assignments.planning.quotas import largest_remainders, spilled
from assignments.planning.recruits import OBSERVER_FIELDS, Advice, only, profiles_short, what_each_adds
from assignments.planning.team import Pool, Quotas, choose
from tests.assignments.planning.small_seasons import largest_flow, season
from tests.assignments.planning.test_shortages import whole

CELLS = Quotas(traits=(0, 1, 2))


def left_over(problem):
    return int(problem.quotas.sum() - largest_flow(problem))


def test_team_of_a_hundred_from_six_thousand_makes_every_contact_with_each_cell_as_wanted():
    pool = Pool.of(season(observers=6000))

    team = choose(pool, 100, CELLS)

    assert len(set(team.chosen.tolist())) == 100
    assert (team.unassigned, team.shortages, team.contacts) == (0, (), 4700)
    assert {cell.got - cell.wanted for cell in team.cells} == {0}
    assert team.capacity == pool.season.capacity()[team.chosen].sum() > 4700
    assert team.score > 90
    assert choose(pool, 100, CELLS).chosen.tolist() == team.chosen.tolist()


def test_members_who_are_in_stay_and_nobody_comes_who_is_out_or_cannot_work():
    problem = season(observers=60, participants=10)
    problem.may_work[:20] = False
    pool = Pool.of(problem)
    pool.is_out[20:30] = True
    worst = np.argsort(problem.scores[30:])[:5] + 30
    pool.is_in[worst] = True

    team = choose(pool, 20, Quotas(traits=(0,)))

    assert set(worst.tolist()) < set(team.chosen.tolist())
    assert team.chosen.min() >= 30
    assert len(team.chosen) == 20
    assert {cell.got - cell.wanted for cell in team.cells} == {0}


def test_team_is_never_smaller_than_those_who_are_in_nor_larger_than_the_pool():
    problem = season(observers=12, participants=3)
    full = Pool(season=problem, is_in=np.ones(12, bool), is_out=np.zeros(12, bool))

    assert choose(full, 5, CELLS).chosen.tolist() == list(range(12))
    assert choose(Pool.of(problem), 50, CELLS).chosen.tolist() == list(range(12))


def test_best_of_a_cell_come_first():
    problem = whole(scores=np.linspace(60, 99, 30), traits=np.tile([[0], [1]], (15, 1)))

    team = choose(Pool.of(problem), 6, Quotas(traits=(0,)))

    assert team.chosen.tolist() == [24, 25, 26, 27, 28, 29]
    assert [(cell.levels, cell.wanted, cell.there, cell.got) for cell in team.cells] == [
        ((0,), 3, 15, 3),
        ((1,), 3, 15, 3),
    ]


def test_member_is_exchanged_for_one_of_the_same_cell_who_can_make_what_is_lacking():
    # The last participant can be contacted by the worst observers only.
    met = np.zeros((30, 6), bool)
    met[5:, 5] = True
    problem = whole(met=met, scores=np.linspace(60, 99, 30), traits=np.arange(30)[:, None] % 2)

    team = choose(Pool.of(problem), 12, Quotas(traits=(0,)))

    assert team.unassigned == left_over(only(problem, team.chosen)) == 0
    assert set(range(5)) < set(team.chosen.tolist())
    assert {cell.got - cell.wanted for cell in team.cells} == {0}


def test_team_that_cannot_be_enough_says_what_is_lacking():
    problem = whole(sizes=(4, 6, 10))

    team = choose(Pool.of(problem), 4, CELLS)

    assert team.unassigned == 6
    assert team.shortages[0].kind == "participant"


def test_cell_without_enough_people_gives_its_places_to_the_cells_most_like_it():
    wanted = {(0, 0): 4, (0, 1): 2, (1, 0): 2, (1, 1): 2}
    there = {(0, 0): 1, (0, 1): 9, (1, 0): 9, (1, 1): 9}

    given_places = spilled(wanted, there, 10)

    assert sum(given_places.values()) == 10
    assert given_places[0, 0] == 1
    assert given_places[1, 1] == 2


@given(
    weights=st.dictionaries(st.tuples(st.integers(0, 5)), st.floats(0.01, 9), min_size=1, max_size=6),
    size=st.integers(0, 200),
)
def test_shares_are_whole_add_up_and_are_less_than_one_from_exact(weights, size):
    shares = largest_remainders(weights, size)

    assert sum(shares.values()) == size
    total = sum(weights.values())
    assert all(abs(shares[cell] - size * weight / total) < 1 + 1e-9 for cell, weight in weights.items())


def test_quotas_of_levels_share_out_every_combination():
    quotas = Quotas.of_levels((0, 2), [[0.5, 0.5], [0.25, 0.75]])

    assert quotas.wanted(np.zeros((1, 3), int), 8) == {(0, 0): 1, (0, 1): 3, (1, 0): 1, (1, 1): 3}


def test_each_recruit_adds_what_the_flow_says():
    problem = season(observers=40, participants=100)
    frame, pool = deal(problem), season(observers=30, participants=100, seed=2)
    pool = replace(pool, quotas=problem.quotas)

    found = what_each_adds(problem, frame, pool, most=8)

    before = left_over(problem)
    assert len(found) == 8
    assert before > 0
    for recruit in found:
        joined = {
            name: np.concatenate([getattr(problem, name), getattr(pool, name)[[recruit.candidate]]])
            for name in OBSERVER_FIELDS
        }
        assert recruit.contacts == before - left_over(replace(problem, **joined))


def test_recruits_in_turn_count_on_top_of_those_before_until_nothing_is_lacking():
    problem = season(observers=40, participants=100)
    pool = replace(season(observers=200, participants=100, seed=2), quotas=problem.quotas)

    found = what_each_adds(problem, deal(problem), pool, most=30, in_turn=True)

    lefts = [recruit.left_over for recruit in found]
    assert len({recruit.candidate for recruit in found}) == len(found) == 30
    assert lefts == sorted(lefts, reverse=True)
    assert lefts[-1] < lefts[0]
    assert sum(recruit.contacts for recruit in found) == found[0].left_over + found[0].contacts - lefts[-1]


def test_recruit_names_the_participants_weeks_and_methods_that_it_helps():
    met = np.zeros((30, 6), bool)
    met[:27, 2] = True
    problem = whole(met=met)
    pool = whole(sizes=(3, 6, 10))
    pool.customers[1, 2] = True

    found = what_each_adds(problem, deal(problem), pool)

    assert [(item.candidate, item.contacts, item.participants) for item in found] == [
        (0, 1, (2,)),
        (2, 1, (2,)),
        (1, 0, ()),
    ]


def test_candidates_can_be_narrowed_down():
    problem, pool = whole(sizes=(3, 6, 10)), whole(sizes=(8, 6, 10))

    found = what_each_adds(problem, deal(problem), pool, among=np.array([5, 6]))

    assert {item.candidate for item in found} == {5, 6}


def test_advice_names_methods_participants_weeks_and_cells_that_are_short():
    offers = np.ones((30, 4), bool)
    offers[1:, 1] = False
    customers = np.zeros((30, 6), bool)
    customers[:28, 3] = True
    quotas = np.tile([3, 2, 0, 0], (6, 1))
    quotas[3] = [5, 0, 0, 0]
    available = np.ones((30, 10), bool)
    available[:, 6] = False
    problem = whole(
        offers=offers, customers=customers, quotas=quotas, available=available, traits=np.array([[0]] * 25 + [[1]] * 5)
    )
    cells = Quotas.of_levels((0,), [[0.5, 0.5]])

    advice = profiles_short(problem, deal(problem), cells)

    assert Advice(kind="method", observers=1, contacts=5, method=1, participants=(0, 1, 2, 4, 5)) in advice
    assert Advice(kind="participant", observers=3, contacts=3, participants=(3,)) in advice
    assert advice[-1] == Advice(kind="cell", observers=11, levels=(1,))


@pytest.mark.parametrize("observers", [3, 20])
def test_advice_for_a_season_short_of_people_counts_observers_of_the_usual_kind(observers):
    quotas = np.tile([2, 1, 0, 0], (40, 1))
    problem = whole(sizes=(observers, 40, 2), quotas=quotas, season_capacity=np.full(observers, 4))

    advice = profiles_short(problem, deal(problem), Quotas(traits=(0,)))

    lacking = 120 - observers * 4
    assert advice[0] == Advice(kind="season", observers=-(-lacking // 4), contacts=lacking)


def test_week_with_too_few_people_is_advised_even_if_others_can_make_up_for_it():
    available = np.ones((30, 5), bool)
    available[1:, 3] = False
    problem = whole(sizes=(30, 12, 5), available=available)

    advice = profiles_short(problem, deal(problem), Quotas(traits=(0,)))

    assert [item for item in advice if item.kind == "week"] == [Advice(kind="week", observers=3, contacts=9, week=3)]


def test_pool_and_cells_of_the_team_count_everybody():
    problem = season(observers=300, participants=20)

    team = choose(Pool.of(problem), 60, CELLS)

    cells = Counter(CELLS.cells(problem.traits[team.chosen]))
    assert {cell.levels: cell.got for cell in team.cells if cell.got} == cells
    assert sum(cell.there for cell in team.cells) == 300
    assert not any(isinstance(item, Shortage) and item.kind == "season" for item in team.shortages)


def test_season_without_anybody_is_advised_to_find_people_for_all_of_it():
    problem = whole(sizes=(0, 6, 10))

    advice = profiles_short(problem, deal(problem), Quotas(traits=(0,)))

    assert advice == (Advice(kind="season", observers=3, contacts=30),)
    assert choose(Pool.of(problem), 5, CELLS).chosen.tolist() == []


def test_recruit_for_a_short_week_is_one_who_is_there():
    available = np.ones((30, 10), bool)
    available[4:, 7] = False
    problem, pool = whole(available=available), whole(sizes=(2, 6, 10))
    pool.available[0, 7] = False
    frame = deal(problem)
    frame.week[:20] = 7

    found = what_each_adds(problem, frame, pool)

    assert [(item.candidate, item.contacts, item.weeks) for item in found] == [(1, 3, (7,)), (0, 0, ())]


def test_members_of_one_cell_who_are_in_leave_fewer_places_to_the_others():
    traits = np.repeat([0, 1], 15)[:, None]
    pool = Pool.of(whole(traits=traits))
    pool.is_in[:8] = True

    team = choose(pool, 10, Quotas(traits=(0,)))

    assert [(cell.levels, cell.wanted, cell.got) for cell in team.cells] == [((0,), 5, 8), ((1,), 5, 2)]
