import re
from datetime import date, datetime

import pytest
from django.urls import reverse

from assignments.letters.models import WeekChange
from assignments.models import Assignment, ManualRead
from observers.models import CustomerRelation
from participants.models import Season
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.letters import ManualReadFactory
from tests.factories.observers import ObserverFactory
from tests.factories.questionnaires import season_with_battery

pytestmark = pytest.mark.django_db
OFFERS = reverse("letters:offers")
MANUAL = reverse("assignments:manual")


@pytest.fixture
def season(time_machine):
    time_machine.move_to(datetime.fromisoformat("2021-12-01T13:00:00+01:00"), tick=False)
    return season_with_battery("open", code="KSP22", starts_on=date(2021, 11, 29), ends_on=date(2022, 3, 25))


@pytest.fixture
def observer(season):
    return ObserverFactory(organiser=season.organiser)


@pytest.fixture
def browser(observer, browser_of):
    UserFactory(administrator=True, is_system=True, organiser=observer.organiser)
    return browser_of(observer.user)


def words(html):
    main = html.content.decode().partition("<main")[2].partition("</main")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("\xa0", " ").split())


def url(name, assignment):
    return reverse(name, args=[assignment.public_id])


def said(answer):
    return [str(message).replace("\xa0", " ") for message in answer.context["messages"]]


def offer(season, observer, **fields):
    return AssignmentFactory(offered=True, season=season, observer=observer, week="2021-W50", **fields)


@pytest.mark.parametrize("rows", [1, 3])
def test_offers_have_a_constant_number_of_queries(browser, season, observer, rows, count_queries):
    for _row in range(rows):
        offer(season, observer)

    with count_queries(4):
        page = browser.get(OFFERS)

    assert page.context["offers"].count == rows


def test_offers_are_shown_by_week_with_their_day_to_answer(browser, season, observer):
    until = datetime.fromisoformat("2021-12-07T23:59:59+01:00")
    first = [offer(season, observer, answer_by=until), offer(season, observer)]
    later = AssignmentFactory(offered=True, season=season, observer=observer, week="2021-W51")

    text = words(browser.get(OFFERS))

    names = [one.enrolment.participant.name for one in (*first, later)]
    assert [text.index(name) for name in names] == sorted(text.index(name) for name in names)
    assert "uke 50 Svar innen tirsdag 7. desember" in text
    assert "Ta alle 2 i uke 50" in text
    assert "Uken for en kontakt er bindende. Dag og tid er råd" in text


def test_nothing_to_answer_is_said(browser):
    assert "Ingen tilbud venter på svar" in words(browser.get(OFFERS))


def test_manual_comes_first_and_is_confirmed_once(browser, season, observer):
    Season.objects.update(manual="Slik gjør vi det.")
    row, other = offer(season, observer), offer(season, observer)
    confirm = reverse("assignments:read_manual", args=["KSP22"])

    before = words(browser.get(OFFERS))
    refused = browser.post(url("assignments:accept", row), follow=True)
    unticked = browser.post(confirm, follow=True)
    answer = browser.post(confirm, {"has_read": "on"}, follow=True)
    browser.post(url("assignments:accept", row), {"then": "offers"})

    assert "Først: Les manualen for" in before
    assert "Godta" not in before.replace("godta", "")
    assert said(refused) == ["Les prosjektmanualen først, og bekreft nederst at du har lest den."]
    assert "Les manualen" in words(refused)
    assert said(unticked) == ["Kryss av for at du har lest manualen først."]
    assert (answer.redirect_chain[0][0], ManualRead.objects.count()) == (OFFERS, 1)
    states = [Assignment.objects.get(pk=one.pk).state for one in (row, other)]
    assert states == ["accepted", "offered"]
    assert "Du bekreftet 1. desember at du har lest manualen." in words(browser.get(MANUAL))
    assert str(ManualRead.objects.get()) == f"{observer}, KSP22"


def test_manual_is_confirmed_without_offers(browser, season):
    Season.objects.update(manual="Slik gjør vi det.")

    assert "Jeg har lest manualen" in words(browser.get(MANUAL))
    assert browser.post(reverse("assignments:read_manual", args=["KSP22"]), {"has_read": "on"}).url == MANUAL
    assert browser.post(reverse("assignments:read_manual", args=["KSP99"])).status_code == 404


