"""The queue and one report, as a project manager reads them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from ksp.accounts.models import Role
from observers.models import Observer
from responses.models import SurveyResponse
from responses.questionnaires.selectors import questionnaire_of
from tests.factories.accounts import UserFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import AnswerRevisionFactory, ReviewNoteFactory, filled_response
from tests.responses.review_pages import FRIDAY, QUEUE, decision, keys, page_of, text, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def season():
    return season_with_battery(code="KSP22", name="KSP 2022")


@pytest.fixture
def manager(season):
    return UserFactory(organiser=season.organiser, manager=True, name="Marte Hovde", language="nb")


@pytest.fixture
def browser(browser_of, manager):
    return browser_of(manager)


@time_machine.travel(FRIDAY)
@pytest.mark.parametrize("query", ["", "?state=all&method=phone&age=0&sort=newest&page=1", "?state=approved&q=fjell"])
def test_queue_asks_the_same_questions_of_the_database_for_one_row_and_for_three(query, season, browser, count_queries):
    state = "approved" if "approved" in query else "submitted"
    filled_response(state, season=season)
    SurveyResponse.objects.update(submitted_at=FRIDAY)
    with count_queries(8):
        one = browser.get(QUEUE + query)
    for _ in range(2):
        filled_response(state, season=season)
    SurveyResponse.objects.update(submitted_at=FRIDAY)

    with count_queries(8):
        three = browser.get(QUEUE + query)

    assert (len(keys(one)), len(keys(three))) == (1, 3)


@time_machine.travel(FRIDAY)
def test_queue_says_how_long_reports_have_waited(season, browser):
    for days in (4, 3, 2, 0):
        waiting(season, days=days)
    for state in ("returned", "approved"):
        filled_response(state, season=season)

    answer = browser.get(QUEUE)

    counts = answer.context["counts"]
    assert (counts.late, counts.due, counts.waiting, counts.returned, counts.approved_today) == (1, 1, 4, 1, 1)
    assert [row.deadline.variant for row in answer.context["rows"]] == ["late", "soon", "plain", "plain"]
    assert "4 rapporter venter. Løftet er svar innen 3 virkedager." in text(answer)
    assert answer.context["rows"][0].key in {row.public_id for row in SurveyResponse.objects.all()}


def test_queue_is_cut_into_pages_from_both_ends(season, browser):
    rows = [waiting(season, days=days) for days in range(3)][::-1]
    others = [row.public_id for row in rows]
    with time_machine.travel(FRIDAY), pytest.MonkeyPatch.context() as patch:
        patch.setattr("responses.views.manager.PAGE_SIZE", 1)
        pages = [keys(browser.get(f"{QUEUE}?page={number}")) for number in (1, 2, 3, 99)]
        newest = [keys(browser.get(f"{QUEUE}?page={number}&sort=newest")) for number in (1, 2, 3)]

    assert pages == [[others[0]], [others[1]], [others[2]], [others[2]]]
    assert newest == [[key] for key in others[::-1]]


def test_links_of_the_queue_keep_its_filters(season, browser):
    response = waiting(season)

    answer = browser.get(f"{QUEUE}?method=phone&sort=newest&state=lost")

    assert f'href="{page_of(response)}?method=phone&amp;sort=newest"' in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "Ingen rapporter venter"),
        ("?q=finnes+ikke", "Ingen treff"),
        ("?state=rejected", "Ingen rapporter denne sesongen har denne statusen."),
    ],
)
def test_empty_queue_says_why(query, sentence, season, browser):
    filled_response("approved", season=season)

    answer = browser.get(QUEUE + query)

    assert sentence in text(answer)
    assert answer.context["rows"] == []


def test_without_a_season_there_is_nothing_to_review(browser_of):
    answer = browser_of(UserFactory(manager=True)).get(QUEUE)

    assert "Det finnes ingen sesong ennå" in text(answer)


def test_each_season_has_its_queue_and_the_menu_counts_both(season, browser):
    waiting(season)
    older = season_with_battery(
        organiser=season.organiser, state="closed", code="KSP21", starts_on="2020-11-30", ends_on="2021-03-31"
    )
    rows = [waiting(older) for _ in range(2)]

    answer = browser.get(f"{QUEUE}?season=KSP21")

    assert keys(answer) == [row.public_id for row in rows]
    assert f'href="{page_of(rows[0])}?season=KSP21"' in answer.content.decode()
    assert '<span class="count">3</span>' in answer.content.decode()


def test_other_organisers_reports_are_not_listed(browser_of, season):
    waiting(season)
    other = season_with_battery()

    answer = browser_of(UserFactory(organiser=other.organiser, manager=True)).get(QUEUE)

    assert answer.context["rows"] == []


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.PARTICIPANT])
@pytest.mark.parametrize("page", ["queue", "review", "approve", "return", "reject"])
def test_only_staff_review(role, page, season, browser_of):
    response = waiting(season)
    person = response.observer.user if role == Role.OBSERVER else UserFactory(organiser=season.organiser, role=role)
    address = QUEUE if page == "queue" else decision(response, page)
    browser = browser_of(person)

    answer = browser.get(address) if page in {"queue", "review"} else browser.post(address, {"version": 1})

    assert answer.status_code == 403
    assert "poeng" not in answer.content.decode()
    assert SurveyResponse.objects.get().state == "submitted"


def test_shortcuts_are_offered_to_those_who_have_them_on(season, browser, manager):
    waiting(season)
    with_them = browser.get(QUEUE).content.decode()
    manager.has_shortcuts = False
    manager.save()
    without = browser.get(QUEUE).content.decode()

    assert ("<kbd>" in with_them, 'data-shortcuts="on"' in with_them) == (True, True)
    assert ("<kbd>" in without, 'data-shortcuts="on"' in without) == (False, False)


# One report


@pytest.mark.parametrize("others", [1, 3])
def test_report_is_read_in_ten_queries(others, season, browser, count_queries):
    response = waiting(season)
    question = questionnaire_of(season).by_code["agent_needs"].question
    for _ in range(others):
        waiting(season)
        filled_response(
            "approved", season=season, enrolment=response.enrolment, participant=response.enrolment.participant
        )
        AnswerRevisionFactory(response=response, question=question, after_submission=True)
        ReviewNoteFactory(response=response, question=question)
    browser.get(QUEUE)

    with count_queries(10):
        answer = browser.get(page_of(response))

    assert answer.status_code == 200


def test_report_shows_points_by_area_and_compares(season, browser):
    response = waiting(season)
    filled_response("approved", season=season, enrolment=response.enrolment, participant=response.enrolment.participant)
    other = filled_response("approved", season=season, answered=False)
    SurveyResponse.objects.filter(pk=other.pk).update(observer=response.observer)

    sheet = browser.get(page_of(response)).context["sheet"]

    assert [(area.code, area.points.points, area.points.possible) for area in sheet.areas] == [
        ("waiting", 5, 5),
        ("welcome", 20, 20),
        ("agent", 50, 50),
        ("overall", 25, 25),
        ("cx", 0, 0),
    ]
    assert (sheet.comparison.own, sheet.comparison.participant.score, sheet.comparison.participant.n) == (100, 100, 1)
    assert (sheet.comparison.observer.score, sheet.comparison.observer.n) == (0, 1)


def test_report_shows_history_notes_and_replies(season, browser, manager):
    response = waiting(season)
    asked = questionnaire_of(season).by_code["agent_needs"]
    AnswerRevisionFactory(response=response, question=asked.question, new_option=asked.options[0])
    AnswerRevisionFactory(
        response=response,
        question=asked.question,
        old_option=asked.options[1],
        new_option=asked.options[0],
        after_submission=True,
        reason="Leste feil.",
    )
    ReviewNoteFactory(response=response, question=asked.question, text="Stemmer dette?", reply="Nei, beklager.")
    ReviewNoteFactory(response=response, text="Skriv litt mer.")

    answer = browser.get(page_of(response))

    (shown,) = [one for area in answer.context["sheet"].areas for one in area.answers if one.code == "agent_needs"]
    (change,) = shown.changes
    assert (change.before, change.after, change.reason) == (
        asked.options[1].label,
        asked.options[0].label,
        "Leste feil.",
    )
    assert change.by == str(response.observer.user)
    assert [(note.text, note.reply) for note in shown.notes] == [("Stemmer dette?", "Nei, beklager.")]
    assert [note.text for note in answer.context["sheet"].notes] == ["Skriv litt mer."]
    assert "Nei, beklager." in text(answer)


def test_unanswered_contact_shows_its_attempts_alone(season, browser):
    response = waiting(season)
    unanswered = filled_response("submitted", season=season, answered=False)

    answer = browser.get(page_of(unanswered))

    sheet = answer.context["sheet"]
    assert [[one.answer for one in area.answers] for area in sheet.areas] == [["Ikke svar"]]
    assert ([line.waited for line in sheet.attempts], sheet.comparison.own) == ([300, 300], 0)
    assert (sheet.outcome_words, answer.context["next"]) == ("ikke svar", response.public_id)


@pytest.mark.parametrize(("state", "moves"), [("approved", []), ("returned", ["reject"]), ("rejected", [])])
def test_decided_report_says_who_decided_and_offers_what_is_open(state, moves, season, browser):
    response = filled_response(state, season=season)

    answer = browser.get(page_of(response))

    assert [name for name, is_open in answer.context["sheet"].moves.items() if is_open] == moves
    assert str(response.reviewed_by) in text(answer)
    assert ("formaction" in answer.content.decode()) == bool(moves)


def test_draft_and_foreign_reports_are_not_found(season, browser, browser_of):
    foreigner = browser_of(UserFactory(organiser=season_with_battery().organiser, manager=True))

    assert browser.get(page_of(filled_response("draft", season=season))).status_code == 404
    assert foreigner.get(page_of(waiting(season))).status_code == 404


def test_own_contact_is_neither_read_nor_next(season, browser, manager):
    own, other = waiting(season, days=1), waiting(season)
    Observer.objects.filter(pk=own.observer_id).update(user=manager)

    assert browser.get(page_of(own)).status_code == 403
    assert browser.get(page_of(other)).context["next"] is None


def test_next_report_is_in_the_same_view_and_after_the_last_comes_the_first(season, browser):
    first, second, third = (waiting(season, days=days, method="chat" if days else "phone") for days in (3, 2, 0))

    def following(response, query=""):
        return browser.get(page_of(response) + query).context["next"]

    assert [following(one) for one in (first, second, third)] == [second.public_id, third.public_id, first.public_id]
    assert following(first, "?sort=newest") == third.public_id
    assert following(second, "?method=chat") == first.public_id
    assert following(first, "?method=phone") == third.public_id
    approved = filled_response("approved", season=season)
    assert following(first, "?state=approved&sort=decided") == approved.public_id


@pytest.mark.parametrize(
    ("delivered", "week", "grade"),
    [
        ("2021-12-01T15:00", "2021-W48", 4),
        ("2021-12-03T15:00", "2021-W48", 2),
        ("2021-12-01T15:00", "2021-W47", 1),
        ("2021-12-30T15:00", "2021-W48", 0),
    ],
)
def test_punctuality_is_suggested_from_contact_week_and_delivery(delivered, week, grade, season, browser):
    response = waiting(season)
    moment = datetime.fromisoformat(delivered).replace(tzinfo=UTC)
    SurveyResponse.objects.update(first_submitted_at=moment, week=week)

    suggested = browser.get(page_of(response)).context["sheet"].suggested

    assert suggested == {"content": 3, "instructions": 3, "language": 3, "punctuality": grade}


def test_unanswered_email_is_on_time_after_the_last_working_day(season, browser):
    response = filled_response("submitted", season=season, answered=False, method="email")
    SurveyResponse.objects.update(first_submitted_at=datetime(2021, 12, 4, 9, 0, tzinfo=UTC))

    assert browser.get(page_of(response)).context["sheet"].suggested["punctuality"] == 4


def test_report_without_attempts_suggests_what_is_usual(season, browser):
    response = waiting(season)
    response.attempts.all().delete()

    sheet = browser.get(page_of(response)).context["sheet"]

    assert (sheet.suggested["punctuality"], sheet.outcome_words) == (3, "ikke ferdig")


@pytest.mark.parametrize(
    ("method", "minutes", "words"),
    [
        ("phone", 2, "svar i 1. forsøk etter 2 min"),
        ("email", 2, "svar på 1. virkedag"),
        ("messenger", 45, "svar etter grensen, men før 2. forsøk"),
    ],
)
def test_outcome_of_the_attempts_is_said_in_words(method, minutes, words, season, browser):
    response = waiting(season, method=method)
    attempt = response.attempts.get()
    response.attempts.update(
        answered_at=attempt.started_at + timedelta(minutes=minutes), ended_at=attempt.started_at + timedelta(hours=1)
    )

    sheet = browser.get(page_of(response)).context["sheet"]

    assert sheet.outcome_words.replace("\u00a0", " ") == words
    assert (sheet.attempts[0].waited, sheet.attempts[0].lasted) == (60 * minutes, 3600 - 60 * minutes)
