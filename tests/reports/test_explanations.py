"""Pages that take numbers apart: what they say, whom they let in, what they cost, and the way to them."""

import re

import pytest
from django.urls import reverse

from ksp.accounts.models import AuditEvent
from participants.models import Enrolment, Package, Season
from tests.factories.accounts import UserFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory, RepresentativeFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response
from tests.reports.publishing import published_season
from tests.reports.scenes import approved, enrolled, scored, season_that_ranks

pytestmark = pytest.mark.django_db
FIGURES = ["total", "answered_score", "waiting_all", "area.agent", "question.agent_needs", "method.phone", "cx.nps"]


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())).strip()


def address(enrolment, figure):
    return reverse("reports:explain", args=[enrolment.season.code, enrolment.participant.public_id, figure])


@pytest.fixture
def scene():
    """A class of a participant and its rival; the participant has an answered and an unanswered call."""
    season = season_that_ranks()
    group = AwardClassFactory(season=season, name="Strøm")
    enrolment, user = enrolled(season, award_class=group, participant__name="Trollbekk Strøm")
    rival = EnrolmentFactory(season=season, award_class=group, participant__name="Rivalen Kraft")
    approved(enrolment, weeks=["2021-W48"], choose={"agent_needs": "no"})
    approved(enrolment, weeks=["2021-W49"], answered=False)
    approved(rival, weeks=["2021-W50"])
    scored(season)
    return enrolment, user, rival


def test_total_can_be_followed_by_eye(scene, browser_of):
    enrolment, user, _ = scene

    page = text_of(browser_of(user).get(address(enrolment, "total")))

    assert "95,0 / 2 = 47,5 Summen av kontaktenes score / antall kontakter" in page
    assert "Poeng 95 av 100 95,0 Vekt 1/2 Bidrag 47,50" in page
    assert "Telefon Ikke svar Poeng 0 av 100 0,0 Vekt 1/2 Bidrag 0,00" in page
    assert "I alt Poeng 95 av 200 1 Bidrag 47,50" in page


@pytest.mark.parametrize("figure", [*FIGURES, "rank_class", "rank_overall"])
def test_every_figure_has_a_page(scene, browser_of, figure):
    enrolment, user, _ = scene

    for person in (user, UserFactory(manager=True, organiser=enrolment.season.organiser)):
        assert browser_of(person).get(address(enrolment, figure)).status_code == 200


def test_figure_of_one_method_is_narrowed_by_the_address(scene, browser_of):
    enrolment, user, _ = scene

    page = text_of(browser_of(user).get(f"{address(enrolment, 'area.agent')}?method=email"))

    assert "Kundebehandleren på e-post" in page
    assert "Ingen kontakter teller her" in page
    assert "Gjort med en annen kontaktmåte n = 2" in page


def test_page_says_when_scores_are_being_computed_anew(scene, browser_of):
    enrolment, user, _ = scene
    before = text_of(browser_of(user).get(address(enrolment, "total")))
    approved(enrolment)

    after = text_of(browser_of(user).get(address(enrolment, "total")))

    assert ("Scorene regnes ut på nytt" in before, "Scorene regnes ut på nytt" in after) == (False, True)


def test_contact_page_tells_each_question_and_is_logged(scene, browser_of):
    enrolment, user, _ = scene
    response = enrolment.responses.get(week="2021-W48")

    page = text_of(browser_of(user).get(reverse("reports:explain_contact", args=[response.public_id])))

    assert "100 × 95 / 100 = 95,0" in page
    assert "Nei Poeng 0 av 5 Vekt 5,0 %" in page
    event = AuditEvent.objects.get(verb="response.read_by_participant")
    assert (event.actor, event.target_key) == (user, str(response.pk))


def test_staff_reading_a_contact_is_not_logged(scene, browser_of):
    enrolment, _, _ = scene
    response = enrolment.responses.first()
    manager = UserFactory(manager=True, organiser=enrolment.season.organiser)

    assert browser_of(manager).get(reverse("reports:explain_contact", args=[response.public_id])).status_code == 200

    assert not AuditEvent.objects.filter(verb="response.read_by_participant").exists()


