from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine import summaries as module
from scoring.engine.battery import METHODS, QuestionSpec
from scoring.engine.layout import add_up, average
from scoring.engine.measures import GROUPS, exact
from scoring.engine.reports import Reports
from scoring.engine.rules import MEANS, Rules
from scoring.engine.scores import score_reports
from scoring.engine.summaries import add_up_by, summarise
from tests.scoring.engine.cases import (
    AREAS,
    NPS,
    Report,
    arrays,
    battery,
    contact_points,
    mean,
    question_mean,
    seasons,
)

BEST = {"wait": 0, "name": 0, "listen": 0, "liking": 0}
RULES = st.builds(
    Rules,
    mean=st.sampled_from(MEANS),
    areas_over_all=st.sets(st.sampled_from(AREAS)).map(lambda areas: tuple(sorted(areas))),
)


def summarised(built, reports, rules=None):
    return summarise(built, reports, score_reports(built, reports), rules or Rules())


def stored(summaries):
    return {(group.enrolment, group.method): group[2:] for group in summaries.groups()}


def decoded(reports, rules=None, specs=None):
    built = battery(specs) if specs else battery()
    summaries = summarised(built, arrays(built, reports), rules)
    layout = summaries.layout
    return {(group.enrolment, group.method): layout.decode(group.vector) for group in summaries.groups()}


def near(found, expected):
    if expected is None or found is None:
        return found is expected
    return abs(Fraction(found) - expected) <= Fraction(1, 10**11)


def test_summary_of_three_contacts_by_hand():
    reports = [
        Report(id=1, answers=BEST),  # 31 of 31
        Report(id=2, answers={**BEST, "wait": 2, "name": 2, "listen": 1}),  # 13 of 21
        Report(id=3, method="email", answered=False),  # 0 of 35
    ]

    groups = decoded(reports)

    everything = groups[1, ""]
    assert set(groups) == {(1, ""), (1, "phone"), (1, "email")}
    assert (everything.participants, everything.contacts, everything.answered) == (1, 3, 2)
    assert everything.total == pytest.approx((100 + 1300 / 21 + 0) / 3, abs=1e-12)
    assert everything.answered_score == pytest.approx((100 + 1300 / 21) / 2, abs=1e-12)
    assert everything.waiting_all == pytest.approx((100 + 20 + 0) / 3, abs=1e-12)
    assert everything.areas["waiting"] == (60, 2)
    assert everything.areas["welcome"] == (100, 1)
    assert everything.areas["agent"] == (pytest.approx((100 + 100 / 3) / 2, abs=1e-12), 2)
    assert everything.questions["name"] == (100, 1)
    assert everything.questions["spelling"] == (None, 0)
    assert (groups[1, "email"].total, groups[1, "email"].answered_score) == (0, None)


def test_pooled_rule_divides_all_points_by_all_possible_points():
    reports = [Report(id=1, answers=BEST), Report(id=2, answers={"wait": 3}), Report(id=3, answered=False)]

    pooled = decoded(reports, Rules(mean="pooled"))[1, ""]

    assert pooled.total == 100 * 31 / (31 + 5 + 31)
    assert pooled.answered_score == 100 * 31 / 36
    assert pooled.waiting_all == 100 * 5 / 15


def test_area_over_all_counts_an_unanswered_contact_as_nothing_of_what_its_method_can_give():
    reports = [Report(id=1, answers=BEST), Report(id=2, method="email", answered=False)]

    over_all = decoded(reports, Rules(areas_over_all=("agent",)))[1, ""]
    pooled = decoded(reports, Rules(mean="pooled", areas_over_all=("agent",)))[1, ""]

    assert over_all.areas["agent"] == (50, 2)
    assert pooled.areas["agent"] == (100 * 6 / 16, 2)
    assert over_all.areas["welcome"] == (100, 1)
    assert over_all.total == decoded(reports)[1, ""].total


@given(seasons(), st.sampled_from(MEANS), st.sets(st.sampled_from(AREAS)))
def test_areas_over_all_are_those_of_the_oracle(season, how, over_all):
    specs, reports = season

    for (enrolment, method), found in decoded(reports, Rules(mean=how, areas_over_all=tuple(over_all)), specs).items():
        own = [r for r in reports if r.enrolment == enrolment and method in ("", r.method)]
        for area in AREAS:
            kept = own if area in over_all else [r for r in own if r.answered]
            pairs = [contact_points(specs, r, area, over_all=over_all) for r in kept]
            assert near(found.areas[area].score, mean(pairs, how))
            assert found.areas[area].n == sum(possible > 0 for _, possible in pairs)


