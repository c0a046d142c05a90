import re
from datetime import datetime

import pytest
from django.urls import reverse

from assignments.deadlines import deadline_of, urgency_of
from assignments.models import Assignment
from assignments.workflow import AssignmentState
from participants.models import Season
from participants.workflow import SeasonState
from responses.models import ContactAttempt
from responses.workflow import ReportState
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import ContactChannelFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import ReviewNoteFactory, filled_response

pytestmark = pytest.mark.django_db
HOME = reverse("assignments:observer_home")
LIST = reverse("assignments:own_list")
MANUAL = reverse("assignments:manual")


def at(text):
    return datetime.fromisoformat(f"{text}+01:00")


@pytest.fixture
def season(time_machine):
    time_machine.move_to(at("2021-12-01T13:00:00"), tick=False)
    return season_with_battery()


@pytest.fixture
def observer(season):
    return ObserverFactory(organiser=season.organiser)


@pytest.fixture
def browser(observer, browser_of):
    return browser_of(observer.user)


def words(browser, address):
    """Give the text of the page's main part, without its markup."""
    html = browser.get(address).content.decode().partition("<main")[2].partition("</main")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


def url(name, assignment):
    return reverse(f"assignments:{name}", args=[assignment.public_id])


# Home


def test_home_shows_what_waits_in_the_order_of_urgency(browser, observer, season):
    returned = filled_response(ReportState.RETURNED, season=season, observer=observer, week="2021-W47")
    ReviewNoteFactory(response=returned, text="Kan du forklare?")
    offered = AssignmentFactory(offered=True, season=season, observer=observer, week="2021-W49")
    overdue = AssignmentFactory(accepted=True, season=season, observer=observer, week="2021-W47")
    begun = filled_response(season=season, observer=observer)
    coming = AssignmentFactory(accepted=True, season=season, observer=observer, week="2021-W50")

    text = words(browser, HOME)

    names = [one.enrolment.participant.name for one in (returned, offered, overdue, begun)]
    places = [text.index(name) for name in names]
    assert places == sorted(places)
    assert f"{names[0]}: én ting trenger svar fra deg «Kan du forklare?» Se og svar" in text
    assert "5 dager over" in text
    assert "Kladd, 30 av 30 svar" in text
    assert "uke 50 1 kontakt" in text
    assert coming.enrolment.participant.name not in text


def test_home_needs_the_same_queries_with_one_and_with_three_of_each(browser, observer, season, count_queries):
    for _count in range(2):
        for _one in range(_count + 1):
            AssignmentFactory(offered=True, season=season, observer=observer)
            AssignmentFactory(accepted=True, season=season, observer=observer)
            for state in (ReportState.DRAFT, ReportState.RETURNED, ReportState.APPROVED):
                filled_response(state, season=season, observer=observer)
        browser.get(HOME)
        with count_queries(18):
            browser.get(HOME)


def test_home_of_a_new_observer_says_what_will_come(browser):
    text = words(browser, HOME)

    assert "Ingenting venter på deg" in text
    assert "Den første karakteren kommer når den første rapporten din er godkjent." in text


def test_home_without_a_profile_is_empty_and_not_missing(browser_of):
    assert "Ingenting venter på deg" in words(browser_of(UserFactory()), HOME)


@pytest.mark.parametrize("today", ["2019-06-01T12:00:00", "2030-01-02T12:00:00"])
def test_home_outside_the_season_tells_when_contacts_are_due(observer, season, browser_of, time_machine, today):
    AssignmentFactory(accepted=True, season=season, observer=observer, week="2021-W48")
    time_machine.move_to(at(today), tick=False)

    text = words(browser_of(observer.user), HOME)

    expected = "Den neste kontakten din er i uke 48." if today < "2021" else "innen 3. desember 2021"
    assert expected in text


def test_home_tells_that_the_season_is_paused(browser, observer, season):
    AssignmentFactory(accepted=True, season=season, observer=observer)
    Season.objects.update(state=SeasonState.PAUSED, pause_reason="Stengt på grunn av snø.")

    assert "er satt på pause Stengt på grunn av snø." in words(browser, HOME)


