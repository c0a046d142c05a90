import json
import re

import pytest

from responses.models import AnswerRevision, SurveyResponse
from responses.questionnaires.models import Question, QuestionKind
from responses.questionnaires.selectors import questionnaire_of
from responses.workflow import ReportState
from tests.factories.accounts import UserFactory
from tests.factories.responses import ReviewNoteFactory, filled_response
from tests.responses.observing import ASKED, COMMENT, save, stored, url, values_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return filled_response()


@pytest.fixture
def browser(draft, browser_of):
    return browser_of(draft.observer.user)


# Opening


def test_form_shows_the_questions_of_the_method_only(browser, draft):
    html = browser.get(url("form", draft)).content.decode()

    shown = re.findall(r'data-question="([a-z0-9_]+)"', html)
    asked = questionnaire_of(draft.season).for_method("phone")
    assert shown == [item.question.code for item in asked if item.question.kind != QuestionKind.WAITING]
    assert set(re.findall(r'name="q-([a-z0-9_]+)"', html)) == set(shown)


def test_form_has_every_answer_filled_in(browser, draft):
    html = browser.get(url("form", draft)).content.decode()

    chosen = dict(re.findall(r'name="q-([a-z0-9_]+)" value="([a-z0-9_]+)" checked', html))
    posted = values_of(draft)
    assert chosen == {
        name.removeprefix("q-"): value
        for name, value in posted.items()
        if name.startswith("q-") and "comment" not in name
    }
    assert posted[f"q-{COMMENT}"] in html
    assert f'value="{posted["versions"]}"' in html


@pytest.mark.parametrize("part", ["1", "3"])
def test_form_is_opened_with_seven_queries_at_most(browser, draft, count_queries, part):
    browser.get(url("form", draft))

    with count_queries(5):
        answer = browser.get(url("form", draft), {"part": part})

    assert answer.status_code == 200


def test_returned_form_needs_two_queries_more(browser_of, count_queries):
    response = filled_response(ReportState.RETURNED)
    browser = browser_of(response.observer.user)
    browser.get(url("form", response))

    for _count in range(2):
        ReviewNoteFactory(response=response)
        with count_queries(7):
            browser.get(url("form", response))


def test_form_shows_one_part_and_says_how_far_it_has_come(browser, draft):
    draft.answers.filter(question__code__in=[ASKED, COMMENT]).delete()

    html = browser.get(url("form", draft), {"part": "3"}).content.decode()

    sections = re.findall(r'<section class="part" id="part-(\d)" data-part="\d"( hidden)?', html)
    assert sections == [("1", " hidden"), ("2", " hidden"), ("3", ""), ("4", " hidden"), ("5", " hidden")]
    assert "Del 3 av 5 · 28 av 30 svar" in html
    assert "1 spørsmål og 1 kommentar" in " ".join(html.split())


def test_form_of_a_contact_that_nobody_answered_leads_to_the_contact(browser_of):
    response = filled_response(answered=False)

    answer = browser_of(response.observer.user).get(url("form", response))

    assert (answer.status_code, answer.url) == (302, url("contact", response))


def test_extra_help_of_the_participant_stands_at_the_adaptable_question_only(browser, draft):
    draft.enrolment.extra_help = "familierabatt"
    draft.enrolment.save()

    html = browser.get(url("form", draft)).content.decode()

    adaptable = Question.objects.filter(season=draft.season, is_adaptable=True)
    assert html.count("familierabatt") == adaptable.count() == 1


# Saving one answer


def test_saved_answer_is_stored_with_its_history_in_six_queries(browser, draft, count_queries):
    save(browser, draft, value="little")

    with count_queries(6) as queries:
        answer = save(browser, draft, value="some", base=2)

    assert answer.status_code == 200
    assert answer.json().keys() == {"version", "saved_at"}
    assert answer.json()["version"] == 3
    assert stored(draft) == ("some", 3)
    assert [one.new_option.code for one in draft.revisions.all()] == ["little", "some"]
    assert not any("SAVEPOINT" in query for query in queries)
    assert len(answer.content) <= 500


def test_first_answer_is_saved_in_six_queries_too(browser, draft, count_queries):
    draft.answers.filter(question__code=ASKED).delete()
    browser.get(url("form", draft))

    with count_queries(6):
        answer = save(browser, draft, base=0)

    assert answer.json()["version"] == 1


