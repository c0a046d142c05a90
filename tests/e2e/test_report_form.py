"""The observer's contact and report in a browser: the clock, saving through bad nets, two windows, no script."""

import re
from datetime import datetime

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from responses.models import SurveyResponse
from responses.workflow import ReportState
from tests.e2e.conftest import PHONE
from tests.factories.assignments import AssignmentFactory
from tests.factories.participants import ContactChannelFactory
from tests.factories.responses import SurveyResponseFactory, filled_response

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
QUESTION = "agent_engaged"


@pytest.fixture
def draft():
    response = filled_response()
    user = response.observer.user
    user.set_password("demo")
    user.save()
    return response


@pytest.fixture
def observer(visit, draft):
    return visit(viewport=PHONE).sign_in(draft.observer.user.email)


def open_form(observer, draft, part=3):
    page = observer.open(reverse("responses:form", args=[draft.public_id]) + f"?part={part}")
    return page, page.locator("#saved")


def choose(page, value, question=QUESTION):
    page.locator(f'input[name="q-{question}"][value="{value}"]').check()


def is_chosen(page, value, question=QUESTION):
    expect(page.locator(f'input[name="q-{question}"][value="{value}"]')).to_be_checked()


def stored(draft, question=QUESTION):
    answer = draft.answers.select_related("option").get(question__code=question)
    return answer.option.code if answer.option else answer.text


def test_answers_are_saved_as_they_are_given_with_the_keyboard_alone(observer, draft):
    page, saved = open_form(observer, draft)

    page.locator(f'input[name="q-{QUESTION}"]').first.focus()
    page.keyboard.press("ArrowDown")
    expect(saved).to_have_text(re.compile(r"Lagret kl\.\s\d\d\.\d\d\.\d\d"))
    is_chosen(page, "some")

    assert stored(draft) == "some"
    assert observer.violations() == []


def test_comment_is_saved_while_it_is_written_and_says_when_it_is_short(observer, draft):
    page, saved = open_form(observer, draft)
    comment = page.locator("#t-agent_comment")

    comment.fill("For kort")
    comment.blur()
    expect(page.locator("#w-agent_comment")).to_be_visible()
    comment.fill("Hun spurte hva jeg trengte, og forklarte godt.")
    expect(saved).to_contain_text("Lagrer")
    expect(saved).to_contain_text("Lagret kl.", timeout=2000)

    expect(page.locator("#w-agent_comment")).to_be_hidden()
    expect(page.locator("#n-agent_comment")).to_contain_text("46 tegn")
    assert stored(draft, "agent_comment") == "Hun spurte hva jeg trengte, og forklarte godt."


def test_answer_without_a_net_is_kept_and_sent_when_it_is_back(observer, draft):
    page, saved = open_form(observer, draft)

    observer.context.set_offline(True)
    choose(page, "none")
    expect(saved).to_contain_text("Sendes når du får nett.")
    observer.context.set_offline(False)
    expect(saved).to_contain_text("Lagret kl.")

    assert stored(draft) == "none"
    assert page.evaluate("Object.keys(localStorage)") == []


def test_answer_that_the_server_did_not_take_survives_a_reload(observer, draft):
    page, saved = open_form(observer, draft)
    page.route("**/save/", lambda route: route.fulfill(status=503, body=""))

    choose(page, "little")
    expect(saved).to_contain_text("Ikke lagret. Prøver igjen om 2 s.")
    page.reload()
    is_chosen(page, "little")
    page.unroute("**/save/")
    expect(saved).to_contain_text("Lagret kl.", timeout=15_000)

    assert stored(draft) == "little"


def test_two_windows_are_both_shown_and_the_person_chooses(observer, draft):
    page, saved = open_form(observer, draft)
    other = observer.context.new_page()
    other.goto(page.url)
    choose(other, "none")
    expect(other.locator("#saved")).to_contain_text("Lagret kl.")

    choose(page, "some")
    conflict = page.locator(".conflict:visible")
    expect(conflict).to_contain_text("Der: «Ikke i det hele tatt». Her: «I noen grad».")
    assert observer.violations() == []
    assert stored(draft) == "none"
    page.get_by_role("button", name="Behold mitt svar").click()
    expect(saved).to_contain_text("Lagret kl.")

    expect(conflict).to_have_count(0)
    assert stored(draft) == "some"


def test_text_survives_that_the_session_ends(observer, draft):
    page, saved = open_form(observer, draft)
    session = next(cookie for cookie in observer.context.cookies() if "session" in cookie["name"])
    observer.context.clear_cookies(name=session["name"])

    choose(page, "little")
    expect(saved).to_contain_text("Du er logget ut.")
    expect(page.get_by_role("link", name="Logg inn")).to_be_visible()
    observer.context.add_cookies([session])
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(saved).to_contain_text("Lagret kl.")

    assert stored(draft) == "little"


def test_parts_follow_each_other_and_back_works(observer, draft):
    page, _saved = open_form(observer, draft, part=2)

    page.get_by_role("button", name="Neste: Kundebehandleren").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kundebehandleren")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mottak og velkomst")

    assert page.url.endswith("?part=2")


def test_what_is_missing_is_found_and_the_report_handed_in_once(observer, draft):
    draft.answers.filter(question__code=QUESTION).delete()
    page, saved = open_form(observer, draft, part=5)

    page.get_by_role("button", name="Lever rapporten").locator("visible=true").click()
    expect(page.locator(".ds-error-summary")).to_be_focused()
    assert observer.violations() == []
    page.locator(".ds-error-summary a").click()
    page.keyboard.press("Space")
    expect(saved).to_contain_text("Lagret kl.")
    page.get_by_role("button", name="Lever rapporten").locator("visible=true").first.dblclick()

    expect(page.get_by_text("Rapporten er levert")).to_be_visible()
    draft = SurveyResponse.objects.get(pk=draft.pk)
    assert (draft.state, draft.version) == (ReportState.SUBMITTED, 2)


def test_report_is_written_without_a_script(chromium, live_server, client, draft):
    client.force_login(draft.observer.user)
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{live_server.url}{reverse('responses:form', args=[draft.public_id])}?part=3")

    choose(page, "little")
    page.get_by_role("button", name="Neste: Totalinntrykk").click()
    page.get_by_role("button", name="Forrige").click()
    is_chosen(page, "little")
    context.close()

    assert stored(draft) == "little"


def test_clock_of_a_contact_runs_and_stops(observer, draft, time_machine):
    time_machine.move_to(datetime.fromisoformat("2021-12-01T13:04:10+01:00"))
    assignment = AssignmentFactory(accepted=True, season=draft.season, observer=draft.observer)
    ContactChannelFactory(enrolment=assignment.enrolment)
    response = SurveyResponseFactory(assignment=assignment)
    page = observer.open(reverse("responses:contact", args=[response.public_id]))

    page.get_by_role("button", name="Start kontakten").click()
    expect(page.locator("#digits")).to_have_text(re.compile(r"4:5\d"))
    page.reload()
    expect(page.get_by_role("timer")).to_have_attribute("aria-label", re.compile(r"Tid igjen: 4 min 5\d s"))
    assert observer.violations() == []
    page.get_by_role("button", name="Jeg fikk svar").click()

    expect(page.get_by_text(re.compile(r"Svar etter \d+\ss i 1\. forsøk"))).to_be_visible()
    page.get_by_role("link", name="Fyll ut rapporten").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Svar- og ventetid")
