from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.engine.battery import METHODS, Battery, OptionSpec, QuestionSpec
from scoring.engine.reports import Reports
from scoring.engine.scores import score_reports
from scoring.statistics.items import (
    MethodEffect,
    Reread,
    WeekDrift,
    agreement,
    item_figures,
    method_effects,
    week_drift,
)

YES, NO, OUT = 0, 1, 2
OPTIONS = [OptionSpec(4), OptionSpec(0), OptionSpec(not_applicable=True)]
DEGREE = [OptionSpec(4), OptionSpec(2), OptionSpec(0), OptionSpec(not_applicable=True)]


def battery():
    return Battery.build(
        areas=["agent"],
        questions=[
            QuestionSpec("listened", "agent", "scored", METHODS, OPTIONS),
            QuestionSpec("engaged", "agent", "scored", METHODS, DEGREE),
            QuestionSpec("named", "agent", "scored", ("phone",), OPTIONS),
            QuestionSpec("site", "agent", "unscored", METHODS, OPTIONS),
            QuestionSpec("words", "agent", "comment", METHODS),
        ],
    )


def reports(answers, *, enrolment=None, method=None, answered=None):
    answers = np.column_stack([np.array(answers, np.int16), np.full(len(answers), -1, np.int16)])
    n = len(answers)
    return Reports(
        id=np.arange(n),
        enrolment=np.ones(n, np.int64) if enrolment is None else np.array(enrolment),
        method=np.zeros(n, np.int8) if method is None else np.array(method, np.int8),
        week=np.full(n, 202148, np.int32),
        answered=np.ones(n, np.bool_) if answered is None else np.array(answered),
        answers=answers,
    )


def figures(found):
    return {item.code: item for item in item_figures(battery(), found, score_reports(battery(), found))}


def random_reports(seed, n=80):
    rng = np.random.default_rng(seed)
    kind = rng.normal(size=n)
    answers = np.stack([rng.normal(size=n) > kind for _ in range(4)], axis=1).astype(int)
    answers[:, 1] += answers[:, 1] * (rng.random(n) < 0.5)
    answers = np.where(rng.random((n, 4)) < 0.1, [OUT, 3, OUT, OUT], answers)
    answered = rng.random(n) < 0.95
    return reports(answers, enrolment=rng.integers(1, 5, n), method=rng.integers(0, 2, n), answered=answered)


def test_difficulty_counts_answers_that_gave_points():
    found = figures(
        reports(
            [[YES, 1, YES, YES], [NO, 0, NO, -1], [OUT, 1, OUT, NO], [YES, 3, YES, OUT], [YES, 0, YES, YES]],
            method=[0, 0, 0, 1, 0],
            answered=[True, True, True, True, False],
        )
    )

    assert list(found) == ["listened", "engaged", "named", "site"]
    assert (found["listened"].n, found["listened"].difficulty) == (3, pytest.approx(2 / 3))
    assert found["listened"].spread == pytest.approx(np.std([1, 0, 1], ddof=1))
    assert found["listened"].not_applicable == 1 / 4
    assert (found["engaged"].n, found["engaged"].difficulty) == (3, pytest.approx(2 / 3))
    # By e-mail nobody was asked for the name.
    assert (found["named"].n, found["named"].difficulty, found["named"].not_applicable) == (2, 0.5, 1 / 3)
    assert (found["site"].n, found["site"].not_applicable) == (2, 1 / 3)


@given(st.integers(0, 10_000))
def test_discrimination_is_the_correlation_with_the_rest_of_the_contact(seed):
    drawn = random_reports(seed)
    built, found = battery(), figures(drawn)
    points = np.array([[4, 0, 0, 0], [4, 2, 0, 0], [4, 0, 0, 0], [4, 0, 0, 0]])
    last = [OUT, 3, OUT, OUT]
    for place, code in enumerate(built.questions[:4]):
        pairs, by_participant = [], {}
        for row in np.flatnonzero(drawn.answered).tolist():
            asked = [p for p in range(3) if built.asked[drawn.method[row], p] and drawn.answers[row, p] != last[p]]
            rest = [p for p in asked if p != place]
            if not built.asked[drawn.method[row], place] or drawn.answers[row, place] == last[place] or not rest:
                continue
            pair = points[place, drawn.answers[row, place]], np.mean([points[p, drawn.answers[row, p]] for p in rest])
            pairs.append(pair)
            by_participant.setdefault(int(drawn.enrolment[row]), []).append(pair)
        within = [np.array(own) - np.mean(own, axis=0) for own in by_participant.values()]

        assert found[code].discrimination == pytest.approx(np.corrcoef(np.array(pairs).T)[0, 1])
        assert found[code].discrimination_within == pytest.approx(np.corrcoef(np.concatenate(within).T)[0, 1])