@pytest.mark.parametrize("address", [HOME, LIST, MANUAL, reverse("observers:own_page")])
def test_pages_of_observers_are_for_observers(client, browser_of, season, address):
    others = [
        browser_of(UserFactory(organiser=season.organiser, **{role: True})) for role in ("manager", "participant")
    ]

    assert [one.get(address).status_code for one in others] == [404, 404]
    assert client.get(address).url == f"{reverse('account_login')}?next={address}"


# Deadlines


@pytest.mark.parametrize(
    ("week", "method", "deadline"),
    [
        ("2021-W48", "phone", "2021-12-03T15:00:00"),
        ("2021-W48", "email", "2021-12-03T12:00:00"),
        ("2018-W52", "chat", "2018-12-28T15:00:00"),
        ("2020-W53", "phone", "2020-12-31T15:00:00"),
    ],
)
def test_contact_is_due_on_the_last_working_day_of_its_week(week, method, deadline):
    assert deadline_of(week, method=method, email_hour=12) == at(deadline)


@pytest.mark.parametrize(
    ("now", "method", "text", "variant"),
    [
        ("2021-12-03T14:59:00", "phone", "Ring før kl. 15.00 i dag", "late"),
        ("2021-12-02T09:00:00", "email", "Send før kl. 15.00 i morgen", "soon"),
        ("2021-12-02T09:00:00", "chat", "Skriv før kl. 15.00 i morgen", "soon"),
        ("2021-12-02T09:00:00", "phone", "Ring før kl. 15.00 i morgen", "soon"),
        ("2021-12-03T09:00:00", "email", "Send før kl. 15.00 i dag", "late"),
        ("2021-12-03T09:00:00", "messenger", "Skriv før kl. 15.00 i dag", "late"),
        ("2021-11-29T09:00:00", "phone", "4 dager igjen", "plain"),
        ("2021-11-20T09:00:00", "phone", "Innen fredag 3. desember", "plain"),
        ("2021-12-03T15:00:00", "phone", "Skulle vært tatt før kl. 15.00 i dag", "late"),
        ("2021-12-04T09:00:00", "phone", "1 dag over", "late"),
        ("2022-04-01T09:00:00", "phone", "Skulle vært tatt innen 3. desember 2021", "late"),
    ],
)
def test_urgency_is_said_in_words_and_in_a_tone(now, method, text, variant):
    urgency = urgency_of(at("2021-12-03T15:00:00"), method=method, now=at(now))

    assert (urgency.text.replace("\xa0", " "), urgency.variant) == (text, variant)


# The list


@pytest.mark.parametrize("show", ["current", "done", "other"])
def test_list_shows_its_states_with_the_same_queries_for_one_and_three(browser, observer, season, count_queries, show):
    states = {"current": "accepted", "done": "done", "other": "done"}
    changed = AssignmentState.DECLINED if show == "other" else states[show]
    filled_response(season=season)
    for count in range(2):
        for _one in range(count + 1):
            if show == "done":
                filled_response(ReportState.SUBMITTED, season=season, observer=observer)
            else:
                AssignmentFactory(accepted=True, season=season, observer=observer)
        Assignment.objects.filter(observer=observer).update(state=changed)
        browser.get(LIST, {"show": show})
        with count_queries({"current": 5, "done": 8, "other": 5}[show]):
            html = browser.get(LIST, {"show": show}).content.decode()
        assert html.count('<li class="task">') == Assignment.objects.filter(observer=observer).count()


@pytest.mark.parametrize(
    ("show", "title"),
    [
        ("current", "Du har ingen oppdrag nå"),
        ("done", "Du har ikke levert noen rapport ennå"),
        ("other", "Ingenting her"),
    ],
)
def test_empty_list_says_what_will_be_there(browser, show, title):
    assert title in words(browser, f"{LIST}?show={show}")


def test_planned_assignment_is_not_seen_before_it_is_offered(browser, observer, season):
    planned = AssignmentFactory(season=season, observer=observer)

    assert browser.get(url("own_detail", planned)).status_code == 404


# One assignment