def test_unanswered_contact_says_so(scene, browser_of):
    enrolment, user, _ = scene
    response = enrolment.responses.get(week="2021-W49")

    page = text_of(browser_of(user).get(reverse("reports:explain_contact", args=[response.public_id])))

    assert "100 × 0 / 100 = 0,0" in page
    assert "Ingen svarte innen fristen" in page


def group_addresses(enrolment):
    season = enrolment.season.code
    return [
        reverse("reports:explain_class", args=[season, enrolment.award_class_id, "total"]),
        reverse("reports:explain_season", args=[season, "total"]),
    ]


def test_means_name_everybody_to_staff_and_the_own_line_to_a_participant(scene, browser_of):
    enrolment, user, _ = scene
    manager = UserFactory(manager=True, organiser=enrolment.season.organiser)

    for one in group_addresses(enrolment):
        staffs, own = text_of(browser_of(manager).get(one)), text_of(browser_of(user).get(one))
        assert ("Rivalen Kraft" in staffs, "Rivalen Kraft" in own) == (True, False)
        assert "147,5 / 2 = 73,8" in own
        assert "Trollbekk Strøm Kontakter 2 47,5 Vekt 1/2 Bidrag 23,75" in own
        assert "2 deltakere" in own


def test_place_compares_by_name_for_staff_alone_until_publication(scene, browser_of):
    enrolment, user, _ = scene
    manager = UserFactory(manager=True, organiser=enrolment.season.organiser)
    place = address(enrolment, "rank_class")

    staffs, before = text_of(browser_of(manager).get(place)), text_of(browser_of(user).get(place))
    Season.objects.filter(pk=enrolment.season_id).update(state="published", published_at="2022-04-01T10:00Z")
    after = text_of(browser_of(user).get(place))

    assert "1. Rivalen Kraft 100,0 100,0 100,0 2. Trollbekk Strøm 47,5 95,0 90,0 Totalresultat" in staffs
    assert "1 deltaker er bedre." in before
    assert ("Rivalen Kraft" in before, "Rivalen Kraft 100,0" in after) == (False, True)
    assert "De andres resultater vises her når sesongen er publisert." in before


def test_what_may_not_be_seen_is_not_there(scene, browser_of):
    enrolment, user, rival = scene
    season = enrolment.season
    elsewhere, _ = enrolled(season_with_battery())
    draft = filled_response(season=season, enrolment=enrolment)
    without, without_user = enrolled(season, package=Package.NONE)
    preparing, _ = enrolled(season_with_battery("preparing", organiser=season.organiser))
    RepresentativeFactory(participant=preparing.participant, user=user)
    hidden = [
        address(rival, "total"),
        address(elsewhere, "total"),
        address(without, "rank_class"),
        address(enrolment, "nothing"),
        address(enrolment, "rank_class") + "?method=phone",
        address(preparing, "total"),
        address(enrolment, "total").replace(season.code, "KSP1900"),
        reverse("reports:explain_contact", args=[rival.responses.first().public_id]),
        reverse("reports:explain_contact", args=[draft.public_id]),
        reverse("reports:explain_class", args=[season.code, AwardClassFactory(season=season).pk, "total"]),
        reverse("reports:explain_class", args=[season.code, enrolment.award_class_id, "rank_class"]),
        *group_addresses(elsewhere),
    ]

    browser = browser_of(user)
    assert [(one, status) for one in hidden if (status := browser.get(one).status_code) != 404] == []
    statuses = {browser_of(without_user).get(one).status_code for one in [*group_addresses(without), hidden[2]]}
    assert statuses == {404}


def test_manager_of_another_organiser_finds_nothing(scene, browser_of):
    enrolment, _, _ = scene
    browser = browser_of(UserFactory(manager=True))
    response = enrolment.responses.first()
    pages = [
        address(enrolment, "total"),
        *group_addresses(enrolment),
        reverse("reports:explain_contact", args=[response.public_id]),
    ]

    assert {browser.get(one).status_code for one in pages} == {404}


def test_observer_is_told_that_the_pages_are_not_theirs_even_of_the_own_contact(scene, browser_of):
    enrolment, _, _ = scene
    response = enrolment.responses.first()
    observer = response.observer
    observer.user = UserFactory(organiser=enrolment.season.organiser)
    observer.save()
    pages = [
        address(enrolment, "total"),
        *group_addresses(enrolment),
        reverse("reports:explain_contact", args=[response.public_id]),
    ]

    answers = [browser_of(observer.user).get(one) for one in pages]

    assert {answer.status_code for answer in answers} == {403}
    assert [word for answer in answers for word in ("95 av 100", "47,5") if word in answer.content.decode()] == []


