import json
import re
from uuid import uuid4

import pytest

from assignments.models import Assignment
from assignments.workflow import AssignmentState
from participants.models import Season
from participants.workflow import SeasonState
from responses.models import Answer, AttemptOutcome, ReviewNote, SurveyResponse
from responses.questionnaires.models import Question, QuestionKind
from responses.workflow import ReportState
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import ReviewNoteFactory, filled_response
from tests.responses.observing import ASKED, COMMENT, save, stored, url, values_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return filled_response()


@pytest.fixture
def browser(draft, browser_of):
    return browser_of(draft.observer.user)


# Handing in


def test_whole_report_is_handed_in_with_eleven_queries(browser, draft, count_queries):
    page = values_of(draft) | {f"q-{ASKED}": "little", "key": str(uuid4())}
    browser.get(url("form", draft))

    with count_queries(11):
        answer = browser.post(url("submit", draft), page)

    draft.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, url("form", draft))
    assert (draft.state, draft.is_answered, stored(draft)) == (ReportState.SUBMITTED, True, ("little", 2))


def test_double_tap_hands_in_once_and_gets_the_same_receipt(browser, draft):
    page = values_of(draft) | {"key": str(uuid4())}

    answers = [browser.post(url("submit", draft), page) for _time in range(2)]
    submitted_at = SurveyResponse.objects.get(pk=draft.pk).submitted_at
    receipt = browser.get(answers[1].url).content.decode()

    assert [answer.url for answer in answers] == [url("form", draft)] * 2
    assert SurveyResponse.objects.get(pk=draft.pk).submitted_at == submitted_at
    assert SurveyResponse.objects.get(pk=draft.pk).version == 2
    assert "Rapporten er levert" in receipt


def test_key_of_one_report_means_nothing_for_another(browser, draft):
    other = filled_response(season=draft.season, observer=draft.observer)
    key = str(uuid4())

    for response in (draft, other):
        browser.post(url("submit", response), values_of(response) | {"key": key})

    assert set(SurveyResponse.objects.values_list("state", flat=True)) == {ReportState.SUBMITTED}


def test_incomplete_report_stays_a_draft_and_says_what_is_missing(browser, draft):
    draft.answers.filter(question__code=ASKED).delete()
    page = values_of(draft) | {f"q-{COMMENT}": "For kort", "q-agent_needs": "no", "key": str(uuid4())}

    answer = browser.post(url("submit", draft), page)

    html = answer.content.decode()
    draft.refresh_from_db()
    assert (answer.status_code, draft.state) == (409, ReportState.DRAFT)
    assert re.search(r'class="ds-error-summary"[^>]* data-focus', html)
    assert "2 svar mangler" in html
    assert f'href="?part=3#q-{ASKED}"' in html
    assert re.findall(r'class="q[^"]* q-missing" id="q-([a-z_]+)"', html) == [ASKED, COMMENT]
    assert stored(draft, COMMENT) == ("For kort", 2)
    assert stored(draft, "agent_needs") == ("no", 2)


def test_report_in_a_paused_season_stays_a_draft_with_what_was_typed(browser, draft):
    Season.objects.filter(pk=draft.season_id).update(state=SeasonState.PAUSED, pause_reason="Stengt på grunn av snø.")

    answer = browser.post(url("submit", draft), values_of(draft) | {f"q-{ASKED}": "none"})

    draft.refresh_from_db()
    assert (answer.status_code, draft.state, stored(draft)) == (409, ReportState.DRAFT, ("none", 2))
    assert answer.content.decode().count("Stengt på grunn av snø.") == 2


def test_report_that_was_handed_in_meanwhile_is_shown(browser_of):
    response = filled_response(ReportState.APPROVED)

    answer = browser_of(response.observer.user).post(url("submit", response), {"key": str(uuid4())}, follow=True)

    assert "Rapporten er allerede «Godkjent»" in answer.content.decode()


# Returned, and read


def returned_with_note(**fields):
    response = filled_response(ReportState.RETURNED)
    return response, ReviewNoteFactory(response=response, text="Hvorfor det?", **fields)


def test_reply_is_saved_and_the_report_submitted_again(browser_of):
    response, note = returned_with_note()
    browser = browser_of(response.observer.user)
    sent = json.dumps({"question": "x", "value": " Slik var det. ", "base": None})

    answer = browser.post(url("save_reply", response, note.pk), sent, content_type="application/json")
    browser.post(url("submit", response), values_of(response) | {f"reply-{note.pk}": "Slik var det, altså."})

    note.refresh_from_db()
    response.refresh_from_db()
    assert answer.status_code == 200
    assert (note.reply, response.state) == ("Slik var det, altså.", ReportState.SUBMITTED)


