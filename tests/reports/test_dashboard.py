"""The participant's dashboard: its numbers, its choices, what it costs, and who may see it."""

import re

import pytest
from django.urls import reverse

from participants.models import Enrolment, Package
from reports.selectors.dashboard import dashboard_of
from reports.selectors.enrolments import choose_enrolment
from responses.models import SurveyResponse
from responses.services import approve_response
from scoring.models import ScoreSummary
from scoring.selectors import enrolment_results
from scoring.services import settle_owed_recomputes
from tests.factories.accounts import UserFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory, RepresentativeFactory, SeasonFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response
from tests.reports.scenes import approved, enrolled, scored, season_that_ranks

pytestmark = pytest.mark.django_db
URL = reverse("reports:dashboard")
GRADE = {"content": 3, "instructions": 4, "language": 3, "punctuality": 4}


def text_of(response):
    """Give the words of a page as they are read, without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).strip()


def test_dashboard_shows_what_the_contacts_come_to():
    season = season_with_battery()
    enrolment, user = enrolled(season)
    approved(enrolment, weeks=["2021-W48", "2021-W50"])
    approved(enrolment, weeks=["2021-W49"], answered=False)
    scored(season)

    found = dashboard_of(user, enrolment)

    assert found.progress == "3 av 25 kontakter er godkjent. 2 ble besvart."
    assert [(one.label, round(one.value, 6), one.n) for one in found.results.headline] == [
        ("Totalresultat", 66.666667, 3),
        ("Score for Besvarte", 100.0, 2),
        ("Kundebehandleren", 100.0, 2),
    ]
    assert [(one.label, one.value, one.n, one.note) for one in found.results.areas] == [
        ("Svar- og ventetid", 100.0, 2, "5 poeng"),
        ("Mottak og velkomst", 100.0, 2, "20 poeng"),
        ("Kundebehandleren", 100.0, 2, "50 poeng"),
        ("Totalinntrykk", 100.0, 2, "25 poeng"),
    ]
    assert round(found.results.waiting_all.value, 6) == 66.666667
    assert [(one.label, round(one.value, 6), one.note) for one in found.results.methods] == [
        ("phone", 66.666667, "n = 3, 2 besvart")
    ]


def test_dashboard_of_one_unanswered_contact_has_nothing_to_take_a_mean_of(browser_of):
    season = season_with_battery()
    enrolment, user = enrolled(season)
    approved(enrolment, answered=False)
    scored(season)

    found = dashboard_of(user, enrolment)
    page = text_of(browser_of(user).get(URL))

    assert [(one.value, one.n, one.note) for one in found.results.headline] == [
        (0.0, 1, "likt med klassen"),
        (None, 0, ""),
        (None, 0, ""),
    ]
    assert (found.results.matrix.areas, found.results.ruler_start) == ([], 0)
    assert "1 av 25 kontakter er godkjent. 0 ble besvart." in page
    assert "Prestasjon og kontaktmåte" not in page


def test_dashboard_compares_with_class_and_season():
    season = season_with_battery()
    award_class = AwardClassFactory(season=season)
    enrolment, user = enrolled(season, award_class=award_class)
    approved(enrolment)
    approved(EnrolmentFactory(season=season, award_class=award_class), answered=False)
    approved(EnrolmentFactory(season=season), answered=False)
    approved(EnrolmentFactory(season=season), answered=False)
    scored(season)

    total = dashboard_of(user, enrolment).results.headline[0]

    assert (total.value, total.class_mean, total.season_mean, total.note) == (100.0, 50.0, 25.0, "50,0 over klassen")


def test_dashboard_marks_performances_with_few_answers():
    season = season_with_battery()
    enrolment, user = enrolled(season)
    approved(enrolment, weeks=["2021-W48"] * 5, choose={"agent_additional": "na"})
    approved(enrolment, weeks=["2021-W49"] * 4, method="chat")
    scored(season)

    matrix = dashboard_of(user, enrolment).results.matrix

    assert [(column.method, column.n, column.is_few) for column in matrix.columns] == [
        ("phone", 5, False),
        ("chat", 4, True),
    ]
    rows = {row.text: row.cells for area in matrix.areas for row in area.performances}
    waiting = rows["Hvor fort kontakten ble besvart"]
    assert [(cell.score, cell.n, cell.is_few) for cell in waiting] == [(100.0, 5, False), (100.0, 4, True)]
    additional = next(cells for text, cells in rows.items() if text.startswith("Fikk du tilleggsinformasjon"))
    assert [(cell.score, cell.n, cell.is_fewer) for cell in additional] == [(None, 0, True), (100.0, 4, False)]


def test_dashboard_gives_cx_with_its_distribution():
    season = season_with_battery()
    enrolment, user = enrolled(season)
    for nps, csat in (("10", "5"), ("8", "4"), ("3", "3"), ("2", "4")):
        approved(enrolment, choose={"nps": nps, "csat": csat})
    scored(season)

    cx = {scale.code: scale for scale in dashboard_of(user, enrolment).results.cx}

    assert list(cx) == ["CSAT", "CES", "NPS", "VES 1", "VES 2"]
    assert (cx["CSAT"].value, cx["CSAT"].most, cx["CSAT"].result.distribution) == (
        4.0,
        5,
        {1: 0, 2: 0, 3: 1, 4: 2, 5: 1},
    )
    nps = cx["NPS"].result
    assert (cx["NPS"].value, nps.promoters, nps.passives, nps.detractors) == (-25.0, 1, 1, 2)


def test_dashboard_draws_each_contact_in_its_week_and_lists_it():
    season = season_with_battery()
    enrolment, user = enrolled(season)
    approved(enrolment, weeks=["2021-W48"])
    approved(enrolment, weeks=["2022-W02"], answered=False)
    scored(season)

    figure = dashboard_of(user, enrolment).results.weeks

    shown = [row for row in figure.rows if row[1] != "0"]
    assert shown == [["uke\u00a048", "1", "100,0"], ["uke\u00a02", "1", "ikke svar"]]


def test_dashboard_says_the_place_only_when_ranked(browser_of):
    season = season_with_battery(stored_settings={"least_contacts_ranked": 2})
    enrolment, user = enrolled(season)
    approved(enrolment)
    scored(season)
    before = text_of(browser_of(user).get(URL))

    approved(enrolment)
    scored(season)
    after = text_of(browser_of(user).get(URL))

    assert "Plass vises fra 2 godkjente kontakter (nå 1)." in before
    assert "plass av" not in before
    assert "1. plass av 1 over alle klasser." in after
    assert "Plass vises fra" not in after


def test_dashboard_tells_a_shared_place():
    season = season_that_ranks()
    award_class = AwardClassFactory(season=season)
    enrolment, user = enrolled(season, award_class=award_class)
    other = EnrolmentFactory(season=season, award_class=award_class)
    third = EnrolmentFactory(season=season)
    approved(enrolment)
    approved(other)
    approved(third, answered=False)
    scored(season)

    place = dashboard_of(user, enrolment).results.place

    assert (place.in_class, place.of_class, place.is_shared) == (1, 2, True)
    assert (place.overall, place.of_all, place.is_shared_overall) == (1, 3, True)


def test_approved_contact_is_on_the_dashboard_once_scores_are_settled(browser_of):
    season = season_with_battery()
    enrolment, user = enrolled(season)
    response = filled_response("submitted", season=season, enrolment=enrolment)
    browser = browser_of(user)
    before = text_of(browser.get(URL))

    approve_response(response.pk, grade=GRADE, by=UserFactory(manager=True, organiser=season.organiser))
    settle_owed_recomputes()
    after = text_of(browser.get(URL))

    assert "0 av 25 kontakter er godkjent." in before
    assert response.code not in before
    assert "1 av 25 kontakter er godkjent. 1 ble besvart." in after
    assert response.code in after


@pytest.mark.parametrize("contacts", [1, 3])
def test_dashboard_makes_as_many_queries_for_one_contact_as_for_three(browser_of, count_queries, contacts):
    season = season_with_battery()
    enrolment, user = enrolled(season)
    approved(enrolment, weeks=["2021-W48"] * contacts)
    scored(season)
    browser = browser_of(user)
    browser.get(URL)

    with count_queries(9):
        response = browser.get(URL)

    assert response.status_code == 200


@pytest.mark.parametrize("participants", [1, 3])
def test_dashboard_of_a_ranked_one_of_many_makes_one_query_more(browser_of, count_queries, participants):
    season = season_that_ranks()
    user = UserFactory(participant=True, organiser=season.organiser)
    for _ in range(participants):
        enrolment = EnrolmentFactory(season=season)
        RepresentativeFactory(user=user, participant=enrolment.participant)
        approved(enrolment)
    scored(season)
    browser = browser_of(user)
    browser.get(URL)

    with count_queries(10):
        response = browser.get(URL)

    assert response.status_code == 200


def test_results_of_one_read_its_own_class_and_season_alone(count_queries):
    season = season_with_battery()
    enrolment, _ = enrolled(season)
    for one in (enrolment, EnrolmentFactory(season=season), EnrolmentFactory(season=season)):
        for method in ("phone", "email", "chat"):
            approved(one, method=method)
    scored(season)
    enrolment_results(enrolment)

    with count_queries(1):
        found = enrolment_results(enrolment)

    assert ScoreSummary.objects.count() == 3 * 4 + 3 * 4 + 4
    methods = {"", "phone", "email", "chat"}
    assert [set(part.rows) for part in (found.own, found.award_class, found.season)] == [methods] * 3


def test_choice_is_the_newest_season_first_and_stays_in_the_address():
    old = season_with_battery(starts_on="2020-11-30", ends_on="2021-03-31", state="published")
    new = season_with_battery(organiser=old.organiser)
    enrolment, user = enrolled(old)
    again = EnrolmentFactory(season=new, participant=enrolment.participant)
    other = EnrolmentFactory(season=new, participant__name="Ås Bank")
    RepresentativeFactory(user=user, participant=other.participant)

    newest = choose_enrolment(user)
    chosen = choose_enrolment(user, season=old.code, participant=str(enrolment.participant.public_id))

    assert newest.enrolment == again
    assert chosen.enrolment == enrolment
    assert chosen.query == f"?season={old.code}&participant={enrolment.participant.public_id}"
    assert [(one.label, one.is_current) for one in chosen.seasons] == [(new.name, False), (old.name, True)]
    assert [(one.label, one.is_current) for one in chosen.participants] == [
        (enrolment.participant.name, True),
        ("Ås Bank", False),
    ]


def test_choice_leaves_out_seasons_in_preparation():
    season = SeasonFactory()
    _, user = enrolled(season)

    assert choose_enrolment(user) is None


@pytest.mark.parametrize(
    "query", ["participant={other}", "season=KSP1999", "participant=none", "participant={foreign}"]
)
def test_dashboard_of_somebody_else_is_not_found(browser_of, query):
    season = season_with_battery()
    _, user = enrolled(season)
    other, _ = enrolled(season)
    foreign, _ = enrolled(season_with_battery())
    keys = {"other": other.participant.public_id, "foreign": foreign.participant.public_id}

    response = browser_of(user).get(f"{URL}?{query.format(**keys)}")

    assert response.status_code == 404


def test_dashboard_of_a_participant_opens_for_staff_of_the_organiser_alone(browser_of):
    season = season_with_battery()
    enrolment, _ = enrolled(season, package=Package.NONE)
    approved(enrolment)
    scored(season)
    address = f"{URL}?participant={enrolment.participant.public_id}"

    own = browser_of(UserFactory(manager=True, organiser=season.organiser)).get(address)
    others = browser_of(UserFactory(manager=True)).get(address)
    observer = browser_of(UserFactory(organiser=season.organiser)).get(address)

    assert "1 av 25 kontakter er godkjent." in text_of(own)
    assert [others.status_code, observer.status_code] == [404, 403]


def test_staff_without_a_participant_are_led_to_the_list(browser_of):
    response = browser_of(UserFactory(manager=True)).get(URL)

    assert "Velg en deltaker" in text_of(response)


def test_dashboard_without_anybody_to_represent_says_so(browser_of):
    response = browser_of(UserFactory(participant=True)).get(URL)

    assert "Det er ingenting å vise ennå" in text_of(response)


def test_dashboard_without_an_approved_contact_says_so(browser_of):
    season = season_with_battery()
    enrolment, user = enrolled(season)
    for state in ("draft", "submitted", "returned", "rejected"):
        filled_response(state, season=season, enrolment=enrolment)
    scored(season)

    found = text_of(browser_of(user).get(URL))

    assert "0 av 25 kontakter er godkjent." in found
    assert "Her kommer de første resultatene" in found


@pytest.mark.parametrize("page", ["reports:dashboard", "reports:answers", "reports:comments"])
def test_package_none_is_led_to_the_result_list_and_sees_nothing_else(browser_of, page):
    season = season_with_battery()
    enrolment, user = enrolled(season, package=Package.NONE)
    approved(enrolment)
    scored(season)

    found = browser_of(user).get(reverse(page))

    assert "Deltakelsen deres omfatter resultatlisten" in text_of(found)
    assert f'href="{reverse("reports:results")}"' in found.content.decode()
    assert "100,0" not in text_of(found)


@pytest.mark.parametrize("package", Package.values)
def test_reading_results_is_ruled_as_the_reports_are(package):
    season = season_with_battery()
    enrolment, representative = enrolled(season, package=package)
    response = approved(enrolment)[0]
    people = [
        representative,
        enrolled(season)[1],
        UserFactory(participant=True, organiser=season.organiser),
        UserFactory(manager=True, organiser=season.organiser),
        UserFactory(manager=True),
        UserFactory(administrator=True, organiser=season.organiser),
        UserFactory(organiser=season.organiser),
        UserFactory(manager=True, organiser=season.organiser, is_active=False),
    ]

    ruled = [person.has_perm("reports.read_results", enrolment) for person in people]

    visible = [SurveyResponse.objects.visible_to(person).filter(pk=response.pk).exists() for person in people]
    assert ruled == visible
    assert ruled == [package != Package.NONE, False, False, True, False, True, False, False]


def test_enrolments_to_choose_from_are_those_visible():
    season = season_with_battery()
    enrolment, user = enrolled(season)
    enrolled(season)

    assert list(Enrolment.objects.visible_to(user)) == [enrolment]
    assert choose_enrolment(user).participants == []


def test_participants_page_leads_staff_to_its_results(browser_of):
    enrolment, _ = enrolled(season_with_battery())
    manager = UserFactory(manager=True, organiser=enrolment.season.organiser)
    page = reverse("participants:detail", args=[enrolment.participant.public_id])

    found = browser_of(manager).get(page).content.decode()

    assert f'href="{URL}?participant={enrolment.participant.public_id}"' in found