def test_same_answer_twice_is_one_change(browser, draft):
    answers = [save(browser, draft).json()["version"] for _time in range(2)]

    assert answers == [2, 2]
    assert draft.revisions.count() == 1


def test_answer_of_another_window_is_a_conflict_that_overwrites_nothing(browser, draft):
    save(browser, draft, value="little", base=1)

    answer = save(browser, draft, value="none", base=1)

    assert answer.status_code == 409
    assert answer.json()["code"] == "answer_changed_elsewhere"
    assert answer.json()["stored"] == {"value": "little", "version": 2}
    assert stored(draft) == ("little", 2)


def test_comment_is_the_same_however_its_lines_end(browser, draft):
    save(browser, draft, COMMENT, "En linje\nen til", base=1)

    browser.post(url("form", draft), {f"q-{COMMENT}": "En linje\r\nen til", "to": "2"})

    assert stored(draft, COMMENT) == ("En linje\nen til", 2)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("no json", "malformed"),
        ("[]", "malformed"),
        ('{"question": "agent_engaged"}', "malformed"),
        ('{"question": "agent_engaged", "value": "some", "base": "1"}', "malformed"),
        ('{"question": "waiting_phone", "value": "a1_30"}', "unknown_answer"),
        ('{"question": "agent_understood_written", "value": "great"}', "unknown_answer"),
        ('{"question": "agent_engaged", "value": "enormous"}', "unknown_answer"),
        ('{"question": "nothing", "value": "some"}', "unknown_answer"),
    ],
)
def test_what_is_no_answer_is_refused(browser, draft, body, code):
    answer = browser.post(url("save_answer", draft), body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert draft.revisions.count() == 0


def test_signed_out_script_is_told_so(client, draft):
    answer = save(client, draft)

    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


@pytest.mark.parametrize("name", ["form", "contact", "save_answer", "submit"])
def test_report_of_somebody_else_does_not_exist(browser_of, draft, name):
    other = browser_of(filled_response(season=draft.season).observer.user)
    posted = {"question": ASKED, "value": "none"}
    sent = {"data": json.dumps(posted), "content_type": "application/json"} if name == "save_answer" else {}

    answer = other.post(url(name, draft), **sent) if sent or name == "submit" else other.get(url(name, draft))

    assert answer.status_code == 404
    assert (AnswerRevision.objects.count(), stored(draft)) == (0, ("great", 1))
    assert SurveyResponse.objects.get(pk=draft.pk).state == ReportState.DRAFT


def test_manager_may_read_but_not_write_a_report(browser_of, draft):
    manager = browser_of(UserFactory(manager=True, organiser=draft.season.organiser))
    stranger = browser_of(UserFactory(manager=True))

    statuses = [save(one, draft).status_code for one in (manager, stranger)]
    statuses += [one.post(url("submit", draft)).status_code for one in (manager, stranger)]

    assert statuses == [403, 404, 403, 404]
    assert stored(draft) == ("great", 1)


@pytest.mark.parametrize("state", [ReportState.SUBMITTED, ReportState.APPROVED, ReportState.REJECTED])
def test_report_that_is_handed_in_takes_no_answers(browser_of, state):
    response = filled_response(state)

    answer = save(browser_of(response.observer.user), response)

    assert (answer.status_code, answer.json()["code"]) == (409, "transition_not_allowed")
    assert stored(response) == ("great", 1)


# Saving a page


def test_next_part_is_shown_after_the_page_is_saved(browser, draft):
    answer = browser.post(url("form", draft), values_of(draft) | {f"q-{ASKED}": "little", "to": "4"})

    assert (answer.status_code, answer.url) == (302, url("form", draft) + "?part=4")
    assert stored(draft) == ("little", 2)
    assert draft.revisions.count() == 1


def test_page_that_contradicts_another_window_keeps_both(browser, draft):
    page = values_of(draft) | {f"q-{ASKED}": "none", "q-agent_needs": "no", "to": "4"}
    save(browser, draft, value="little", base=1)

    answer = browser.post(url("form", draft), page)

    assert answer.status_code == 409
    assert "Endret i et annet vindu" in answer.content.decode()
    assert "«Ikke i det hele tatt»" in answer.content.decode()
    assert stored(draft) == ("little", 2)
    assert stored(draft, "agent_needs") == ("no", 2)