def test_note_of_another_report_cannot_be_replied_to(browser_of):
    response, _own = returned_with_note()
    _other, foreign = returned_with_note()
    browser = browser_of(response.observer.user)

    answer = browser.post(url("save_reply", response, foreign.pk), '{"value": "Hei"}', content_type="application/json")
    browser.post(url("form", response), {f"reply-{foreign.pk}": "Hei", "to": "1"})

    assert answer.status_code == 404
    assert list(ReviewNote.objects.values_list("reply", flat=True)) == ["", ""]


def test_earlier_notes_are_read_and_the_latest_replied_to(browser_of):
    response, early = returned_with_note()
    ReviewNote.objects.filter(pk=early.pk).update(written_at="2021-12-01T12:00Z", text="Tidligere spurt", reply="Ja")
    late = ReviewNoteFactory(response=response, text="Nå spurt")

    html = browser_of(response.observer.user).get(url("form", response)).content.decode()

    assert re.findall(r'name="reply-(\d+)"', html) == [str(late.pk)]
    assert "Tidligere spurt" in html


def test_answer_changed_after_submission_is_shown_with_before_and_now(browser_of):
    response = filled_response(ReportState.RETURNED)
    browser = browser_of(response.observer.user)

    save(browser, response, value="little")
    html = browser.get(url("form", response)).content.decode()

    assert re.search(r"<del>.*?I stor grad</del> → <ins>.*?I liten grad</ins>", html)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ReportState.SUBMITTED, "Rapporten er levert"),
        (ReportState.APPROVED, "Din karakter"),
        (ReportState.REJECTED, "Ikke en ny kunde."),
    ],
)
def test_report_that_is_handed_in_is_read(browser_of, count_queries, state, words):
    response = filled_response(state)
    response.verdict = "Ikke en ny kunde."
    response.save()
    browser = browser_of(response.observer.user)
    browser.get(url("form", response))

    with count_queries(8):
        html = browser.get(url("form", response)).content.decode()

    assert words in html
    assert "<textarea" not in html
    assert html.count("<dt>") >= 30


def test_wide_season_is_read_by_english_readers_too(browser_of):
    season = season_with_battery(battery="ksp23")
    response = filled_response(season=season)
    response.observer.user.language = "en"
    response.observer.user.save()

    html = browser_of(response.observer.user).get(url("form", response)).content.decode()

    assert "Part 1 of 6" in html
    assert "How satisfied are you" in html or "satisfied" in html


# What stands in the way


def test_report_of_an_unfinished_contact_is_not_handed_in(browser, draft):
    draft.attempts.all().delete()

    answer = browser.post(url("submit", draft), values_of(draft) | {f"q-{ASKED}": "none"})

    draft.refresh_from_db()
    assert (answer.status_code, draft.state, stored(draft)) == (409, ReportState.DRAFT, ("none", 2))
    assert "Kontakten er ikke ferdig: Et forsøk er i gang, eller gjenstår." in answer.content.decode()


def test_report_of_a_withdrawn_assignment_is_not_handed_in(browser, draft):
    Assignment.objects.update(state=AssignmentState.WITHDRAWN)

    answer = browser.post(url("submit", draft), values_of(draft))

    draft.refresh_from_db()
    assert (answer.status_code, draft.state) == (409, ReportState.DRAFT)
    assert "Oppdraget er «Trukket tilbake»." in answer.content.decode()


def test_contact_that_turns_out_unanswered_loses_its_answers_and_counts_as_such(browser_of):
    response = filled_response(answered=False)
    asked = Question.objects.get(season=response.season, code=ASKED)
    Answer.objects.create(response=response, question=asked, option=asked.options.first())
    response.attempts.update(outcome=AttemptOutcome.RUNNING, ended_at=None)

    browser_of(response.observer.user).post(url("submit", response))

    response.refresh_from_db()
    assert (response.state, response.is_answered) == (ReportState.SUBMITTED, False)
    assert [answer.question.kind for answer in response.answers.all()] == [QuestionKind.WAITING]
    assert set(response.attempts.values_list("outcome", flat=True)) == {AttemptOutcome.NO_ANSWER}
