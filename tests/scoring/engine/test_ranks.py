from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.measures import GROUPS, SUMS
from scoring.engine.ranks import Award, Standings, awards, rank
from scoring.engine.rules import Rules
from scoring.engine.scores import score_reports
from scoring.engine.summaries import summarise
from tests.scoring.engine.cases import Report, arrays, battery

EVERYONE = Rules(min_contacts_ranked=1)


def sums(*results):
    """Packed sums of (points, possible) contacts for total, answered score and agent."""
    triples = []
    for measure, pairs in enumerate(results):
        triples.append((measure, 0, len(pairs)))
        triples += [(measure, possible, points) for points, possible in pairs if points]
    return np.array(triples, SUMS).tobytes()


def standing(*results, classes=None, contacts=25):
    """Standings on all contacts only, from exact (total, answered score, agent)."""
    n = len(results)
    packed = [sums(*([(share.numerator, share.denominator)] for share in result)) for result in results]
    return Standings(
        enrolments=np.arange(100, 100 + n),
        classes=np.array(classes or [1] * n),
        contacts=np.column_stack([np.full(n, contacts), np.zeros((n, len(GROUPS) - 1), np.int64)]),
        totals=np.repeat([[100 * float(result[0])] for result in results], len(GROUPS), axis=1).reshape(n, -1),
        sums=[entry for packed_sums in packed for entry in (packed_sums, b"", b"", b"", b"")],
    )


def shares(*percentages):
    return tuple(Fraction(percentage, 100) for percentage in percentages)


@pytest.mark.parametrize(
    ("results", "places"),
    [
        pytest.param([shares(70, 0, 0), shares(90, 0, 0), shares(80, 0, 0)], [3, 1, 2], id="by total"),
        pytest.param([shares(80, 82, 0), shares(80, 81, 99), shares(70, 0, 0)], [1, 2, 3], id="then answered"),
        pytest.param([shares(80, 81, 70), shares(80, 81, 71)], [2, 1], id="then agent"),
        pytest.param([shares(9, 1, 1), shares(5, 1, 1), shares(5, 1, 1), shares(4, 1, 1)], [1, 2, 2, 4], id="1224"),
        pytest.param([shares(5, 1, 1)] * 3, [1, 1, 1], id="all share"),
    ],
)
def test_places_follow_the_order_of_the_three_results(results, places):
    assert rank(standing(*results), EVERYONE).rank_overall.tolist() == places


@pytest.mark.parametrize(
    ("ties", "places"),
    [
        pytest.param(("answered_score", "agent"), [1, 2, 3], id="answered, then agent"),
        pytest.param(("agent", "answered_score"), [3, 1, 2], id="agent, then answered"),
        pytest.param(("answered_score",), [1, 2, 2], id="answered alone"),
        pytest.param(("agent",), [3, 1, 2], id="agent alone"),
        pytest.param((), [1, 1, 1], id="equals share at once"),
    ],
)
def test_ties_are_decided_by_what_the_rules_say(ties, places):
    standings = standing(shares(80, 82, 60), shares(80, 81, 71), shares(80, 81, 70))

    assert rank(standings, Rules(ties=ties)).rank_overall.tolist() == places


def test_methods_that_the_rules_leave_out_have_no_award():
    standings = standing(shares(90, 0, 0), shares(80, 0, 0))
    standings.contacts[:, 1:] = 5
    rules = Rules(best_on=("chat",))

    best = [one.method for one in awards(standings, rank(standings, rules), rules, class_sizes={}) if one.method]

    assert set(best) == {"chat"}


def test_place_in_class_counts_only_the_class():
    results = [shares(90, 0, 0), shares(80, 0, 0), shares(80, 0, 0), shares(70, 0, 0), shares(95, 0, 0)]

    ranks = rank(standing(*results, classes=[7, 7, 3, 3, 3]), EVERYONE)

    assert ranks.rank_overall.tolist() == [2, 3, 3, 5, 1]
    assert ranks.rank_class.tolist() == [1, 2, 2, 3, 1]


def test_too_few_contacts_give_no_place_and_take_none():
    standings = standing(shares(90, 0, 0), shares(80, 0, 0), shares(70, 0, 0))
    standings.contacts[0, 0] = 19

    ranks = rank(standings, Rules())

    assert ranks.rank_overall.tolist() == [0, 1, 2]
    assert ranks.rank_class.tolist() == [0, 1, 2]
    assert ranks.ranked.tolist() == [False, True, True]