@given(seasons(), st.sampled_from(MEANS))
def test_summaries_are_those_of_the_oracle(season, how):
    specs, reports = season

    for (enrolment, method), found in decoded(reports, Rules(mean=how), specs).items():
        own = [r for r in reports if r.enrolment == enrolment and method in ("", r.method)]
        answered = [r for r in own if r.answered]
        assert (found.contacts, found.answered) == (len(own), len(answered))
        assert near(found.total, mean([contact_points(specs, r) for r in own], how))
        assert near(found.answered_score, mean([contact_points(specs, r) for r in answered], how))
        assert near(found.waiting_all, mean([contact_points(specs, r, "waiting") for r in own], how))
        for area in AREAS:
            pairs = [contact_points(specs, r, area) for r in answered]
            assert near(found.areas[area].score, mean(pairs, how))
            assert found.areas[area].n == sum(possible > 0 for _, possible in pairs)
        for spec in specs[:-2]:
            assert near(found.questions[spec.code].score, question_mean(spec, own))
        steps = [r.answers["nps"] for r in answered if "nps" in r.answers]
        assert found.cx["nps"].distribution == {step: steps.count(step) for step in range(11)}


@given(seasons(), st.sampled_from(MEANS))
def test_packed_sums_give_the_published_results_exactly(season, how):
    specs, reports = season
    built = battery(specs)
    summaries = summarised(built, arrays(built, reports), Rules(mean=how))

    for group in summaries.groups():
        own = [r for r in reports if r.enrolment == group.enrolment and group.method in ("", r.method)]
        answered = [r for r in own if r.answered]
        expected = (
            mean([contact_points(specs, r) for r in own], how),
            mean([contact_points(specs, r) for r in answered], how),
            mean([contact_points(specs, r, "agent") for r in answered], how),
        )
        assert exact(group.sums) == tuple(Fraction(-1) if e is None else e / 100 for e in expected)


@given(seasons(), RULES, st.randoms(use_true_random=False))
def test_order_of_reports_and_split_by_enrolment_change_no_byte(season, rules, random):
    specs, reports = season
    built = battery(specs)
    whole = stored(summarised(built, arrays(built, reports), rules))

    shuffled = random.sample(reports, len(reports))
    parts = {}
    for enrolment in {r.enrolment for r in reports}:
        own = [r for r in shuffled if r.enrolment == enrolment]
        parts |= stored(summarised(built, arrays(built, own), rules))

    assert stored(summarised(built, arrays(built, shuffled), rules)) == whole
    assert parts == whole


def many(built, *, enrolments=60, contacts=25):
    draw = np.random.default_rng(4)
    n = enrolments * contacts
    return Reports(
        id=np.arange(n),
        enrolment=np.repeat(np.arange(enrolments), contacts),
        method=draw.integers(0, len(METHODS), n).astype(np.int8),
        week=np.full(n, 202148, np.int32),
        answered=draw.random(n) > 0.05,
        answers=(draw.random((n, len(built.questions))) * (built.option_counts + 1)).astype(np.int16) - 1,
    )


@pytest.mark.parametrize("how", MEANS)
def test_size_of_the_blocks_changes_no_byte(monkeypatch, how):
    built = battery()
    reports = many(built)
    whole = summarised(built, reports, Rules(mean=how))

    monkeypatch.setattr(module, "BLOCK", 7)
    shuffled = reports.take(np.random.default_rng(2).permutation(len(reports)))
    blocks = summarised(built, shuffled, Rules(mean=how))

    assert blocks.matrix.tobytes() == whole.matrix.tobytes()
    assert blocks.sums == whole.sums


def test_classes_added_up_at_once_are_those_added_up_one_by_one():
    built = battery()
    summaries = summarised(built, many(built))
    classes = np.arange(60) % 7 * 10

    keys, matrix = add_up_by(summaries.layout, summaries.matrix, classes)

    assert keys.tolist() == [0, 10, 20, 30, 40, 50, 60]
    for key, rows in zip(keys, matrix, strict=True):
        for group in range(len(GROUPS)):
            alone = add_up(summaries.layout, summaries.matrix[classes == key][:, group])
            assert rows[group].tobytes() == alone.tobytes()


