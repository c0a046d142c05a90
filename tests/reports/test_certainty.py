"""How certain the results on the dashboard are: what is stored, for those whom the season lets see it."""

import re
from dataclasses import replace

import pytest
from django.urls import reverse

from ksp.lib import formatting
from reports.selectors.certainty import UNKNOWN
from reports.selectors.dashboard import dashboard_of
from scoring.models import EnrolmentStatistics, SeasonStatistics
from scoring.season_statistics import enrolment_figures, known_statistics
from tests.factories.accounts import UserFactory
from tests.reports.scenes import approved, judged, judged_again, judged_season, scored
from tests.reports.test_dashboard import text_of

pytestmark = pytest.mark.django_db
URL = reverse("reports:dashboard")
SECRETS = ("95 %", "Trolig", "trolig", "Sannsynlighet", "usikker", "tilfeldig", "sikkert forskjellig")


def all_results(results):
    return [*results.headline, *results.areas, *results.methods, results.waiting_all, *results.cx]


def plain(response):
    """Give a page without what differs from one reading to the next."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())


def test_every_result_has_the_interval_that_is_stored():
    season, (enrolment, *_), user = judged_season()
    own, known = enrolment_figures(enrolment), known_statistics(season).figures
    of_class = known.classes[enrolment.award_class_id]

    results = dashboard_of(user, enrolment).results

    found = {one.figure: one.certainty for one in all_results(results)}
    assert set(found) == {
        *("total", "answered_score", "waiting_all", "area.waiting", "area.welcome", "area.agent", "area.overall"),
        *("method.phone", "method.email", "cx.csat", "cx.ces", "cx.nps", "cx.ves1", "cx.ves2"),
    }
    assert {figure: one.own for figure, one in found.items()} == {
        figure: own.estimates[figure].interval for figure in found
    }
    assert {figure: one.award_class for figure, one in found.items()} == {
        figure: of_class.estimates[figure].interval for figure in found
    }
    assert {figure: one.season for figure, one in found.items()} == {
        figure: known.season.estimates[figure].interval for figure in found
    }
    assert {figure: one.to_class for figure, one in found.items()} == {
        figure: own.to_class.get(figure) for figure in found
    }
    assert found["cx.nps"].to_season == own.to_season["cx.nps"]


def test_page_writes_the_stored_figures_as_norwegians_do(browser_of):
    _, (enrolment, *_), user = judged_season()
    own = enrolment_figures(enrolment)
    total, nps, to_class = own.estimates["total"].interval, own.estimates["cx.nps"].interval, own.to_class["total"]

    page = text_of(browser_of(user).get(URL))

    score, standing = formatting.score, own.standing
    assert f"Trolig mellom {score(total.low)} og {score(total.high)} ( 95 %-intervall, n = 6)" in page
    assert f"95 %-intervall {formatting.interval(own.estimates['area.agent'].interval)}" in page
    assert f"95 %-intervall {formatting.signed_interval(nps)}" in page
    assert f"({formatting.signed(to_class.low)} til {formatting.signed(to_class.high)}:" in page
    places = f"mellom {standing.rank_class.low}. og {standing.rank_class.high}. plass i klassen."
    assert f"Dere ligger trolig {places}" in page
    chance = formatting.probability(standing.first_in_class).replace(formatting.SPACE, " ")
    assert f"best i klassen: {chance}" in page
    assert "Med 6 kontakter kan det samme senteret få et annet resultat ved en ny måling." in page
    assert "Slik er usikkerheten regnet ut" in page


def test_tables_hold_low_and_high_for_those_who_may_see_them():
    _, (enrolment, *_), user = judged_season()
    results = dashboard_of(user, enrolment).results
    own, total, nps = enrolment_figures(enrolment), results.headline[0], results.cx[2]

    hidden = replace(results, has_intervals=False)

    contrast = own.to_class["total"]
    row = results.headline_numbers.rows[0]
    assert row[:5] == [
        "Totalresultat",
        formatting.score(total.value),
        formatting.interval(own.estimates["total"].interval),
        "6",
        formatting.score(total.class_mean),
    ]
    assert row[8] == f"{formatting.signed(contrast.value)} ({formatting.signed_interval(contrast[1:])})"
    assert results.cx_numbers.rows[2][1:3] == [
        formatting.signed(nps.value),
        formatting.signed_interval(own.estimates["cx.nps"].interval),
    ]
    assert results.cx_numbers.rows[0][8] == "–"
    assert [one[0] for one in results.method_numbers.rows] == ["Telefon", "E-post"]
    assert results.area_numbers.rows[-1][0] == "Svar- og ventetid, alle kontakter"
    assert hidden.headline_numbers.columns == ["Resultat", "Dere", "n", "klassen", "sesongen"]
    assert hidden.headline_numbers.rows[0] == [row[0], row[1], row[3], row[4], row[6]]


def test_difference_is_said_to_be_chance_while_nothing_lies_within(browser_of):
    _, (enrolment, *_), user = judged_season()
    stored = EnrolmentStatistics.objects.get(enrolment=enrolment)
    value = stored.figures["to_class"]["total"][0]
    pages = []
    for bounds in ([value, -1.0, 1.0], [value, 0.5, 9.0], [value, -9.0, -0.5]):
        stored.figures["to_class"] = {"total": bounds}
        stored.save()
        pages.append(text_of(browser_of(user).get(URL)))

    assert [("(−1,0 til +1,0: ikke sikkert forskjellig fra klassen)" in page) for page in pages] == [True, False, False]
    assert "(+0,5 til +9,0: mer enn tilfeldigheter)" in pages[1]
    assert "(−9,0 til −0,5: mer enn tilfeldigheter)" in pages[2]


@pytest.mark.parametrize(
    ("intervals_for", "probabilities_for", "participant_sees", "manager_sees"),
    [
        ("managers", "managers", (False, False), (True, True)),
        ("participants", "managers", (True, False), (True, True)),
        ("managers", "participants", (False, True), (True, True)),
        ("participants", "public", (True, True), (True, True)),
    ],
)
def test_season_decides_who_sees_what(browser_of, intervals_for, probabilities_for, participant_sees, manager_sees):
    season, (enrolment, *_), user = judged_season(intervals_for=intervals_for, probabilities_for=probabilities_for)
    manager = UserFactory(manager=True, organiser=season.organiser)

    pages = [
        text_of(browser_of(user).get(URL)),
        text_of(browser_of(manager).get(f"{URL}?participant={enrolment.participant.public_id}")),
    ]

    seen = [("95 %" in page, "Sannsynlighet for å være best" in page) for page in pages]
    assert seen == [participant_sees, manager_sees]


def test_not_a_byte_of_it_reaches_a_participant_who_may_not_see_it(browser_of):
    _, _, user = judged_season(intervals_for="managers", probabilities_for="managers")
    browser = browser_of(user)
    with_statistics = plain(browser.get(URL))

    EnrolmentStatistics.objects.all().delete()
    SeasonStatistics.objects.all().delete()
    without = plain(browser.get(URL))

    assert with_statistics == without
    assert [word for word in SECRETS if word in without] == []


def test_numbers_that_have_moved_stand_without_an_interval(browser_of):
    season, (enrolment, *_), user = judged_season()
    approved(enrolment, answered=False)
    scored(season)

    results = dashboard_of(user, enrolment).results
    page = text_of(browser_of(user).get(URL))

    assert (results.headline[0].certainty, results.is_behind) == (UNKNOWN, True)
    assert results.headline[1].certainty.own == enrolment_figures(enrolment).estimates["answered_score"].interval
    assert "Kontakter er godkjent etter at usikkerheten sist ble regnet ut." in page
    judged(season)
    assert not dashboard_of(user, enrolment).results.is_behind


def test_scale_begins_at_nought_when_an_interval_reaches_below_it():
    _, (enrolment, *_), user = judged_season()
    stored = EnrolmentStatistics.objects.get(enrolment=enrolment)

    for estimate in stored.figures["estimates"].values():
        estimate["interval"] = [39.0, 99.0]
    stored.save()

    assert dashboard_of(user, enrolment).results.ruler_start == 0


@pytest.mark.parametrize("participants", [2, 4])
def test_dashboard_with_its_uncertainty_makes_two_queries_more(browser_of, count_queries, participants):
    _, _, user = judged_season(participants=participants)
    browser = browser_of(user)
    browser.get(URL)

    with count_queries(10):
        response = browser.get(URL)

    assert "95 %" in text_of(response)


# Since the season before


def test_changes_are_those_that_are_stored():
    old, enrolments, user = judged_season()
    new, (enrolment, *_) = judged_again(old, enrolments)
    stored = enrolment_figures(enrolment).since
    of_class = known_statistics(new).figures.classes[enrolment.award_class_id].since

    since = dashboard_of(user, enrolment).results.since

    wanted = {
        "total": stored.change.total,
        "comparable": stored.change.comparable,
        "battery": stored.change.battery,
        "class": of_class.change.comparable,
    }
    assert (since.season, since.kept) == (old.code, len(stored.kept))
    assert {one.code: (one.value, *one.bounds) for one in since.changes} == {
        code: tuple(contrast) for code, contrast in wanted.items()
    }
    assert [one.is_certain for one in since.changes] == [
        contrast.low > 0 or contrast.high < 0 for contrast in wanted.values()
    ]
    assert since.most >= max(abs(bound) for contrast in wanted.values() for bound in contrast)
    assert list(since.questions.changed) == ["Var det lett?"]
    assert list(since.questions.new) == ["Var kundebehandleren varm?"]
    assert list(since.questions.gone) == [old.questions.get(code="agent_cared").text]


def test_new_and_changed_questions_are_marked_where_performances_are_listed(browser_of):
    old, enrolments, user = judged_season()
    _, (enrolment, *_) = judged_again(old, enrolments)

    results = dashboard_of(user, enrolment).results
    page = text_of(browser_of(user).get(URL))

    marks = {row.text: row.mark for area in results.matrix.areas for row in area.performances if row.mark}
    assert marks == {"Var det lett?": "changed", "Var kundebehandleren varm?": "new"}
    assert "Var det lett? Endret" in page
    assert "Var kundebehandleren varm? Ny" in page
    assert f"Siden forrige sesong ({old.code})" in page


def test_changes_stand_without_intervals_for_those_who_may_not_see_them(browser_of):
    old, enrolments, user = judged_season()
    _, (enrolment, *_) = judged_again(old, enrolments, intervals_for="managers", probabilities_for="managers")

    since = dashboard_of(user, enrolment).results.since
    page = text_of(browser_of(user).get(URL))

    assert [(one.bounds, one.is_certain) for one in since.changes] == [(None, None)] * 4
    assert f"Endring i Totalresultatet {formatting.signed(since.changes[0].value)}" in page
    assert [word for word in SECRETS if word in page] == []


@pytest.mark.parametrize("participants", [2, 4])
def test_dashboard_beside_an_earlier_season_makes_no_query_more(browser_of, count_queries, participants):
    old, enrolments, user = judged_season(participants=participants)
    judged_again(old, enrolments)
    browser = browser_of(user)
    browser.get(URL)

    with count_queries(10):
        response = browser.get(URL)

    assert "Siden forrige sesong" in text_of(response)


def test_a_first_season_has_nothing_to_compare_with():
    _, (enrolment, *_), user = judged_season()

    results = dashboard_of(user, enrolment).results

    assert results.since is None
    assert [row.mark for area in results.matrix.areas for row in area.performances if row.mark] == []
