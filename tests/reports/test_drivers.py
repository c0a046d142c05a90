"""What goes with satisfied customers, and where a participant is strong or has most to win."""

import pytest
from django.urls import reverse

from ksp.lib import formatting
from participants.models import Package
from reports.selectors.drivers import satisfaction_drivers
from scoring.models import SeasonStatistics
from scoring.season_statistics import known_statistics
from scoring.selectors import enrolment_results
from tests.factories.accounts import UserFactory
from tests.factories.questionnaires import season_with_battery
from tests.reports.scenes import approved, enrolled, judged_again, judged_season, scored
from tests.reports.test_dashboard import text_of

pytestmark = pytest.mark.django_db
URL = reverse("reports:drivers")


def stored_drivers(enrolment, outcome):
    known = known_statistics(enrolment.season).figures
    return known.season.drivers[outcome], known.classes[enrolment.award_class_id].drivers[outcome]


@pytest.mark.parametrize("outcome", ["nps", "csat", "ces"])
def test_areas_have_the_shares_and_intervals_that_are_stored(outcome):
    _, (enrolment, *_), user = judged_season()

    found = satisfaction_drivers(user, enrolment, outcome=outcome)

    for shown, stored in zip((found.season, found.award_class), stored_drivers(enrolment, outcome), strict=True):
        wanted = sorted(stored.areas.drivers, key=lambda one: one.share, reverse=True)
        assert [(one.share, one.bounds) for one in shown.areas] == [
            (100 * one.share, (100 * one.low, 100 * one.high)) for one in wanted
        ]
        assert (shown.explained, shown.n, shown.few) == (100 * stored.areas.r_squared, stored.n, stored.areas.few)
    assert sum(one.share for one in found.season.areas) == pytest.approx(100)
    assert [(one.code, one.is_current) for one in found.choices] == [
        (code, code == outcome) for code in ("nps", "csat", "ces")
    ]


def test_potential_is_importance_times_points_lost_and_strength_times_points_above_the_class():
    _, (enrolment, *_), user = judged_season()
    stored = {one.code: one for one in stored_drivers(enrolment, "nps")[0].items.drivers}
    results = enrolment_results(enrolment)
    own, others = results.own.all_methods.questions, results.award_class.all_methods.questions

    found = satisfaction_drivers(user, enrolment)

    for one in found.performances:
        code = one.figure.removeprefix("question.")
        assert (one.share, one.bounds) == (100 * stored[code].share, (100 * stored[code].low, 100 * stored[code].high))
        assert (one.score, one.class_mean, one.n) == (own[code].score, others[code].score, own[code].n)
        if one.score is not None:
            assert one.potential == pytest.approx(one.share * (1 - one.score / 100))
            assert one.strength == pytest.approx(one.share * max(one.score - one.class_mean, 0) / 100)
    assert [one.share for one in found.performances] == sorted((one.share for one in found.performances), reverse=True)


def test_most_to_win_and_best_begin_with_the_largest_and_leave_out_what_goes_against():
    _, (enrolment, *_), user = judged_season()

    found = satisfaction_drivers(user, enrolment)

    along = [one for one in found.performances if not one.is_against]
    assert any(one.is_against for one in found.performances)
    potentials, strengths = (
        sorted((gain for one in along if (gain := getattr(one, kind))), reverse=True)
        for kind in ("potential", "strength")
    )
    assert [one.potential for one in found.to_win] == potentials[:5]
    assert [one.strength for one in found.best] == strengths[:5]
    assert (found.most_to_win, found.most_won) == (found.to_win[0].potential, found.best[0].strength)


def test_page_shows_scores_weights_and_says_what_it_is_not(browser_of):
    _, (enrolment, *_), user = judged_season()
    first = satisfaction_drivers(user, enrolment, outcome="csat").to_win[0]

    page = text_of(browser_of(user).get(f"{URL}?outcome=csat"))

    score = formatting.score
    assert "beviser ikke at det ene er årsak til det andre" in page
    assert (
        f"{first.text} {score(first.potential)} Dere {score(first.score)} · klassen {score(first.class_mean)}" in page
    )
    assert f"({formatting.interval(first.bounds, 0)})" in page
    assert "Få kontakter så langt" in page
    assert "Områder, hele sesongen" in page


def test_intervals_stay_with_managers_when_the_season_says_so(browser_of):
    season, (enrolment, *_), user = judged_season(intervals_for="managers")
    manager = UserFactory(manager=True, organiser=season.organiser)

    found = satisfaction_drivers(user, enrolment)
    own = text_of(browser_of(user).get(URL))
    managers = text_of(browser_of(manager).get(f"{URL}?participant={enrolment.participant.public_id}"))

    bounds = [one.bounds for one in (*found.season.areas, *found.award_class.areas, *found.performances)]
    assert set(bounds) == {None}
    assert [("95 %" in page, "Intervallene viser" in page) for page in (own, managers)] == [
        (False, False),
        (True, True),
    ]


def test_new_and_changed_performances_are_marked(browser_of):
    old, enrolments, user = judged_season()
    _, (enrolment, *_) = judged_again(old, enrolments)

    found = satisfaction_drivers(user, enrolment)

    marks = {one.text: one.mark for one in found.performances if one.mark}
    assert marks == {"Var det lett?": "changed", "Var kundebehandleren varm?": "new"}
    assert "Var det lett? Endret" in text_of(browser_of(user).get(URL))


def test_without_statistics_the_page_says_when_they_come(browser_of):
    season = season_with_battery()
    enrolment, user = enrolled(season)
    approved(enrolment)
    scored(season)

    page = text_of(browser_of(user).get(URL))

    assert "Dette kommer når det er nok kontakter" in page
    assert "Mest å hente" not in page


def test_outcome_that_explains_nothing_shows_no_shares():
    _, (enrolment, *_), user = judged_season()
    stored = SeasonStatistics.objects.get()
    for part in ("areas", "items"):
        for driver in stored.figures["season"]["drivers"]["nps"][part]["drivers"]:
            driver.update(raw=0.0, share=None, low=None, high=None)
    stored.save()

    found = satisfaction_drivers(user, enrolment)

    assert (found.season, found.performances, found.most_to_win, found.most_won) == (None, [], 1, 1)


@pytest.mark.parametrize("participants", [1, 3])
def test_page_makes_as_many_queries_for_one_participant_as_for_three(browser_of, count_queries, participants):
    _, _, user = judged_season(participants=participants)
    browser = browser_of(user)
    browser.get(URL)

    with count_queries(7):
        response = browser.get(URL)

    assert "Mest å hente" in text_of(response)


def test_package_none_and_strangers_see_nothing(browser_of):
    season, (enrolment, other, *_), user = judged_season()
    type(enrolment).objects.filter(pk=enrolment.pk).update(package=Package.NONE)

    own = browser_of(user).get(URL)
    foreign = browser_of(user).get(f"{URL}?participant={other.participant.public_id}")
    observer = browser_of(UserFactory(organiser=season.organiser)).get(URL)

    assert "Deltakelsen deres omfatter resultatlisten" in text_of(own)
    assert "Mest å hente" not in text_of(own)
    assert [foreign.status_code, observer.status_code] == [404, 403]