@pytest.mark.parametrize("contacts", [1, 3])
@pytest.mark.parametrize(
    ("figure", "role", "queries"),
    [("total", "participant", 8), ("total", "manager", 9), ("rank_class", "participant", 7)],
)
def test_page_makes_as_many_queries_for_one_contact_as_for_three(
    browser_of, count_queries, contacts, figure, role, queries
):
    season = season_that_ranks()
    enrolment, user = enrolled(season)
    approved(enrolment, weeks=["2021-W48"] * contacts)
    for _ in range(contacts - 1):
        approved(EnrolmentFactory(season=season, award_class=enrolment.award_class))
    scored(season)
    person = user if role == "participant" else UserFactory(manager=True, organiser=season.organiser)
    browser = browser_of(person)
    browser.get(address(enrolment, figure))

    with count_queries(queries):
        answer = browser.get(address(enrolment, figure))

    assert answer.status_code == 200


@pytest.mark.parametrize("participants", [1, 3])
def test_mean_page_makes_as_many_queries_for_one_participant_as_for_three(browser_of, count_queries, participants):
    season = season_that_ranks()
    enrolment, user = enrolled(season)
    approved(enrolment)
    for _ in range(participants - 1):
        approved(EnrolmentFactory(season=season, award_class=enrolment.award_class))
    scored(season)
    browser = browser_of(user)
    one = group_addresses(enrolment)[0]
    browser.get(one)

    with count_queries(9):
        browser.get(one)


def test_dashboard_leads_from_every_number_to_how_it_came_about(scene, browser_of):
    enrolment, user, _ = scene
    browser = browser_of(user)

    page = browser.get(reverse("reports:dashboard")).content.decode()

    expected = {
        *(address(enrolment, figure) for figure in ("total", "answered_score", "area.agent", "method.phone", "cx.nps")),
        *(address(enrolment, figure) for figure in ("rank_class", "rank_overall", "waiting_all")),
        address(enrolment, "question.agent_needs") + "?method=phone",
        address(enrolment, "area.waiting") + "?method=phone",
        *group_addresses(enrolment),
    }
    found = set(re.findall(r'href="(/explain/[^"]+)"', page))
    assert expected - found == set()
    assert {one for one in found if browser.get(one).status_code != 200} == set()
    assert 'aria-label="Totalresultat 47,5: se hvordan det er regnet ut"' in page


def test_single_answers_lead_to_the_points_behind_the_score(scene, browser_of):
    enrolment, user, _ = scene
    response = enrolment.responses.first()

    page = browser_of(user).get(reverse("reports:answer", args=[response.public_id])).content.decode()

    assert f'href="{reverse("reports:explain_contact", args=[response.public_id])}"' in page


@pytest.mark.parametrize("role", ["manager", "participant", "package_none", "observer", "anybody"])
def test_published_list_leads_on_where_the_reader_may_follow(browser_of, client, role):
    season = published_season()
    own = season.enrolments.get(participant__code="A2")
    Enrolment.objects.filter(pk=own.pk).update(package=Package.NONE if role == "package_none" else Package.SIMPLE)
    people = {
        "manager": UserFactory(manager=True, organiser=season.organiser),
        "participant": RepresentativeFactory(participant=own.participant).user,
        "package_none": RepresentativeFactory(participant=own.participant).user,
        "observer": UserFactory(organiser=season.organiser),
    }
    browser = browser_of(people[role]) if role in people else client

    page = browser.get(reverse("reports:results")).content.decode()

    keys = {
        str(one.participant.public_id): one.participant.code for one in season.enrolments.select_related("participant")
    }
    found = set(re.findall(r'href="(/explain/[^"]+)"', page))
    leads_to = {code for key, code in keys.items() if any(key in one for one in found)}
    assert leads_to == {"manager": {"A1", "A2", "B1"}, "participant": {"A2"}}.get(role, set())
    assert {browser.get(one).status_code for one in found} <= {200}
