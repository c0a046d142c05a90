import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from benchmarks.linking import met, simulate
from scoring.engine.battery import Battery, OptionSpec, QuestionSpec
from scoring.engine.reports import Reports
from scoring.engine.rules import Rules
from scoring.engine.scores import score_reports
from scoring.engine.summaries import summarise
from scoring.statistics.linking import Season, link, linked_scores, mean_change, participant_changes

BOTH = ("phone", "email")
# Numbers of options.
YES, NO, OUT = 0, 1, 2


def battery(*codes, points=None):
    """Every question is asked on both methods, but one whose code begins with "phone"."""
    return Battery.build(
        areas=["agent"],
        questions=[
            QuestionSpec(
                code,
                "agent",
                "scored",
                ("phone",) if code.startswith("phone") else BOTH,
                [OptionSpec((points or {}).get(code, 1)), OptionSpec(0), OptionSpec(not_applicable=True)],
            )
            for code in codes
        ],
    )


def season(built, answers, *, participant=None, answered=None, observer=None, method=None):
    answers = np.array(answers, np.int16).reshape(-1, len(built.questions))
    n = len(answers)
    participant = np.zeros(n, np.int64) if participant is None else np.array(participant)
    reports = Reports(
        id=np.arange(n),
        enrolment=100 + participant,
        method=np.zeros(n, np.int8) if method is None else np.array(method, np.int8),
        week=np.full(n, 202148, np.int32),
        answered=np.ones(n, np.bool_) if answered is None else np.array(answered),
        answers=answers,
    )
    return Season(built, reports, participant, np.arange(n) if observer is None else np.array(observer))


def random_season(seed, codes, *, participants=4, contacts=6, observers=9, chance=0.7):
    rng = np.random.default_rng(seed)
    n = participants * contacts
    points = {code: int(rng.integers(1, 9)) for code in codes}
    answers = np.where(rng.random((n, len(codes))) < chance, YES, rng.choice([NO, OUT], (n, len(codes)), p=[0.8, 0.2]))
    answers[:, 0] = np.where(answers[:, 0] == OUT, NO, answers[:, 0])
    answered = rng.random(n) < 0.9
    answered[::contacts] = True
    return season(
        battery(*codes, points=points),
        answers,
        participant=np.repeat(np.arange(participants), contacts),
        answered=answered,
        observer=rng.integers(0, observers, n),
        method=rng.integers(0, 2, n),
    )


def test_a_contact_is_scored_on_the_linked_questions_alone():
    built = battery("a", "b", "c", "phone", points={"a": 3, "b": 1, "c": 50, "phone": 4})
    found = season(
        built,
        [[YES, NO, NO, NO], [NO, YES, NO, OUT], [OUT, OUT, YES, OUT], [YES, YES, YES, NO], [-1] * 4, [YES, NO, NO, NO]],
        answered=[True, True, True, True, False, False],
        method=[0, 0, 0, 1, 0, 1],
    )
    questions = np.array([0, 1, 3])

    scores = linked_scores(built, found.reports, questions)

    # The phone's question is nobody's business by e-mail, and unanswered contacts have 0 whatever is in them.
    np.testing.assert_allclose(scores, [100 * 3 / 8, 25, np.nan, 100, 0, 0])


def test_the_points_of_the_new_season_weigh_the_questions_of_the_old():
    built = battery("a", "b", points={"a": 3, "b": 1})
    found = season(built, [[YES, NO], [NO, YES], [YES, OUT]])

    scores = linked_scores(built, found.reports, np.array([0, 1]), possible=np.array([2, 6]))

    np.testing.assert_allclose(scores, [25, 75, 100])


@given(st.integers(0, 10_000), st.sampled_from(("contacts", "pooled")))
def test_scores_on_all_questions_give_each_participants_total(seed, mean):
    found = random_season(seed, ["a", "phone", "c"])
    scores = score_reports(found.battery, found.reports)
    summaries = summarise(found.battery, found.reports, scores, Rules(mean=mean))

    linked = linked_scores(found.battery, found.reports, np.arange(3), mean=mean)

    means = [linked[found.participant == place].mean() for place in range(4)]
    assert means == pytest.approx(summaries.matrix[:, 0, summaries.layout.total].tolist())


