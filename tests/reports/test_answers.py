"""Single contacts and comments, as their participant reads them, and what is logged of it."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from ksp.accounts.models import AuditEvent
from participants.models import Package
from reports.selectors.answers import answer_set, approved_contacts, comments_by_area, contacts_by_method
from reports.services import record_reading
from responses.models import Answer
from tests.factories.accounts import UserFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response
from tests.reports.scenes import PARTLY, approved, enrolled, scored

pytestmark = pytest.mark.django_db
LIST = reverse("reports:answers")


def address_of(response):
    return reverse("reports:answer", args=[response.public_id])


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())).strip()


def test_contacts_stand_by_week_then_number():
    season = season_with_battery()
    enrolment, user = enrolled(season)
    late, early = approved(enrolment, weeks=["2022-W01", "2021-W48"])
    same = approved(enrolment, weeks=["2021-W48"], answered=False)[0]
    scored(season)

    found = approved_contacts(user, enrolment)

    assert [(one.code, str(one.week), one.score, one.waiting) for one in found] == [
        (early.code, "2021-W48", 100.0, "1. forsøk, innen 30 sekunder"),
        (same.code, "2021-W48", 0.0, "Ikke svar"),
        (late.code, "2022-W01", 100.0, "1. forsøk, innen 30 sekunder"),
    ]


def test_contacts_of_one_method_are_shown_alone():
    season = season_with_battery()
    enrolment, user = enrolled(season)
    approved(enrolment, weeks=["2021-W48"] * 2)
    chat = approved(enrolment, method="chat")[0]

    found = contacts_by_method(user, enrolment, method="chat")
    nonsense = contacts_by_method(user, enrolment, method="fax")

    assert ([one.pk for one in found.shown], found.count, found.by_method) == ([chat.pk], 3, {"phone": 2, "chat": 1})
    assert len(nonsense.shown) == 3


def test_contact_not_yet_scored_is_listed_without_a_score(browser_of):
    season = season_with_battery()
    enrolment, user = enrolled(season)
    response = approved(enrolment)[0]
    browser = browser_of(user)

    listed, opened = text_of(browser.get(LIST)), text_of(browser.get(address_of(response)))

    assert response.code in listed
    assert "regnes ut" in opened


def test_answer_set_has_every_answer_with_the_points_of_its_area():
    season = season_with_battery()
    enrolment, user = enrolled(season)
    response = approved(enrolment, choose={**PARTLY, "csat": "4"})[0]
    scored(season)

    found = answer_set(user, response)

    assert [(area.key, area.points, area.possible) for area in found.areas] == [
        ("waiting", 5, 5),
        ("welcome", 20, 20),
        ("agent", 45, 50),
        ("overall", 21, 25),
        ("cx", 0, 0),
    ]
    agent = found.areas[2]
    assert (agent.answers[0].question[:39], agent.answers[0].answer) == (
        "Stilte kundebehandleren deg ett eller f",
        "Nei",
    )
    assert agent.comments == ["Hun var hyggelig og tydelig." * 3]
    assert found.areas[4].answers[0].answer == "4 av 5"
    questions = sum(len(area.answers) + len(area.comments) for area in found.areas)
    assert questions == Answer.objects.filter(response=response).count()


def test_answer_set_of_an_unanswered_contact_has_its_waiting_alone(browser_of):
    season = season_with_battery()
    enrolment, user = enrolled(season)
    response = approved(enrolment, answered=False)[0]
    scored(season)

    found = answer_set(user, response)

    assert [(area.key, area.points, area.possible, len(area.answers)) for area in found.areas] == [("waiting", 0, 5, 1)]
    assert "Ingen svarte innen fristen" in text_of(browser_of(user).get(address_of(response)))


def test_answer_set_leads_to_the_contacts_beside_it():
    season = season_with_battery()
    enrolment, user = enrolled(season)
    first, second, third = approved(enrolment, weeks=["2021-W48", "2021-W49", "2021-W50"])

    found = [answer_set(user, response) for response in (first, second, third)]

    beside = [(one.before and one.before.pk, one.after and one.after.pk) for one in found]
    assert beside == [(None, second.pk), (first.pk, third.pk), (second.pk, None)]


def test_comments_stand_newest_week_first_and_by_area():
    season = season_with_battery()
    enrolment, user = enrolled(season)
    early, late = approved(enrolment, weeks=["2021-W48", "2022-W01"])
    Answer.objects.filter(response=early, question__code="agent_comment").update(text="")
    contacts = approved_contacts(user, enrolment)

    found = comments_by_area(enrolment, contacts)
    agent = comments_by_area(enrolment, contacts, area="agent")

    assert [(one.contact.pk, one.area_key) for one in found.shown] == [
        (late.pk, "welcome"),
        (late.pk, "agent"),
        (late.pk, "overall"),
        (early.pk, "welcome"),
        (early.pk, "overall"),
    ]
    assert [(one.key, one.count) for one in found.by_area] == [("welcome", 2), ("agent", 1), ("overall", 2)]
    assert ([one.contact.pk for one in agent.shown], agent.count) == ([late.pk], 5)


def test_comments_have_a_page_by_area(browser_of):
    season = season_with_battery()
    enrolment, user = enrolled(season)
    response = approved(enrolment)[0]
    for code, text in (("welcome_comment", "Varmt velkommen"), ("agent_comment", "Kunne faget")):
        Answer.objects.filter(response=response, question__code=code).update(text=text)

    page = text_of(browser_of(user).get(reverse("reports:comments"), {"area": "agent"}))

    assert "«Kunne faget»" in page
    assert "«Varmt velkommen»" not in page


def test_reading_an_answer_is_logged_once_for_each_view(browser_of):
    season = season_with_battery()
    enrolment, user = enrolled(season)
    response = approved(enrolment)[0]
    browser = browser_of(user)

    browser.get(address_of(response))
    browser.get(address_of(response))

    events = AuditEvent.objects.filter(verb="response.read_by_participant")
    assert (
        list(events.values_list("actor", "target_type", "target_key", "target_name"))
        == [(user.pk, "responses.surveyresponse", str(response.pk), response.code)] * 2
    )


def test_reading_by_staff_is_their_work_and_not_logged(browser_of):
    season = season_with_battery()
    enrolment, _ = enrolled(season)
    response = approved(enrolment)[0]

    page = browser_of(UserFactory(manager=True, organiser=season.organiser)).get(address_of(response))

    assert page.status_code == 200
    assert not AuditEvent.objects.filter(verb="response.read_by_participant").exists()


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "rejected"])
def test_answer_that_is_not_approved_is_not_found_and_not_listed(browser_of, state):
    season = season_with_battery()
    enrolment, user = enrolled(season)
    response = filled_response(state, season=season, enrolment=enrolment)
    browser = browser_of(user)

    page, listed = browser.get(address_of(response)), browser.get(LIST)

    assert page.status_code == 404
    assert response.code not in text_of(listed)
    assert not AuditEvent.objects.filter(verb="response.read_by_participant").exists()


def test_answer_of_somebody_else_is_not_found(browser_of):
    season = season_with_battery()
    enrolment, _ = enrolled(season)
    response = approved(enrolment)[0]
    without = enrolled(season, package="none")
    bare = approved(without[0])[0]

    rivals = [enrolled(season)[1], UserFactory(participant=True), UserFactory(manager=True)]

    assert [browser_of(user).get(address_of(response)).status_code for user in rivals] == [404, 404, 404]
    assert browser_of(without[1]).get(address_of(bare)).status_code == 404
    assert not AuditEvent.objects.filter(verb="response.read_by_participant").exists()


@pytest.mark.parametrize("contacts", [1, 3])
def test_pages_make_as_many_queries_for_one_contact_as_for_three(browser_of, count_queries, contacts):
    season = season_with_battery()
    enrolment, user = enrolled(season)
    response = approved(enrolment, weeks=["2021-W48"] * contacts)[0]
    scored(season)
    browser = browser_of(user)
    browser.get(LIST)

    with count_queries(5):
        browser.get(LIST)
    with count_queries(6):
        browser.get(reverse("reports:comments"))
    with count_queries(9):
        browser.get(address_of(response))


def test_reading_what_was_not_bought_is_refused_and_not_logged():
    enrolment, user = enrolled(season_with_battery(), package=Package.NONE)
    response = approved(enrolment)[0]

    with pytest.raises(PermissionDenied):
        record_reading(response, by=user)

    assert not AuditEvent.objects.filter(verb="response.read_by_participant").exists()
