from datetime import date

import pytest

from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import CustomerRelationFactory, ObserverFactory, PriorContactFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory(administrator=True)


@pytest.fixture
def desk(boss, browser_of):
    return browser_of(UserFactory(manager=True, organiser=boss.organiser))


def add(boss, name="Kari Berg", **fields):
    first, last = name.split()
    return ObserverFactory(organiser=boss.organiser, first_name=first, last_name=last, **fields)


def names(page):
    return [str(observer) for observer, _load in page.context["rows"]]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_has_a_constant_number_of_queries(desk, boss, rows, count_queries):
    for _row in range(rows):
        AssignmentFactory(accepted=True, observer=add(boss))

    with count_queries(8):
        page = desk.get("/observers/")

    assert [load for _observer, load in page.context["rows"]] == [1] * rows


def test_list_is_in_norwegian_order_and_of_the_own_organiser(desk, boss):
    for name in ("Kari Åsen", "Kari Ørn", "Anne Berg", "Øystein Berg", "Åse Berg"):
        add(boss, name)
    ObserverFactory()

    assert names(desk.get("/observers/")) == ["Anne Berg", "Øystein Berg", "Åse Berg", "Kari Ørn", "Kari Åsen"]


def test_list_has_those_who_are_not_active_last(desk, boss):
    ObserverFactory(organiser=boss.organiser, first_name="", last_name="", pseudonym="obs-1", is_active=False)
    add(boss, "Åse Åsen")

    assert names(desk.get("/observers/")) == ["Åse Åsen", "obs-1"]


def test_list_is_narrowed(desk, boss):
    add(boss, "Kari Berg", code="O7", county="Oslo", methods=["chat"], carried_score=90, email="kb@x.example")
    add(boss, "Ola Lie", code="O8", county="Viken", methods=["phone", "email"], internal_score=40, carried_score=90)
    add(boss, "Siv Dahl", code="O9", county="Viken", methods=[], is_active=False)
    queries = {
        "q=kari": ["Kari Berg"],
        "q=O8": ["Ola Lie"],
        "q=kb@x": ["Kari Berg"],
        "method=email": ["Ola Lie"],
        "county=Oslo": ["Kari Berg"],
        "score=80": ["Kari Berg"],
        "score=60": ["Ola Lie"],
        "score=new": ["Siv Dahl"],
        "active=no": ["Siv Dahl"],
        "q=ingen": [],
    }

    assert {query: names(desk.get(f"/observers/?{query}")) for query in queries} == queries


def test_contacts_that_are_over_are_no_load(desk, boss):
    observer = add(boss)
    AssignmentFactory(done=True, observer=observer)
    AssignmentFactory(offered=True, observer=observer)

    assert desk.get("/observers/").context["rows"] == [(observer, 1)]


@pytest.mark.parametrize("rows", [1, 3])
def test_observer_has_a_constant_number_of_queries(desk, boss, rows, count_queries):
    observer, season = add(boss), season_with_battery(organiser=boss.organiser)
    for _row in range(rows):
        PriorContactFactory(observer=observer)
        CustomerRelationFactory(observer=observer)
        filled_response("approved", season=season, observer=observer)

    with count_queries(13):
        page = desk.get(f"/observers/{observer.public_id}/")

    assert (page.context["met_count"], len(page.context["relations"]), len(page.context["panels"])) == (rows, rows, 2)


def test_observer_shows_whom_they_met_and_where_they_are_customers(desk, boss):
    observer = add(boss)
    PriorContactFactory(
        observer=observer, participant__name="Fjellvakt", project="KSP 2019", contacted_on=date(2019, 12, 3)
    )
    CustomerRelationFactory(observer=observer, participant__name="Havgapet")

    text = desk.get(f"/observers/{observer.public_id}/").content.decode()

    assert all(words in text for words in ("Fjellvakt", "KSP 2019 · 3.12.2019", "Havgapet", "kunde ·"))


def test_observer_shows_the_latest_assignments_and_graded_reports(desk, boss):
    observer = add(boss)
    response = filled_response("approved", season=season_with_battery(organiser=boss.organiser), observer=observer)

    assignments, reports = desk.get(f"/observers/{observer.public_id}/").context["panels"]

    ((report, grade),) = reports.content["rows"]
    assert (report, round(grade)) == (response, 86)
    assert list(assignments.content["rows"]) == [response.assignment]


def test_only_administrators_are_led_to_invite_those_without_an_account(desk, boss, browser_of):
    without, having = add(boss, user=None, code="O7", email="kb@x.example"), add(boss)
    admin = browser_of(boss)

    offers = [
        client.get(f"/observers/{observer.public_id}/").context["may_invite"]
        for client in (admin, desk)
        for observer in (without, having)
    ]

    assert offers == [True, False, False, False]
    form = admin.get("/admin/users/invite/?role=observer&name=Kari+Berg&email=kb@x.example&stands_for=O7").context[
        "form"
    ]
    assert [form[name].value() for name in ("name", "email", "stands_for")] == ["Kari Berg", "kb@x.example", "O7"]


def test_observer_of_another_organiser_is_not_there(desk):
    assert desk.get(f"/observers/{ObserverFactory().public_id}/").status_code == 404