def ranked(*participants):
    """Places of participants given by the (yes answers, asked) of their contacts."""
    built = battery([(f"q{n}", "agent", "scored", ("phone",), [(1,), (0,)]) for n in range(30)])
    reports = []
    for enrolment, contacts in enumerate(participants):
        for yes, asked in contacts:
            answers = {f"q{n}": int(n >= yes) for n in range(asked)}
            reports.append(Report(id=len(reports), enrolment=enrolment, answers=answers))
    packed = arrays(built, reports)
    summaries = summarise(built, packed, score_reports(built, packed), EVERYONE)
    standings = Standings.of(
        summaries.layout,
        enrolments=summaries.enrolments,
        classes=np.zeros(len(participants), np.int64),
        matrix=summaries.matrix,
        sums=summaries.sums,
    )
    return standings, rank(standings, EVERYONE).rank_overall.tolist()


def test_equal_totals_share_a_place_although_their_floats_differ():
    apart = set()
    for one, other in [(3, 5), (3, 7), (3, 8), (4, 7), (5, 6), (2, 13)]:
        both = one * other
        # 1/one + 1/other in two contacts, and the same as one good contact and one without a point.
        standings, places = ranked([(1, one), (1, other)], [(one + other, both), (0, both)], [(1, both)] * 2)
        assert places == [1, 1, 3]
        apart.add(abs(standings.totals[0, 0] - standings.totals[1, 0]))

    assert 0 < max(apart) < 1e-12


def test_difference_far_below_what_a_page_shows_still_decides():
    tiny = Fraction(1, 10**15)

    standings = standing(shares(80, 0, 99), (Fraction(8, 10) + tiny, Fraction(0), Fraction(0)))

    assert rank(standings, EVERYONE).rank_overall.tolist() == [2, 1]


def test_nothing_ranks_below_nought():
    standings = standing(shares(0, 0, 0), shares(0, 0, 0))
    standings.totals[1] = np.nan
    standings.sums[len(GROUPS)] = b""

    assert rank(standings, EVERYONE).rank_overall.tolist() == [1, 2]


def test_nobody_to_rank_gives_no_places():
    standings = standing(shares(50, 0, 0), contacts=0)

    assert rank(standings, EVERYONE).rank_overall.tolist() == [0]
    assert awards(standings, rank(standings, EVERYONE), EVERYONE, class_sizes={1: 9}) == []


@given(st.lists(st.tuples(*[st.integers(0, 3)] * 3, st.integers(1, 3)), min_size=1, max_size=12))
def test_places_are_one_more_than_the_number_that_are_better(drawn):
    results = [tuple(Fraction(n, 7) for n in row[:3]) for row in drawn]
    classes = [row[3] for row in drawn]

    ranks = rank(standing(*results, classes=classes), EVERYONE)

    assert ranks.rank_overall.tolist() == [1 + sum(other > own for other in results) for own in results]
    assert ranks.rank_class.tolist() == [
        1 + sum(o > r and k == c for o, k in zip(results, classes, strict=True))
        for r, c in zip(results, classes, strict=True)
    ]


def test_awards_go_to_the_class_winner_the_best_and_the_best_on_each_method():
    standings = standing(shares(90, 0, 0), shares(80, 0, 0), shares(70, 0, 0), shares(70, 0, 0), classes=[1, 1, 2, 2])
    standings.contacts[:, 1] = [4, 5, 6, 7]
    standings.totals[:, 1] = [99, 60, 65, 65]
    for row in (2, 3):
        standings.sums[row * len(GROUPS) + 1] = sums([(65, 100)], [(1, 1)], [(1, 1)])

    given_awards = awards(standings, rank(standings, Rules()), Rules(), class_sizes={1: 2, 2: 3})

    assert given_awards == [
        Award("class_winner", 2, "", 102, 70.0, shared=True),
        Award("class_winner", 2, "", 103, 70.0, shared=True),
        Award("best_in_test", None, "", 100, 90.0, shared=False),
        Award("best_on_method", None, "phone", 102, 65.0, shared=True),
        Award("best_on_method", None, "phone", 103, 65.0, shared=True),
    ]


def test_equal_totals_on_a_method_are_decided_by_the_answered_score_there():
    standings = standing(shares(90, 0, 0), shares(80, 0, 0))
    standings.contacts[:, 4] = 5
    standings.totals[:, 4] = 50
    standings.sums[4] = sums([(1, 2)], [(1, 2)], [(1, 1)])
    standings.sums[9] = sums([(1, 2)], [(2, 3)], [(0, 1)])

    best = [a for a in awards(standings, rank(standings, Rules()), Rules(), class_sizes={}) if a.method]

    assert best == [Award("best_on_method", None, "messenger", 101, 50.0, shared=False)]
