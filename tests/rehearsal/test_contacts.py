"""Whatever is drawn for one contact keeps the rules of the survey."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from ksp.lib.calendar import NORWAY, OSLO
from ksp.lib.weeks import IsoWeek
from ksp.rehearsal.answers import Sheet, Wait, all_best, draw_happening, share_of_points, shifted
from ksp.rehearsal.comments import Scene, short_comments, write_comments
from ksp.rehearsal.names import sectors
from ksp.rehearsal.shape import Shape
from ksp.rehearsal.timeline import Appointment, draw_timeline
from ksp.rehearsal.truth import Centre, Person
from responses.questionnaires.battery import load_battery
from responses.waiting import check_attempt, waiting_outcome

BATTERY = load_battery("KSP22")
METHODS = ("phone", "email", "chat", "messenger")
CALENDAR = Shape(season="T").calendar
CENTRE = Centre(code="1", quality=0.0, unanswered=0.1, is_public=False)
PERSON = Person(code="O1", severity=0.0, diligence=0.7)
SHEETS = {method: Sheet(BATTERY, method) for method in METHODS}


def happenings(method, count=300, centre=CENTRE, person=PERSON):
    return [
        draw_happening(SHEETS[method], centre, person, np.random.default_rng([number, 1])) for number in range(count)
    ]


def timeline(method, waits, number, week="2021-W51", weekday=4):
    appointment = Appointment(method, IsoWeek.parse(week), weekday, "13")
    return draw_timeline(appointment, waits, calendar=CALENDAR, diligence=0.5, rng=np.random.default_rng([number, 2]))


def outcome_of(method, attempts, now):
    waiting = next(item for item in BATTERY.questions_for(method) if item.kind == "waiting")
    options = [(option.code, option.value) for option in waiting.options]
    return waiting_outcome(method, attempts, options=options, calendar=NORWAY, now=now)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("week", ["2021-W51", "2022-W03"])
def test_attempts_keep_every_rule_and_end_as_drawn(method, week):
    for number, happening in enumerate(happenings(method)):
        drawn = timeline(method, happening.waits, number, week=week, weekday=1 + number % 5)
        problems = [
            check_attempt(method, attempt, earlier=drawn.attempts[:place], calendar=NORWAY, now=drawn.submitted_at)
            for place, attempt in enumerate(drawn.attempts)
        ]
        outcome = outcome_of(method, drawn.attempts, drawn.submitted_at)

        assert not any(problems), (number, problems)
        assert outcome.is_final
        assert outcome.is_answered == happening.is_answered
        assert outcome.working_day in {None, happening.waits[-1].day}


@pytest.mark.parametrize("method", METHODS)
def test_what_follows_comes_in_order_and_at_humane_hours(method):
    for number, happening in enumerate(happenings(method, 100)):
        drawn = timeline(method, happening.waits, number)
        moments = [drawn.started_at, drawn.over_at, drawn.submitted_at, drawn.reviewed_at, drawn.mended_at]

        assert moments == sorted(moments)
        assert drawn.approved_at > drawn.mended_at
        assert all(7 <= moment.astimezone(OSLO).hour < 23 for moment in (drawn.submitted_at, drawn.mended_at))
        assert CALENDAR.is_working_day(drawn.reviewed_at.date())
        assert CALENDAR.is_working_day(drawn.approved_at.date())


def test_attempts_stand_as_far_as_they_have_come():
    drawn = timeline("phone", (Wait(is_answered=False), Wait(seconds=40)), 1, weekday=1)
    first, second = drawn.attempts

    assert drawn.attempts_until(first.started_at - timedelta(seconds=1)) == []
    assert drawn.attempts_until(first.started_at)[0].ended_at is None
    assert drawn.attempts_until(second.started_at - timedelta(seconds=1)) == [first]
    assert drawn.attempts_until(second.started_at)[1].answered_at is None
    assert drawn.attempts_until(second.answered_at) == [first, second]


def test_second_attempt_is_made_in_the_same_week_if_a_day_is_left():
    waits = (Wait(is_answered=False), Wait(seconds=40))

    early, late = (timeline("phone", waits, 3, week="2022-W03", weekday=day).attempts[1] for day in (2, 5))

    assert early.started_at.isocalendar()[:2] == (2022, 3)
    assert late.started_at.astimezone(OSLO).date() == date(2022, 1, 24)


@pytest.mark.parametrize("method", METHODS)
def test_answered_contact_answers_every_question_but_waiting_and_comments(method):
    expected = {item.code for item in BATTERY.questions_for(method) if item.kind not in {"waiting", "comment"}}

    for happening in happenings(method, 60):
        assert set(happening.options) == (expected if happening.is_answered else set())


def test_scores_lie_where_those_of_real_seasons_do():
    shares = np.array(
        [one.share for method in METHODS for one in happenings(method, 400, replace(CENTRE, unanswered=0.03))]
    )

    assert 0.75 < shares.mean() < 0.82
    assert 0.12 < shares[shares > 0].std() < 0.2


def test_better_centres_and_milder_observers_give_better_scores():
    def mean(centre, person):
        return np.mean([one.share for one in happenings("phone", 300, centre, person)])

    usual = mean(CENTRE, PERSON)

    assert mean(replace(CENTRE, quality=0.9), PERSON) > usual + 0.05
    assert mean(CENTRE, replace(PERSON, severity=0.9)) < usual - 0.05


def test_centre_that_seldom_answers_has_unanswered_contacts():
    share = np.mean([not one.is_answered for one in happenings("phone", 500, replace(CENTRE, unanswered=0.2))])

    assert 0.15 < share < 0.25


def test_public_body_is_not_bought_from():
    public = replace(CENTRE, is_public=True)

    found = {one.options["overall_would_buy"] for one in happenings("chat", 40, public) if one.is_answered}

    assert found == {"na"}


def test_customer_experience_goes_with_the_points():
    answered = [one for one in happenings("email", 400) if one.is_answered]

    for code in ("csat", "ces", "nps", "ves1", "ves2"):
        steps = [int(one.options[code]) for one in answered]
        assert np.corrcoef(steps, [one.share for one in answered])[0, 1] > 0.6


def test_shifting_keeps_the_points_and_raises_the_agents_area():
    shift = next(
        (one.options, after) for one in happenings("phone") if one.is_answered and (after := shifted(one.options))
    )
    before, after = shift
    sheet = SHEETS["phone"]

    assert share_of_points(sheet, before) == share_of_points(sheet, after)
    assert {code for code in before if before[code] != after[code]} == {"welcome_felt_welcome", "agent_needs"}


def test_somebody_who_says_yes_to_everything_gives_full_points():
    happening = next(one for one in happenings("chat") if one.is_answered)

    assert share_of_points(SHEETS["chat"], all_best(SHEETS["chat"], happening.options)) == 1


@pytest.mark.parametrize("method", METHODS)
def test_comments_are_long_enough_and_have_no_gaps(method):
    least = 20
    for number, happening in enumerate(happenings(method)):
        if not happening.is_answered:
            continue
        scene = Scene(SHEETS[method], happening, "Revehi Mobil", sectors()[number % len(sectors())], 3, 0.6)
        comments = write_comments(scene, np.random.default_rng(number))

        assert set(comments) == {"welcome_comment", "agent_comment", "overall_comment"}
        for text in comments.values():
            assert len(text) >= least
            assert not set("[]{}|") & set(text)
            assert text[0].isupper()
            assert text.endswith((".", "»."))


def test_comments_say_what_the_answers_say():
    sheet = SHEETS["phone"]
    happening = next(one for one in happenings("phone") if one.is_answered)
    worst = {item.code: ladder[-1] for item, ladder in zip(sheet.scored, sheet.ladders, strict=True)}
    scene = Scene(sheet, replace(happening, options={**happening.options, **worst}), "Revehi Mobil", sectors()[1], 3, 1)

    text = " ".join(
        part for number in range(40) for part in write_comments(scene, np.random.default_rng(number)).values()
    )

    assert "ikke" in text
    for praise in ("svært god", "engasjert og", "velkommen og sett", "kunne faget sitt"):
        assert praise not in text


def test_short_comments_are_just_long_enough():
    for number in range(20):
        comments = short_comments(SHEETS["phone"], np.random.default_rng(number))

        assert len(comments) == 3
        assert all(20 <= len(text) < 60 for text in comments.values())