def test_all_of_a_week_is_accepted_at_once(browser, season, observer):
    rows = [offer(season, observer) for _ in range(2)]
    later = AssignmentFactory(offered=True, season=season, observer=observer, week="2021-W51")
    foreign = AssignmentFactory(offered=True, season=season, week="2021-W50")

    answer = browser.post(reverse("letters:accept_week"), {"season": "KSP22", "week": "2021-W50"}, follow=True)

    assert said(answer) == ["2 kontakter er dine."]
    states = [Assignment.objects.get(pk=one.pk).state for one in (*rows, later, foreign)]
    assert states == ["accepted", "accepted", "offered", "offered"]


def test_week_is_not_accepted_before_the_manual(browser, season, observer):
    Season.objects.update(manual="Slik gjør vi det.")
    row = offer(season, observer)

    browser.post(reverse("letters:accept_week"), {"season": "KSP22", "week": "2021-W50"})
    ManualReadFactory(season=season, observer=observer)
    browser.post(reverse("letters:accept_week"), {"season": "KSP21", "week": "2021-W50"})

    assert Assignment.objects.get(pk=row.pk).state == "offered"


def test_contact_is_moved_on_its_page(browser, season, observer):
    row = offer(season, observer)
    for week in ("2021-W52", "2022-W01"):
        AssignmentFactory(season=season, enrolment=row.enrolment, week=week)
    page = words(browser.get(url("assignments:own_detail", row)))

    answers = [
        browser.post(url("letters:change_week", row), data, follow=True)
        for data in ({}, {"week": "2022-W05"}, {"week": "2021-W51", "reason": "Kurs"})
    ]

    assert "I stedet for uke 50 uke 49 begynner mandag 6. desember uke 51 begynner mandag 20. desember" in page
    assert [said(answer) for answer in answers] == [
        ["Velg en uke først."],
        ["Kontakten kan ikke flyttes til den uken. Velg en av ukene på siden."],
        ["Kontakten er flyttet til uke 51."],
    ]
    assert WeekChange.objects.get().reason == "Kurs"


def test_page_says_why_no_other_week_is_possible(browser, season, observer):
    observer.weeks = ["2021-W50"]
    observer.save()

    text = words(browser.get(url("assignments:own_detail", offer(season, observer))))

    assert "uke 51 Du har sagt at du ikke kan denne uken." in text
    assert "Ingen annen uke er mulig." in text
    assert "Bytt uke" not in text


def test_weeks_are_not_offered_while_the_season_is_paused(browser, season, observer):
    row = offer(season, observer)
    Season.objects.update(state="paused")

    assert "Be om en annen uke" not in words(browser.get(url("assignments:own_detail", row)))


def test_customer_is_thanked_and_the_contact_is_gone(browser, season, observer):
    row = offer(season, observer)

    unsaid = browser.post(url("letters:report_relation", row), follow=True)
    answer = browser.post(url("letters:report_relation", row), {"tie": "customer"}, follow=True)

    assert said(unsaid) == ["Si hvordan du er knyttet til deltakeren."]
    assert said(answer)[0].startswith("Takk for at du sa fra.")
    assert (Assignment.objects.get(pk=row.pk).state, CustomerRelation.objects.count()) == ("withdrawn", 1)
    assert "Du er kunde eller registrert der og har sagt fra om det. Takk." in words(
        browser.get(url("assignments:own_detail", row))
    )


@pytest.mark.parametrize("name", ["letters:change_week", "letters:report_relation"])
def test_contact_of_somebody_else_does_not_exist(browser, season, name):
    assert browser.post(url(name, offer(season, ObserverFactory(organiser=season.organiser)))).status_code == 404


@pytest.mark.parametrize(
    ("method", "slot", "hours"),
    [
        ("email", "11", "mellom kl. 11 og 12"),
        ("email", "09", "mellom kl. 9 og 11"),
        ("phone", "11", "mellom kl. 11 og 13"),
    ],
)
def test_email_is_advised_before_its_last_hour(browser, season, observer, method, slot, hours):
    row = offer(season, observer, method=method, slot=slot, weekday=2)

    assert f"tirsdag 14. desember, {hours}" in words(browser.get(url("assignments:own_detail", row)))