@given(st.integers(0, 10_000), st.sampled_from(("contacts", "pooled")))
def test_with_all_questions_common_the_comparable_change_is_the_total_change(seed, mean):
    codes = ["a", "phone", "c"]
    old = random_season(seed, codes)
    new = Season(old.battery, random_season(seed + 1, codes).reports, old.participant, old.observer)

    linked = link(old, new, codes, participants=4, mean=mean)

    for change in (*participant_changes(linked), mean_change(linked, np.arange(4))):
        assert change.comparable == change.total
        assert change.battery == (0, 0, 0)


@given(st.integers(0, 10_000))
def test_total_change_is_comparable_change_and_battery_effect(seed):
    old, new = random_season(seed, ["a", "b", "gone"]), random_season(seed + 1, ["a", "new", "b", "c"])

    linked = link(old, new, ["a", "b"], participants=4)

    for change in (*participant_changes(linked), mean_change(linked, np.arange(4))):
        assert change.total.value == pytest.approx(change.comparable.value + change.battery.value)
        for part in (change.comparable, change.total, change.battery):
            assert -100 <= part.low <= part.value <= part.high <= 100


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_the_order_of_contacts_and_of_common_questions_does_not_matter(seed):
    old, new = random_season(seed, ["a", "b", "gone"]), random_season(seed + 1, ["a", "new", "b"])
    order = np.random.default_rng(seed).permutation(len(old.participant))
    shuffled = Season(old.battery, old.reports.take(order), old.participant[order], old.observer[order])

    first = participant_changes(link(old, new, ["a", "b"], participants=4))
    second = participant_changes(link(shuffled, new, ["b", "a"], participants=4))

    for one, other in zip(first, second, strict=True):
        assert np.ravel([one.comparable, one.total, one.battery]) == pytest.approx(
            np.ravel([other.comparable, other.total, other.battery]), abs=1e-7
        )


def test_a_participants_interval_is_welchs_where_nothing_can_be_borrowed():
    built = battery("a", "b", points={"a": 3, "b": 1})
    old = season(built, [[YES, NO], [NO, YES], [NO, NO], [YES, YES]])
    new = season(built, [[YES, YES], [YES, NO], [YES, YES]])

    (change,) = participant_changes(link(old, new, ["a", "b"], participants=1))

    before, after = [75, 25, 0, 100], [100, 75, 100]
    wanted = stats.ttest_ind(after, before, equal_var=False).confidence_interval(0.95)
    assert change.total.value == pytest.approx(np.mean(after) - np.mean(before))
    assert wanted.high > 100
    assert (change.total.low, change.total.high) == (pytest.approx(wanted.low), 100)


def test_a_participant_of_one_season_has_no_change_and_disturbs_nobody():
    built = battery("a")
    old = season(built, [[YES], [NO], [YES], [NO]], participant=[0, 0, -1, 1])
    new = season(built, [[YES], [YES], [NO]], participant=[0, 0, -1])

    linked = link(old, new, ["a"], participants=2)
    first, second = participant_changes(linked)

    assert first.total.value == 50
    assert second is None
    assert mean_change(linked, np.array([0, 1])).total.value == 50
    assert mean_change(linked, np.array([1])) is None


def test_contacts_that_tell_nothing_of_their_spread_have_wide_intervals():
    built = battery("a")
    single = link(season(built, [[YES]]), season(built, [[NO]]), ["a"], participants=1)
    equal = link(season(built, [[YES]] * 25), season(built, [[YES]] * 25), ["a"], participants=1)

    (alone,), (same,) = participant_changes(single), participant_changes(equal)

    assert alone.total == (-100, -100, 100)
    assert mean_change(single, np.array([0])).total == (-100, -100, 100)
    risen = link(season(built, [[NO]]), season(built, [[YES]]), ["a"], participants=1)
    assert participant_changes(risen)[0].total == (100, -100, 100)
    half = link(season(built, [[YES]]), season(built, [[YES]] * 9 + [[NO]]), ["a"], participants=1)
    assert participant_changes(half)[0].total == (pytest.approx(-10), -100, 100)
    # By the rule of three: 1 - .025^(1/25) of the contacts may have been of a kind that was not met.
    assert (same.total.low, same.total.value) == (pytest.approx(100 * 0.025 ** (1 / 25) - 100), 0)
    assert same.total.high == -same.total.low