def results(summary):
    """All that can win or lose an award."""
    return summary.total, summary.answered_score, summary.waiting_all, *(area.score for area in summary.areas.values())


@given(seasons(), RULES, st.data())
def test_unscored_and_cx_answers_never_move_a_result(season, rules, data):
    specs, reports = season
    specs = [*specs, QuestionSpec("extra", "agent", "unscored", METHODS, specs[0].options)]
    specs = [*specs, QuestionSpec("ces", "cx", "cx", METHODS, NPS[1:8])]
    spec = data.draw(st.sampled_from([s for s in specs if s.kind in ("unscored", "cx")]))
    options = st.integers(0, len(spec.options) - 1)
    changed = [replace(r, answers={**r.answers, spec.code: data.draw(options)}) for r in reports]

    before, after = decoded(reports, rules, specs), decoded(changed, rules, specs)

    assert {key: results(s) for key, s in after.items()} == {key: results(s) for key, s in before.items()}


@given(seasons(), RULES, st.data())
def test_better_answer_never_lowers_a_result(season, rules, data):
    specs, reports = season
    report = data.draw(st.sampled_from(reports))
    spec = data.draw(st.sampled_from(specs))
    options = [n for n, option in enumerate(spec.options) if not option.not_applicable]
    better, worse = (data.draw(st.sampled_from(options)) for _ in range(2))
    if spec.options[better].points < spec.options[worse].points:
        better, worse = worse, better

    def answering(option):
        mended = replace(report, answers={**report.answers, spec.code: option})
        return decoded([mended if r is report else r for r in reports], rules, specs)

    high, low = answering(better), answering(worse)

    assert high.keys() == low.keys()
    for key in high:
        for more, less in zip(results(high[key]), results(low[key]), strict=True):
            assert (more is None) == (less is None)
            assert more is None or more >= less


@pytest.mark.parametrize("how", MEANS)
def test_better_answer_raises_the_results_it_counts_in(how):
    rules = Rules(mean=how, areas_over_all=("agent",))
    others = [Report(id=2, answers=BEST), Report(id=3, answered=False)]

    low, high = (
        decoded([Report(id=1, answers={**BEST, "listen": listen}), *others], rules)[1, ""] for listen in (1, 0)
    )

    assert high.total > low.total
    assert high.answered_score > low.answered_score
    assert high.areas["agent"].score > low.areas["agent"].score
    assert high.areas["welcome"] == low.areas["welcome"]
    assert high.waiting_all == low.waiting_all


@given(seasons(), st.data())
def test_not_applicable_is_the_same_as_a_question_never_asked(season, data):
    specs, reports = season
    spec = data.draw(st.sampled_from(specs[:-2]))
    last = len(spec.options) - 1
    marked = [replace(r, answers={**r.answers, spec.code: last}, answered=True) for r in reports]
    without = [s for s in specs if s is not spec]
    stripped = [replace(r, answers={k: v for k, v in r.answers.items() if k != spec.code}) for r in marked]

    before, after = decoded(marked, specs=specs), decoded(stripped, specs=without)

    assert {key: (s.total, s.areas) for key, s in before.items()} == {
        key: (s.total, s.areas) for key, s in after.items()
    }


def test_all_best_answers_give_exactly_100():
    reports = [
        Report(id=n, answers={**BEST, "name": 2 * (n % 2)}, method=("phone", "messenger")[n % 2]) for n in range(21)
    ]

    everything = decoded(reports)[1, ""]

    assert (everything.total, everything.areas["overall"].score) == (100, 100)


def test_no_reports_have_no_groups():
    built = battery()
    summaries = summarised(built, arrays(built, []))

    assert list(summaries.groups()) == []
    whole = average(summaries.layout, add_up(summaries.layout, summaries.matrix))

    assert whole[0, summaries.layout.contacts] == 0


def test_battery_without_scales_or_waiting_has_neither():
    summary = decoded([Report(answers={"q": 0})], specs=[("q", "agent", "scored", METHODS, [(4,), (0,)])])[1, ""]

    assert (summary.total, summary.waiting_all, summary.cx) == (100, None, {})


def test_more_contacts_than_the_sums_can_hold_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MOST_CONTACTS", 1)

    with pytest.raises(ValueError, match="more than 1 contacts"):
        decoded([Report(id=1), Report(id=2)])
