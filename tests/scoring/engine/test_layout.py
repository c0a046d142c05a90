from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.layout import Layout, NpsResult, ScaleResult, Scored, add_up, average
from scoring.engine.rules import Rules
from scoring.engine.scores import score_reports
from scoring.engine.summaries import summarise
from tests.scoring.engine.cases import Report, arrays, battery, seasons

BUILT = battery()
LAYOUT = Layout.of(BUILT)


def summary_of(*reports, built=BUILT):
    packed = arrays(built, reports)
    summaries = summarise(built, packed, score_reports(built, packed), Rules())
    return summaries.layout.decode(summaries.matrix[0, 0])


def combined_of(rows):
    return average(LAYOUT, add_up(LAYOUT, rows))


def nps_answers(*steps):
    return [Report(id=step, answers={"nps": step}) for step in steps]


def test_empty_vector_has_no_contacts_and_no_scores():
    summary = LAYOUT.decode(LAYOUT.empty())

    assert (summary.participants, summary.contacts, summary.answered) == (0, 0, 0)
    assert (summary.total, summary.answered_score, summary.waiting_all) == (None, None, None)
    assert summary.areas == dict.fromkeys(("waiting", "welcome", "agent", "overall"), Scored(None, 0))
    assert set(summary.questions) == {"wait", "name", "site", "listen", "spelling", "liking", "data"}
    assert summary.cx["csat"] == ScaleResult(None, 0, dict.fromkeys(range(1, 6), 0))
    assert summary.cx["nps"] == NpsResult(None, 0, 0, 0, 0, dict.fromkeys(range(11), 0))


@given(seasons())
def test_encode_gives_back_the_bytes_that_were_decoded(season):
    specs, reports = season
    built = battery(specs)
    packed = arrays(built, reports)
    summaries = summarise(built, packed, score_reports(built, packed), Rules())

    for group in summaries.groups():
        assert summaries.layout.encode(summaries.layout.decode(group.vector)) == group.vector
        assert summaries.layout.decode(memoryview(group.vector)) == summaries.layout.decode(group.vector)


def test_nps_is_promoters_less_detractors():
    nps = summary_of(*nps_answers(0, 6, 7, 8, 9, 10, 10 - 5)).cx["nps"]

    assert (nps.promoters, nps.passives, nps.detractors, nps.n) == (2, 2, 3, 7)
    assert nps.score == -100 / 7


@pytest.mark.parametrize(("step", "score"), [(0, -100), (6, -100), (7, 0), (8, 0), (9, 100), (10, 100)])
def test_nps_of_one_answer(step, score):
    assert summary_of(*nps_answers(step)).cx["nps"].score == score


def test_scale_has_mean_and_distribution_without_not_applicable():
    reports = [Report(id=n, answers={"csat": option}) for n, option in enumerate((0, 4, 4, 5))]

    assert summary_of(*reports).cx["csat"] == ScaleResult(11 / 3, 3, {1: 1, 2: 0, 3: 0, 4: 0, 5: 2})


def test_participants_together_have_averaged_scores_and_added_counts():
    first = replace(
        LAYOUT.decode(LAYOUT.empty()), participants=1, contacts=25, answered=24, total=80.0, answered_score=90.0
    )
    second = replace(first, contacts=5, answered=5, total=60.0, areas={**first.areas, "agent": Scored(50.0, 5)})
    nothing = replace(first, contacts=2, answered=0, total=0.0, answered_score=None)

    rows = LAYOUT.matrix([LAYOUT.encode(summary) for summary in (first, second, nothing)])
    combined = LAYOUT.decode(combined_of(rows))

    assert (combined.participants, combined.contacts, combined.answered) == (3, 32, 29)
    assert combined.total == (80 + 60) / 3
    assert combined.answered_score == 90
    assert combined.areas["agent"] == Scored(50.0, 5)
    assert combined.areas["welcome"] == Scored(None, 0)


def test_participants_together_have_nps_and_means_of_the_summed_counts():
    small = summary_of(Report(answers={"nps": 10, "csat": 4}))
    large = summary_of(*(Report(id=n, answers={"nps": 0, "csat": 0}) for n in range(3)))

    rows = LAYOUT.matrix([LAYOUT.encode(small), LAYOUT.encode(large)])
    combined = LAYOUT.decode(combined_of(rows))

    assert combined.cx["nps"].score == -50
    assert combined.cx["csat"].mean == 2


def test_nobody_together_is_empty():
    np.testing.assert_array_equal(combined_of(LAYOUT.empty(0, 5)), LAYOUT.empty(5))


@given(st.lists(st.floats(0, 100), min_size=1, max_size=200), st.integers(0, 200))
def test_participants_are_added_row_after_row_without_those_who_have_no_score(totals, place):
    rows = LAYOUT.empty(len(totals), 5)
    rows[:, 2, LAYOUT.total] = totals
    gapped = np.insert(rows, place % (len(totals) + 1), LAYOUT.empty(5), axis=0)
    one_by_one = 0.0
    for total in totals:
        one_by_one += total

    alone = combined_of(np.asfortranarray(rows[:, 2]))

    assert alone[LAYOUT.total] == one_by_one / len(totals)
    assert combined_of(rows)[2].tobytes() == alone.tobytes()
    assert combined_of(gapped)[2].tobytes() == alone.tobytes()


def test_sums_of_parts_add_up_to_the_whole():
    rows = LAYOUT.empty(3)
    rows[:, LAYOUT.contacts] = 10, 20, 30
    rows[:, LAYOUT.total] = 80, np.nan, 60

    parts = add_up(LAYOUT, rows[:1]) + add_up(LAYOUT, rows[1:])

    assert parts.shape == (LAYOUT.added_length,)
    assert average(LAYOUT, parts).tobytes() == combined_of(rows).tobytes()
    assert LAYOUT.decode(average(LAYOUT, parts)).total == 70
