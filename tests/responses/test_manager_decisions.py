"""Deciding on a report: what is written, where it leads, and what a second manager sees."""

import pytest

from responses.models import AnswerRevision, Grade, ReviewNote, SurveyResponse
from responses.services import approve_response, return_response
from responses.workflow import ReportState
from tests.factories.accounts import UserFactory
from tests.factories.questionnaires import season_with_battery
from tests.responses.review_pages import FRIDAY, QUEUE, decision, page_of, text, waiting

pytestmark = pytest.mark.django_db

GRADE = {"content": 3, "instructions": 3, "language": 3, "punctuality": 4}
CHOSEN = {f"grade-{aspect}": str(number) for aspect, number in GRADE.items()}


@pytest.fixture
def season():
    return season_with_battery(code="KSP22", name="KSP 2022")


@pytest.fixture
def manager(season):
    return UserFactory(organiser=season.organiser, manager=True, name="Marte Hovde", language="nb")


@pytest.fixture
def browser(browser_of, manager):
    return browser_of(manager)


def test_approved_report_leads_to_the_next_in_the_same_view(season, browser, manager):
    response, after = waiting(season, days=2), waiting(season, days=1)
    waiting(season, days=3)

    answer = browser.post(
        decision(response, "approve", "?sort=oldest&method=phone"), {"version": "1", **CHOSEN}, follow=True
    )

    assert answer.redirect_chain == [(f"{page_of(after)}?method=phone&sort=oldest", 302)]
    assert f"{response.code}, {response.enrolment.participant}, er godkjent." in text(answer)
    response.refresh_from_db()
    assert (response.state, response.reviewed_by) == ("approved", manager)
    assert Grade.objects.values(*GRADE).get() == GRADE


def test_after_the_last_report_comes_the_empty_queue(season, browser):
    response = waiting(season)

    answer = browser.post(decision(response, "approve"), {"version": "1", **CHOSEN})

    assert (answer.status_code, answer.url) == (302, QUEUE)


def test_approving_takes_a_stated_number_of_queries(season, browser, count_queries):
    response = waiting(season)
    waiting(season)
    browser.get(page_of(response))

    with count_queries(12):
        browser.post(decision(response, "approve"), {"version": "1", **CHOSEN})

    assert SurveyResponse.objects.get(pk=response.pk).state == "approved"


def test_returned_report_holds_the_notes(season, browser):
    response = waiting(season)
    fields = {"version": "1", "note-agent_needs": "Stemmer\r\ndette?", "note-agent_plain": " ", "overall": "Skriv mer."}

    answer = browser.post(decision(response, "return"), fields, follow=True)

    assert "er sendt tilbake. Observatøren får en e-post." in text(answer)
    assert list(ReviewNote.objects.values_list("question__code", "text").order_by("text")) == [
        (None, "Skriv mer."),
        ("agent_needs", "Stemmer\ndette?"),
    ]


def test_rejected_report_is_planned_anew(season, browser):
    response = waiting(season)

    answer = browser.post(decision(response, "reject"), {"version": "1", "reason": "Feil kundesenter."}, follow=True)

    assert "er avvist. Kontakten planlegges på nytt." in text(answer)
    assert SurveyResponse.objects.get().verdict == "Feil kundesenter."


@pytest.mark.parametrize(
    ("move", "fields", "sentence"),
    [
        ("approve", CHOSEN | {"note-agent_needs": "Hva mener du?"}, "Du har skrevet til observatøren."),
        ("approve", CHOSEN | {"overall": "Hva mener du?"}, "Du har skrevet til observatøren."),
        ("approve", {"grade-content": "5", "note-": ""}, "Gi en karakter fra 0 til 4"),
        ("return", {}, "Skriv hva observatøren skal rette"),
        ("reject", {"reason": " ", "note-agent_needs": "Hva mener du?"}, "Skriv hvorfor rapporten avvises."),
    ],
)
def test_refused_decision_keeps_what_was_typed(move, fields, sentence, season, browser):
    response = waiting(season)

    answer = browser.post(decision(response, move), {"version": "1", **fields})

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert ("Hva mener du?" in text(answer)) == ("Hva mener du?" in fields.values())
    assert ('aria-labelledby="reject-title" open' in answer.content.decode()) == (move == "reject")
    assert SurveyResponse.objects.get().state == "submitted"


@pytest.mark.parametrize("move", ["approve", "return", "reject"])
def test_second_manager_sees_who_decided_and_keeps_the_text(move, season, browser):
    response = waiting(season)
    ola = UserFactory(organiser=season.organiser, manager=True, name="Ola Lie")
    approve_response(response.pk, version=1, grade=GRADE, now=FRIDAY, by=ola)
    fields = {"version": "1", "note-agent_needs": "Stemmer dette?", "overall": "Skriv mer.", "reason": "Feil senter."}
    if move == "approve":
        fields = {"version": "1", **CHOSEN, "reason": "Feil senter."}

    answer = browser.post(decision(response, move), fields)

    assert answer.status_code == 409
    assert "Ola Lie godkjente rapporten 3. desember kl. 12.00. Teksten din er beholdt under." in text(answer).replace(
        "\u00a0", " "
    )
    kept = {"Stemmer dette?", "Skriv mer.", "Feil senter."} & set(fields.values())
    assert {words for words in kept if words in text(answer)} == kept
    assert (SurveyResponse.objects.get().state, SurveyResponse.objects.get().version) == ("approved", 2)
    assert ReviewNote.objects.count() == 0


def test_report_that_came_back_meanwhile_can_be_decided_with_the_kept_text(season, browser, manager):
    response = waiting(season)
    return_response(response.pk, notes={}, note="Hei", by=manager)
    SurveyResponse.objects.update(state=ReportState.SUBMITTED, version=3)

    answer = browser.post(decision(response, "return"), {"version": "1", "overall": "Skriv mer."})

    assert answer.status_code == 409
    assert 'name="version" value="3"' in answer.content.decode()
    assert answer.context["overall"] == "Skriv mer."
    assert answer.context["sheet"].can_decide


@pytest.mark.parametrize("version", ["", "x", "0"])
def test_decision_without_a_version_is_a_conflict(version, season, browser):
    response = waiting(season)

    answer = browser.post(decision(response, "approve"), {"version": version, **CHOSEN})

    assert answer.status_code == 409
    assert "Vi ser ikke hvilken versjon du har lest." in text(answer)
    assert SurveyResponse.objects.get().state == "submitted"


def test_second_press_of_the_same_button_is_no_conflict(season, browser):
    response = waiting(season)

    answers = [browser.post(decision(response, "approve"), {"version": "1", **CHOSEN}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (Grade.objects.count(), SurveyResponse.objects.get().version) == (1, 2)


@pytest.mark.parametrize("move", ["approve", "return", "reject"])
def test_decisions_are_posted(move, season, browser):
    response = waiting(season)

    assert browser.get(decision(response, move)).status_code == 405
    assert AnswerRevision.objects.count() == 0
