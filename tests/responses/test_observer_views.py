import json
import re
from uuid import uuid4

import pytest
from django.urls import reverse

from ksp.accounts.models import User
from participants.models import Season
from participants.workflow import SeasonState
from responses.models import AnswerRevision, ReviewNote, SurveyResponse
from responses.questionnaires.models import AnswerOption, Question, QuestionKind
from responses.questionnaires.selectors import forget_questionnaires, questionnaire_of
from responses.workflow import ReportState
from tests.factories.accounts import UserFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import AnswerRevisionFactory, ReviewNoteFactory, filled_response

pytestmark = pytest.mark.django_db
ASKED = "agent_engaged"
COMMENT = "agent_comment"


def url(name, response, *more):
    return reverse(f"responses:{name}", args=[response.public_id, *more])


@pytest.fixture
def draft():
    return filled_response()


@pytest.fixture
def browser(draft, browser_of):
    return browser_of(draft.observer.user)


def save(browser, response, question=ASKED, value="some", base=1):
    sent = json.dumps({"question": question, "value": value, "base": base})
    return browser.post(url("save_answer", response), sent, content_type="application/json")


def values_of(response):
    """Give what the whole page of the report would post."""
    answers = response.answers.exclude(question__kind=QuestionKind.WAITING).select_related("question", "option")
    posted = {f"q-{one.question.code}": one.option.code if one.option else one.text for one in answers}
    return posted | {"versions": " ".join(f"{one.question.code}:{one.version}" for one in answers)}


def stored(response, code=ASKED):
    answer = response.answers.get(question__code=code)
    return answer.option.code if answer.option else answer.text, answer.version


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


# Nothing about points

SECRETS = re.compile(r"points|poeng|unscored|scored|uten poeng|\bkind\b|weight|packed|waiting_(?:phone|chat)\b|a1_30", re.IGNORECASE)
TOKENS = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|csrfmiddlewaretoken\" value=\"\w+|(?:reply|note|returned)-\d+|reply/\d+|K-\d{5}"
    r"|Fjellvakt \d+|Klasse \d+|KSP\d+|Kari Nordmann(?: \d+)?|kl\.\W\d\d\.\d\d(?:\.\d\d)?",
    re.IGNORECASE,
)


def observers_pages(browser_of, state):
    response = filled_response(state)
    User.objects.update(name="Kari Nordmann")
    ReviewNoteFactory(response=response, question=response.answers.first().question)
    AnswerRevisionFactory(response=response, question=response.answers.last().question, after_submission=True)
    browser = browser_of(response.observer.user)
    pages = ["assignments:observer_home", "assignments:own_list", "assignments:manual", "observers:own_page"]
    addresses = [reverse(name) for name in pages]
    addresses += [reverse("assignments:own_detail", args=[response.assignment.public_id])]
    addresses += [url("contact", response), url("form", response)]
    return [TOKENS.sub("…", browser.get(address).content.decode()) for address in addresses]


@pytest.mark.parametrize("state", [ReportState.DRAFT, ReportState.RETURNED, ReportState.SUBMITTED, ReportState.APPROVED])
def test_what_an_observer_receives_says_nothing_about_points(browser_of, state, monkeypatch):
    before = observers_pages(browser_of, state)

    forget_questionnaires()
    with monkeypatch.context() as patch:
        # The same questionnaire, but worth something else: other points, and what was scored is not.
        create, plain = AnswerOption.objects.bulk_create, Question.objects.bulk_create
        patch.setattr(AnswerOption.objects, "bulk_create", lambda rows: create([otherwise(row) for row in rows]))
        patch.setattr(Question.objects, "bulk_create", lambda rows: plain([unscored(row) for row in rows]))
        after = observers_pages(browser_of, state)

    assert AnswerOption.objects.filter(points__gte=80).exists()
    assert after == before
    assert [SECRETS.findall(page) for page in before] == [[] for _page in before]


def otherwise(option):
    option.points = 0 if option.is_not_applicable else 90 - option.points
    return option


def unscored(question):
    if question.kind == QuestionKind.SCORED:
        question.kind = QuestionKind.UNSCORED
    return question


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