def test_the_order_of_reports_does_not_matter():
    drawn = random_reports(5)
    order = np.random.default_rng(1).permutation(len(drawn))

    shuffled = figures(drawn.take(order))

    for code, item in figures(drawn).items():
        assert shuffled[code].discrimination_within == pytest.approx(item.discrimination_within)
        assert (shuffled[code].n, shuffled[code].flags) == (item.n, item.flags)


def test_questions_that_tell_nothing_are_flagged():
    rng = np.random.default_rng(3)
    kind = rng.random(100) < 0.5
    odd_one_out = np.arange(100) == np.flatnonzero(~kind)[-1]
    answers = np.stack([kind, kind * 2, odd_one_out, rng.random(100) < 0.5], axis=1).astype(int)
    answers[:31, 2] = OUT

    found = figures(reports(answers))

    flags = {code: item.flags for code, item in found.items()}
    assert flags == {
        "listened": (),
        "engaged": (),
        "named": ("too_easy", "weak", "often_not_applicable"),
        "site": ("weak",),
    }
    assert found["listened"].discrimination == pytest.approx(0.9, abs=0.1)


def test_what_never_varies_has_no_discrimination_and_few_answers_no_flags():
    found = figures(reports([[YES, 0, NO, YES]] * 29))
    more = figures(reports([[YES, 0, NO, YES]] * 30))

    assert (found["listened"].discrimination, found["listened"].spread, found["listened"].flags) == (None, 0, ())
    assert [item.flags for item in more.values()] == [("too_easy",), ("too_easy",), (), ("too_easy",)]


def test_without_reports_there_is_nothing_to_say():
    found = figures(reports(np.zeros((1, 4), int), answered=[False]))

    assert {(item.n, item.difficulty, item.spread, item.discrimination) for item in found.values()} == {
        (0, None, None, None)
    }
    assert {(item.not_applicable, item.flags) for item in found.values()} == {(None, ())}


def test_a_week_with_harder_contacts_is_flagged():
    rng = np.random.default_rng(8)
    week = np.repeat([202148, 202149, 202201, 202202], 100)
    residuals = rng.normal(0, 15, 400) - 6 * (week == 202201)

    drift = week_drift(residuals - residuals.mean(), week)

    assert [(row.week, row.n, row.flagged) for row in drift] == [
        (202148, 100, False),
        (202149, 100, False),
        (202201, 100, True),
        (202202, 100, False),
    ]
    assert drift[2].interval.low < drift[2].mean < drift[2].interval.high < 0


def test_two_weeks_are_judged_as_students_t_would():
    rng = np.random.default_rng(8)
    residuals, week = rng.normal(1, 2, 30), np.repeat([202148, 202149], [10, 20])

    first, second = week_drift(residuals - residuals.mean(), week)

    # The difference of the two is all there is: 2/3 of it in the smaller week, 1/3 in the larger.
    wanted = stats.ttest_ind(residuals[:10], residuals[10:]).confidence_interval(0.95)
    assert tuple(first.interval) == pytest.approx((wanted.low * 2 / 3, wanted.high * 2 / 3))
    assert tuple(second.interval) == pytest.approx((-wanted.high / 3, -wanted.low / 3))


def test_effects_that_were_fitted_take_degrees_of_freedom():
    rng = np.random.default_rng(8)
    residuals, week = rng.normal(0, 2, 30), np.repeat([202148, 202149, 202150], 10)

    plain, fitted = week_drift(residuals, week)[0], week_drift(residuals, week, fitted=9)[0]

    half, wider = (row.interval.high - row.mean for row in (plain, fitted))
    assert wider / half == pytest.approx(np.sqrt(27 / 18) * stats.t.ppf(0.975, 18) / stats.t.ppf(0.975, 27))


def test_weeks_by_chance_are_flagged_in_one_season_of_twenty():
    rng = np.random.default_rng(12)
    week = np.repeat(np.arange(202201, 202218), 20)
    flagged = []
    for _ in range(400):
        residuals = rng.normal(0, 10, len(week))
        flagged.append(any(row.flagged for row in week_drift(residuals - residuals.mean(), week)))

    assert 0.03 < np.mean(flagged) < 0.075


