"""One contact all the way, by hand, as all four people: from a row in a spreadsheet to a number on a dashboard."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from assignments.eligibility import candidates
from assignments.models import Assignment, ManualRead
from ksp.accounts.models import User
from ksp.accounts.services import system_user
from ksp.lib.weeks import IsoWeek
from observers.models import Observer
from participants.models import Enrolment, Package, Season
from participants.services import add_representative
from responses.models import SurveyResponse
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.selectors import questionnaire_of
from scoring.services import settle_owed_recomputes
from tests.e2e.conftest import PHONE
from tests.e2e.seasons import play_small_season

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
# As Excel saves it in Norway: semicolons, Windows-1252.
NAME = "Blåfjell Prøvesenter"
HEADS = "deltaker;navn;klasse;telefon;e-post;pakke"
ROW = "990000001;{name};{award_class};21490077;hei@blafjell.example;enkel"
COMMENT = "Hun lyttet, stilte spørsmål og fant en løsning som passet meg."


@pytest.mark.timeout(600)
def test_one_contact_goes_from_a_spreadsheet_to_a_dashboard(visit, settings):
    play_small_season(settings, progress=0.1)
    season = Season.objects.get()

    import_participant(visit().sign_in("admin@ksp.example"), season)
    enrolment = Enrolment.objects.get(participant__name=NAME)
    week = free_week(enrolment)
    manager = visit().sign_in("manager@ksp.example")
    offer_contact(manager, enrolment, week)
    observer = visit(viewport=PHONE).sign_in("observer@ksp.example")
    accept_and_call(observer, week)
    fill_in(observer)
    return_report(manager)
    mend(observer)
    approve(manager)
    settle_owed_recomputes()
    see_result(visit().sign_in("participant@ksp.example"), enrolment)

    # The time outside the hours was refused, and nothing else.
    assert ["409" in text for text in observer.complaints] == [True]
    assert manager.complaints == []


def import_participant(admin, season):
    page = admin.open("/admin/imports/participants/")
    row = ROW.format(name=NAME, award_class=season.classes.first().name)
    sheet = f"{HEADS}\n{row}\n".encode("cp1252")
    page.set_input_files("[name=file]", {"name": "deltakere.csv", "mimeType": "text/csv", "buffer": sheet})
    page.click("main form[enctype] button[type=submit]")
    expect(page.locator("main")).to_contain_text(NAME)
    assert not Enrolment.objects.filter(participant__name=NAME).exists()
    page.click("form[action$='/apply/'] button")
    expect(page.locator("form[action$='/take-back/'] button")).to_be_visible()


def free_week(enrolment):
    """Return a week in which the observer may make one more contact."""
    own = Observer.objects.get(user__email="observer@ksp.example")
    season = enrolment.season
    weeks = [IsoWeek.of(season.starts_on) + n for n in range(3, 12)]
    for week in map(str, weeks):
        wanted = Assignment(season=season, participant=enrolment.participant, method="phone", week=week)
        if candidates(wanted, [own])[0].is_eligible and IsoWeek.parse(week).week not in {52, 53, 1}:
            return week
    pytest.fail("The observer has no free week.")


def offer_contact(manager, enrolment, week):
    page = manager.open("/assignments/new/")
    page.select_option("[name=enrolment]", label=enrolment.participant.name)
    page.select_option("[name=method]", "phone")
    page.select_option("[name=week]", week)
    page.click("main form[method=post] button[type=submit]")
    expect(page.locator("h1")).to_contain_text(NAME)
    own = Observer.objects.get(user__email="observer@ksp.example")
    page.goto(f"{page.url.partition('?')[0]}?q={own.last_name}")
    expect(page.locator("main")).to_contain_text(own.last_name)
    page.click(f"button[name=observer][value='{own.public_id}']")
    expect(page.locator("main")).to_contain_text("Tilbudt")


def accept_and_call(observer, week):
    ManualRead.objects.filter(observer__user__email="observer@ksp.example").delete()
    page = observer.open("/observer/offers/")
    expect(page.locator("main")).to_contain_text(NAME)
    expect(page.locator("form[action$='/accept/']")).to_have_count(0)
    page.locator("main a[href='/observer/manual/']").first.click()
    page.check("[name=has_read]")
    page.click("form[action$='/read/'] button")
    page.locator("main li", has_text=NAME).locator("a[href*='/observer/assignments/']").first.click()
    page.click("form[action$='/accept/'] button")
    page.click("form[action$='/start/'] button")
    if not page.locator("[name=register-started_on]").is_visible():
        page.locator("summary", has_text="Registrer tiden i ettertid").click()
    wednesday = IsoWeek.parse(week).monday() + timedelta(days=2)
    page.fill("[name=register-started_on]", f"{wednesday:%d.%m.%Y}")
    page.fill("[name=register-started_at]", "16.00.00")
    page.check("[name=register-result][value=answered]")
    page.fill("[name=register-answered_at]", "16.00.20")
    page.click("form[action$='/register/'] button[type=submit]")
    expect(page.locator("main")).to_contain_text("09.00 og 15.00")
    page.fill("[name=register-started_at]", "10.00.00")
    page.fill("[name=register-answered_at]", "10.00.20")
    page.click("form[action$='/register/'] button[type=submit]")
    expect(page.locator("main")).to_contain_text("20 s")


def fill_in(observer):
    page = observer.page
    response = SurveyResponse.objects.get(enrolment__participant__name=NAME)
    page.goto(f"{observer.base}/observer/reports/{response.public_id}/")
    assert "points" not in page.content()
    for part in range(1, 10):
        answer_part(page, response)
        forward = page.locator(f"section[data-part='{part}'] button[name=to]", has_text="Neste")
        if not forward.count():
            break
        forward.click()
        expect(page.locator(f"section[data-part='{part + 1}'] h1")).to_be_visible()
    expect(page.locator("[data-save-state], .saved").first).to_contain_text("Lagret", timeout=5000)
    page.reload()
    expect(page.locator("[data-when-complete]")).to_be_visible()
    page.locator("[data-when-complete] button").dblclick()
    expect(page.locator("main")).to_contain_text("Levert")
    response.refresh_from_db()
    assert (response.state, response.answers.count()) == ("submitted", len(expected(response)) + 1)


def expected(response):
    """Return what the observer answers."""
    asked = questionnaire_of(response.season).for_method(response.method)
    return [item for item in asked if item.question.kind != QuestionKind.WAITING]


def answer_part(page, response):
    for item in expected(response):
        name = f"q-{item.question.code}"
        if not page.locator(f"[name='{name}']").first.is_visible():
            continue
        if item.question.kind == QuestionKind.COMMENT:
            page.fill(f"textarea[name='{name}']", COMMENT)
        else:
            page.locator(f"input[name='{name}']").first.check()


def return_report(manager):
    page = manager.open("/review/?q=Blåfjell")
    page.locator("main table a", has_text=NAME).first.click()
    page.locator("details summary", has_text=re.compile("Send tilbake")).first.click()
    page.locator("details[open] textarea").first.fill("Kan du forklare dette svaret?")
    page.click("button[data-returns]")
    expect(page.locator("body")).to_contain_text("sendt tilbake")
    assert SurveyResponse.objects.get(enrolment__participant__name=NAME).state == "returned"


def mend(observer):
    page = observer.open("/observer/")
    expect(page.locator("main")).to_contain_text("Kan du forklare dette svaret?")
    page.locator("a", has_text="Se og svar").first.click()
    page.locator("textarea[name^='reply-']").first.fill("Ja: hun spurte to ganger.")
    page.locator("[data-when-complete] button").click()
    expect(page.locator("main")).to_contain_text("Levert")


def approve(manager):
    page = manager.open("/review/?q=Blåfjell")
    page.locator("main table a", has_text=NAME).first.click()
    expect(page.locator("main")).to_contain_text("Ja: hun spurte to ganger.")
    page.click("button[formaction*='/approve/']")
    expect(page.locator("body")).to_contain_text("godkjent")
    assert SurveyResponse.objects.get(enrolment__participant__name=NAME).state == "approved"


def see_result(participant, enrolment):
    person = User.objects.get(email="participant@ksp.example")
    Enrolment.objects.filter(pk=enrolment.pk).update(package=Package.SIMPLE)
    add_representative(enrolment.participant_id, user=person, by=system_user(person.organiser))
    page = participant.open(f"/dashboard/?participant={enrolment.participant.public_id}")
    expect(page.locator("h1")).to_contain_text(NAME)
    score = enrolment.summaries.get(method="").total
    expect(page.locator("main")).to_contain_text(f"{score:.1f}".replace(".", ","))
    assert "Solbakk" not in page.content()