def test_detail_tells_all_that_the_contact_needs(browser, observer, season, count_queries):
    assignment = AssignmentFactory(
        accepted=True, season=season, observer=observer, weekday=3, slot="11", role_play__choosing="Velg den første."
    )
    ContactChannelFactory(enrolment=assignment.enrolment, address="20 12 34 56")
    browser.get(url("own_detail", assignment))

    with count_queries(8):
        text = words(browser, url("own_detail", assignment))

    assert "Ring dette nummeret 20 12 34 56" in text
    assert "onsdag 1. desember, mellom kl. 11 og 13" in text
    assert "Du har flyttet og trenger en ny avtale." in text
    assert "Slik velger du: Velg den første." in text


def test_offer_is_accepted(browser, observer, season):
    offer = AssignmentFactory(offered=True, season=season, observer=observer)

    answer = browser.post(url("accept", offer), follow=True)

    offer.refresh_from_db()
    assert offer.state == AssignmentState.ACCEPTED
    assert "Oppdraget er ditt." in answer.content.decode()


def test_offer_is_declined_with_a_reason(browser, observer, season):
    offer = AssignmentFactory(offered=True, season=season, observer=observer)

    answer = browser.post(url("decline", offer), {"reason": "Jeg er på reise."})

    offer.refresh_from_db()
    assert (offer.state, offer.decline_reason) == (AssignmentState.DECLINED, "Jeg er på reise.")
    assert answer.url == HOME


def test_declining_needs_a_reason(browser, observer, season):
    offer = AssignmentFactory(offered=True, season=season, observer=observer)

    answer = browser.post(url("decline", offer), {"reason": "  "})

    offer.refresh_from_db()
    assert (answer.status_code, offer.state) == (400, AssignmentState.OFFERED)
    assert 'href="#id_reason">Hvorfor kan du ikke ta denne kontakten?: Skriv kort hvorfor' in answer.content.decode()


@pytest.mark.parametrize("name", ["accept", "decline"])
def test_assignment_that_has_moved_on_is_refused(browser, observer, season, name):
    done = AssignmentFactory(done=True, season=season, observer=observer)

    answer = browser.post(url(name, done), {"reason": "For sent"}, follow=True)

    done.refresh_from_db()
    assert done.state == AssignmentState.DONE
    assert "«Utført»" in answer.content.decode()


@pytest.mark.parametrize("name", ["own_detail", "accept", "decline"])
def test_assignment_of_somebody_else_does_not_exist(browser, season, name):
    other = AssignmentFactory(offered=True, season=season)

    answer = browser.get(url(name, other)) if name == "own_detail" else browser.post(url(name, other))

    assert answer.status_code == 404
    assert Assignment.objects.get(pk=other.pk).state == AssignmentState.OFFERED


def test_begun_contact_cannot_be_declined_by_the_page(browser, observer, season):
    response = filled_response(season=season, observer=observer)
    ContactAttempt.objects.all().delete()

    html = browser.get(url("own_detail", response.assignment)).content.decode()

    assert url("decline", response.assignment) not in html
    assert reverse("responses:contact", args=[response.public_id]) in html


# The manual


def test_manual_shows_the_role_plays_of_current_contacts(browser, observer, season, count_queries):
    Season.objects.update(manual="Første avsnitt.\n\nAndre avsnitt.")
    for count in range(2):
        for _one in range(count + 1):
            play = AssignmentFactory(accepted=True, season=season, observer=observer).role_play
        AssignmentFactory(done=True, season=season, observer=observer, role_play__title="Ferdig spill")
        browser.get(MANUAL)
        with count_queries(5):
            html = browser.get(MANUAL).content.decode()

    assert "<p>Første avsnitt.</p>" in html
    assert play.story in html
    assert "Ferdig spill" not in html


def test_manual_without_contacts_is_that_of_the_latest_season(browser, season):
    Season.objects.update(manual="Slik gjør vi det.")

    assert "Slik gjør vi det." in words(browser, MANUAL)


def test_manual_before_any_season_says_so(browser_of):
    assert "Ingen manual ennå" in words(browser_of(UserFactory()), MANUAL)