def test_one_week_or_too_few_contacts_have_no_interval():
    alone = week_drift(np.array([1.0, -1.0]), np.array([202148, 202148]))
    few = week_drift(np.array([1.0, -1.0]), np.array([202148, 202149]))

    assert alone == (WeekDrift(202148, 2, 0.0, None, False),)
    assert [(row.mean, row.interval, row.flagged) for row in few] == [(1, None, False), (-1, None, False)]
    assert week_drift(np.array([]), np.array([], np.int64)) == ()


def test_weeks_of_equal_contacts_are_not_flagged():
    drift = week_drift(np.zeros(6), np.repeat([202148, 202149], 3))

    assert [(row.mean, tuple(row.interval), row.flagged) for row in drift] == [(0, (0, 0), False)] * 2


def test_method_effects_hold_participants_equal():
    # The weak participant uses the telephone most; methods differ by 10 points, evenly.
    participant = np.array([0, 0, 0, 1, 1, 1, 2, 2])
    method = np.array([0, 0, 1, 0, 1, 1, 0, 1], np.int8)
    score = np.array([30.0, 30, 40, 80, 90, 90, 60, 70])

    phone, email = method_effects(participant, method, score)

    assert phone == MethodEffect("phone", 4, pytest.approx(-5), (pytest.approx(-5), pytest.approx(-5)))
    assert email == MethodEffect("email", 4, pytest.approx(5), (pytest.approx(5), pytest.approx(5)))


def test_method_effects_are_least_squares_and_add_up_to_nothing():
    rng = np.random.default_rng(5)
    participant, method = rng.integers(0, 30, 700), rng.integers(0, 4, 700).astype(np.int8)
    score = rng.normal(70, 10, 700) + 5 * rng.normal(size=30)[participant]
    design = np.column_stack([participant[:, None] == np.arange(30), method[:, None] == np.arange(4)])
    wanted = np.linalg.lstsq(design.astype(float), score, rcond=None)[0][30:]

    found = method_effects(participant + 100, method, score)

    assert [row.effect for row in found] == pytest.approx(wanted - wanted.mean())
    assert [row.method for row in found] == ["phone", "email", "chat", "messenger"]
    assert sum(row.effect for row in found) == pytest.approx(0, abs=1e-9)


def test_the_interval_of_a_method_covers_its_effect_even_where_centres_differ_in_methods():
    rng = np.random.default_rng(6)
    participant, method = np.repeat(np.arange(60), 12), np.tile(np.repeat([0, 1, 2], 4), 60).astype(np.int8)
    hits = []
    for _ in range(300):
        own = rng.normal([4, 0, -4], 6, (60, 3))
        score = 70 + own[participant, method] + rng.normal(0, 12, 720)
        found = method_effects(participant, method, score)
        hits += [row.interval.low <= true <= row.interval.high for row, true in zip(found, (4, 0, -4), strict=True)]

    assert 0.92 < np.mean(hits) < 0.98


@pytest.mark.parametrize(
    ("participant", "method"),
    [([0, 0, 1], [2, 2, 2]), ([0, 0, 1], [0, 0, 1]), ([0, 0, 1, 1], [0, 1, 2, 3]), ([], [])],
)
def test_methods_that_share_no_participants_cannot_be_compared(participant, method):
    score = np.arange(len(method), dtype=float)

    assert method_effects(np.array(participant, np.int64), np.array(method, np.int8), score) == ()


def test_one_participants_methods_have_no_interval():
    found = method_effects(np.zeros(3, np.int64), np.array([0, 0, 3], np.int8), np.array([60.0, 70, 85]))

    assert found == (
        MethodEffect("phone", 2, pytest.approx(-10), None),
        MethodEffect("messenger", 1, pytest.approx(10), None),
    )


def test_agreement_is_the_share_of_answers_that_stayed():
    first = np.array([[0, 1, -1, -1], [1, -1, 2, -1], [0, 1, -1, -1], [0, 0, 1, -1]], np.int16)
    last = np.array([[0, 2, -1, -1], [1, 0, 2, -1], [1, 1, -1, -1], [0, -1, 1, -1]], np.int16)

    found = agreement(["a", "b", "c", "never"], first, last)

    assert found == (Reread("a", 4, 0.75), Reread("b", 4, 0.25), Reread("c", 2, 1.0))


def test_scores_of_other_contacts_do_not_move_an_item():
    drawn = random_reports(5)
    lost = replace(drawn, answered=drawn.answered & (np.arange(len(drawn)) > 20))

    assert figures(lost) == figures(drawn.take(np.arange(21, len(drawn))))