def test_two_contacts_in_each_season_are_enough_for_an_interval():
    built = battery("a", "b", points={"a": 99, "b": 1})
    old, new = season(built, [[YES, YES], [YES, NO]]), season(built, [[NO, YES], [NO, NO]], observer=[2, 3])
    linked = link(old, new, ["a", "b"], participants=1)

    (own,), mean = participant_changes(linked), mean_change(linked, np.array([0]))

    wanted = stats.ttest_ind([0, 1], [99, 100], equal_var=False).confidence_interval(0.95)
    assert own.total == (-99, -100, pytest.approx(wanted.high))
    assert mean.total.low == -100
    assert -99 < mean.total.high < -85


def test_a_mean_counts_every_participant_the_same():
    built = battery("a")
    old = season(built, [[NO]] * 6, participant=[0, 0, 0, 0, 1, 1])
    new = season(built, [[YES], [YES], [NO], [NO]], participant=[0, 0, 1, 1])

    change = mean_change(link(old, new, ["a"], participants=2), np.array([0, 1]))

    assert change.total.value == 50


def test_an_observer_in_both_seasons_cancels_out_of_the_mean():
    rng = np.random.default_rng(4)
    built = battery(*[f"q{n}" for n in range(12)])
    participant, observer = np.repeat(np.arange(20), 15), np.tile(np.arange(15), 20)
    strict = rng.normal(0, 2, 15)[observer]

    def answered():
        chance = 1 / (1 + np.exp(-strict))
        return (rng.random((300, 12)) > chance[:, None]).astype(int)

    old = season(built, answered(), participant=participant, observer=observer)
    new_answers = answered()
    same = season(built, new_answers, participant=participant, observer=observer)
    others = season(built, new_answers, participant=participant, observer=observer + 15)

    with_same, with_others = (
        mean_change(link(old, new, built.questions, participants=20), np.arange(20)).total for new in (same, others)
    )

    assert with_same.value == with_others.value
    assert (with_others.high - with_others.low) > 4 * (with_same.high - with_same.low)


def test_a_common_question_that_moved_unlike_the_rest_is_left_out_and_listed():
    rng = np.random.default_rng(2)
    codes = [f"q{n}" for n in range(20)]
    built, participant = battery(*codes), np.repeat(np.arange(40), 25)

    def answered(chance):
        return (rng.random((1000, 20)) > np.linspace(0.5, 0.9, 20) + chance).astype(int)

    old = season(built, answered(0.0), participant=participant)
    moved = answered(0.05)
    moved[:, 7] = rng.random(1000) > 0.2
    new = season(built, moved, participant=participant)

    linked = link(old, new, codes, participants=40)

    (drift,) = linked.left_out
    assert drift.code == "q7"
    assert drift.change == pytest.approx(100 * (0.2 - 0.5 - 0.4 * 7 / 19), abs=4)
    assert drift.z < -3
    assert linked.kept == tuple(code for code in codes if code != "q7")
    assert mean_change(linked, np.arange(40)).comparable.value == pytest.approx(5, abs=1.5)
    assert mean_change(linked, np.arange(40)).total.value < 4


def test_few_common_questions_and_questions_without_answers_are_not_screened():
    codes = [f"q{n}" for n in range(9)]
    built = battery(*codes)
    old = season(built, [[YES] * 8 + [OUT]] * 200)
    new = season(built, [[YES] * 7 + [NO, YES]] * 200)

    assert [drift.code for drift in link(old, new, codes, participants=1).left_out] == ["q7"]
    assert link(old, new, codes[:7], participants=1).left_out == ()
    assert link(old, new, codes[1:8], participants=1).left_out == ()


def test_those_in_one_season_only_do_not_make_a_question_stand_out():
    codes = [f"q{n}" for n in range(9)]
    built, alike = battery(*codes), [[YES] * 9]
    old = season(built, alike * 200 + [[YES] * 7 + [NO, YES]] * 200, participant=[0] * 200 + [-1] * 200)
    everyone = season(built, old.reports.answers)
    new = season(built, alike * 200)

    assert link(old, new, codes, participants=1).left_out == ()
    assert [drift.code for drift in link(everyone, new, codes, participants=1).left_out] == ["q7"]


def test_the_comparable_change_finds_the_true_change():
    figures = simulate(seasons=12)

    assert met(figures)
    assert figures["raw_bias"] > 3
    assert figures["comparable_rmse"] < figures["raw_rmse"] - 0.5
    assert figures["raw_coverage"] < 90
    assert 91 < figures["class_coverage"] < 98
    assert not met(figures | {"comparable_bias": 0.31})
    assert not met(figures | {"comparable_coverage": 97.1})
