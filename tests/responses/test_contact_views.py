import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from ksp.accounts.models import AuditEvent
from participants.models import Season
from participants.workflow import SeasonState
from responses.models import AttemptOutcome, ContactAttempt, SurveyResponse
from responses.workflow import ReportState
from tests.factories.assignments import AssignmentFactory
from tests.factories.participants import ContactChannelFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import ContactAttemptFactory, SurveyResponseFactory, filled_response

pytestmark = pytest.mark.django_db


def at(text):
    return datetime.fromisoformat(f"{text}+01:00")


WEDNESDAY = at("2021-12-01T13:04:10")


@pytest.fixture
def draft(time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)
    return SurveyResponseFactory(assignment=AssignmentFactory(accepted=True, season=season_with_battery()))


@pytest.fixture
def browser(draft, browser_of):
    return browser_of(draft.observer.user)


def of_method(draft, method):
    draft.method = method
    draft.save()
    return draft


def post(browser, name, response, **data):
    return browser.post(reverse(f"responses:{name}", args=[response.public_id]), data)


def page(browser, response):
    html = browser.get(reverse("responses:contact", args=[response.public_id])).content.decode()
    return " ".join(html.replace("\xa0", " ").split())


def times(prefix="register", **values):
    typed = {"started_on": "1.12.2021", "started_at": "12.00", "result": "answered", "answered_at": "12.02.14"}
    return {f"{prefix}-{name}": value for name, value in (typed | values).items()}


# Beginning


def test_contact_of_an_accepted_assignment_is_begun_once(draft, browser):
    assignment = AssignmentFactory(accepted=True, season=draft.season, observer=draft.observer)
    address = reverse("responses:start_contact", args=[assignment.public_id])

    answers = [browser.post(address) for _time in range(2)]

    response = SurveyResponse.objects.get(assignment=assignment)
    assert [answer.url for answer in answers] == [reverse("responses:contact", args=[response.public_id])] * 2


def test_contact_that_is_only_offered_is_not_begun(draft, browser):
    assignment = AssignmentFactory(offered=True, season=draft.season, observer=draft.observer)

    answer = browser.post(reverse("responses:start_contact", args=[assignment.public_id]), follow=True)

    assert "Ta det før du starter." in answer.content.decode()
    assert not SurveyResponse.objects.filter(assignment=assignment).exists()


def test_contact_of_a_class_that_is_paused_is_not_begun(draft, browser):
    assignment = AssignmentFactory(
        accepted=True,
        season=draft.season,
        observer=draft.observer,
        enrolment__award_class__name="Strøm",
        enrolment__award_class__paused_at=WEDNESDAY,
    )

    answer = browser.post(reverse("responses:start_contact", args=[assignment.public_id]), follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "Klassen «Strøm» er satt på pause. Vent til den går videre før du tar kontakten."
    ]
    assert not SurveyResponse.objects.filter(assignment=assignment).exists()


def test_contact_page_needs_the_same_queries_with_one_and_two_attempts(draft, browser, count_queries):
    page(browser, draft)

    for number in (1, 2):
        ContactAttemptFactory(response=draft, number=number, started_at=WEDNESDAY - timedelta(days=3 - number))
        with count_queries(5):
            page(browser, draft)


def test_number_can_be_called_with_one_tap(draft, browser):
    ContactChannelFactory(enrolment=draft.enrolment, address="20 12 34 56")

    assert 'href="tel:20123456"' in page(browser, draft)


# With the clock


def test_clock_runs_from_the_servers_time_and_survives_a_reload(draft, browser, time_machine):
    post(browser, "start_attempt", draft)
    time_machine.shift(134)

    html = page(browser, draft)

    assert re.search(r'role="timer"[^>]*data-left="166" data-whole="300"', html)
    assert "Tid igjen: 2 min 46 s" in html
    assert "Start lagret kl. 13.04.10" in html


def test_answer_stops_the_clock_and_the_outcome_is_said_in_words(draft, browser, time_machine):
    post(browser, "start_attempt", draft)
    time_machine.shift(134)

    post(browser, "end_attempt", draft, result="answered")

    attempt = draft.attempts.get()
    html = page(browser, draft)
    assert (attempt.outcome, attempt.is_typed) == (AttemptOutcome.ANSWERED, False)
    assert "Svar etter 2 min 14 s i 1. forsøk" in html
    assert reverse("responses:form", args=[draft.public_id]) in html


def test_double_tap_stops_the_clock_once(draft, browser, time_machine):
    post(browser, "start_attempt", draft)
    time_machine.shift(60)
    post(browser, "end_attempt", draft, result="answered")
    time_machine.shift(1)

    post(browser, "end_attempt", draft, result="no_answer")

    assert draft.attempts.get().answered_at == WEDNESDAY + timedelta(seconds=60)


def test_second_tap_starts_no_second_clock(draft, browser):
    answers = [browser.post(reverse("responses:start_attempt", args=[draft.public_id]), follow=True) for _tap in "ab"]

    assert "Det trengs ikke flere forsøk nå." in answers[1].content.decode()
    assert draft.attempts.count() == 1


def test_no_answer_asks_for_a_second_attempt_on_another_day(draft, browser, time_machine):
    post(browser, "start_attempt", draft)
    time_machine.shift(300)

    post(browser, "end_attempt", draft, result="no_answer")

    html = page(browser, draft)
    assert "Du kan ringe igjen i morgen fra kl. 09.00." in html
    assert reverse("responses:start_attempt", args=[draft.public_id]) not in html
    assert reverse("responses:register_attempt", args=[draft.public_id]) in html


def test_two_attempts_without_an_answer_are_handed_in_without_questions(draft, browser, time_machine):
    for _day in range(2):
        post(browser, "start_attempt", draft)
        time_machine.shift(400)
        post(browser, "end_attempt", draft, result="no_answer")
        time_machine.shift(24 * 3600 - 400)

    assert "Ikke svar i noen av forsøkene" in page(browser, draft)
    answer = post(browser, "submit", draft, key="one")
    draft.refresh_from_db()
    assert answer.status_code == 302
    assert (draft.state, draft.is_answered) == (ReportState.SUBMITTED, False)


@pytest.mark.parametrize(
    ("now", "method", "sentence"),
    [
        ("2021-12-01T08:15:00", "phone", "Du kan ringe igjen i dag fra kl. 09.00."),
        ("2021-12-03T15:00:00", "phone", "Du kan ringe igjen mandag 6. desember fra kl. 09.00."),
        ("2021-12-04T11:00:00", "chat", "Du kan skrive mandag 6. desember fra kl. 09.00."),
        ("2021-12-01T12:00:00", "email", "Du kan sende i morgen fra kl. 09.00."),
        ("2021-12-10T12:30:00", "email", "Du kan sende mandag 13. desember fra kl. 09.00."),
    ],
)
def test_outside_the_hours_the_clock_waits_but_times_can_be_typed(draft, browser, time_machine, now, method, sentence):
    of_method(draft, method)
    time_machine.move_to(at(now), tick=False)

    html = page(browser, draft)
    refused = browser.post(reverse("responses:start_attempt", args=[draft.public_id]), follow=True)

    assert sentence in html
    assert reverse("responses:start_attempt", args=[draft.public_id]) not in html
    assert reverse("responses:register_attempt", args=[draft.public_id]) in html
    assert "ds-alert message" in refused.content.decode()
    assert not draft.attempts.exists()


# Times that are typed


def test_attempt_is_registered_afterwards(draft, browser):
    answer = post(browser, "register_attempt", draft, **times())

    attempt = draft.attempts.get()
    assert answer.status_code == 302
    assert (attempt.started_at, attempt.answered_at) == (at("2021-12-01T12:00:00"), at("2021-12-01T12:02:14"))
    assert attempt.is_typed
    assert "Svar etter 2 min 14 s i 1. forsøk" in page(browser, draft)


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"started_on": "i går"}, 400, "Skriv datoen slik: 1.12.2021."),
        ({"started_at": "25.70"}, 400, "Skriv tiden slik: 13.04, eller 13.04.10 med sekunder."),
        ({"answered_at": ""}, 400, "Skriv når du fikk svar."),
        ({"result": ""}, 400, "Velg hvordan det endte."),
        ({"started_at": "13.10", "answered_at": "13.11"}, 409, "Tiden ligger fram i tid."),
        ({"answered_at": "11.59"}, 409, "Svaret kommer før starten."),
        ({"started_on": "28.11.2021"}, 409, "Kontakter tas mandag til fredag."),
        ({"started_at": "08.30", "answered_at": "08.31"}, 409, "Kontakter tas mellom kl. 09.00 og 15.00."),
    ],
)
def test_wrong_times_are_refused_in_plain_words_and_kept(draft, browser, typed, status, words):
    answer = post(browser, "register_attempt", draft, **times(**typed))

    html = answer.content.decode()
    assert answer.status_code == status
    assert words in html
    assert all(f'value="{value}"' in html for value in typed.values() if value and value[0].isdigit())
    assert not draft.attempts.exists()


@pytest.mark.parametrize("written", ["12:00", "12.00.00", "1200", "12:00:00"])
def test_times_are_read_as_people_write_them(draft, browser, written):
    post(browser, "register_attempt", draft, **times(started_at=written, started_on="01.12.21"))

    assert draft.attempts.get().started_at == at("2021-12-01T12:00:00")


def test_unanswered_attempt_that_is_typed_ends_with_its_limit(draft, browser):
    post(browser, "register_attempt", draft, **times(result="no_answer", answered_at=""))

    assert draft.attempts.get().ended_at == at("2021-12-01T12:05:00")


def test_latest_attempt_is_corrected_and_the_old_times_are_logged(draft, browser, time_machine):
    post(browser, "start_attempt", draft)
    time_machine.shift(30)
    post(browser, "end_attempt", draft, result="answered")

    post(browser, "correct_attempt", draft, **times("correct", started_at="13.04.00", answered_at="13.04.20"))

    attempt = draft.attempts.get()
    assert (attempt.started_at, attempt.answered_at) == (at("2021-12-01T13:04:00"), at("2021-12-01T13:04:20"))
    assert AuditEvent.objects.filter(verb="attempt.corrected").count() == 1


def test_wrong_correction_is_refused_and_changes_nothing(draft, browser):
    ContactAttemptFactory(response=draft, started_at=at("2021-12-01T12:00:00"))

    answer = post(browser, "correct_attempt", draft, **times("correct", answered_at="11.00"))

    assert answer.status_code == 409
    assert "Svaret kommer før starten." in answer.content.decode()
    assert ContactAttempt.objects.get().answered_at is None


# E-mail and Messenger


def test_email_waits_for_three_working_days(draft, browser, time_machine):
    of_method(draft, "email")
    time_machine.move_to(at("2021-12-01T09:30:00"), tick=False)
    post(browser, "start_attempt", draft)

    waiting = page(browser, draft)
    time_machine.move_to(at("2021-12-02T16:00:00"), tick=False)
    typed = times("correct", started_at="09.30", answered_on="2.12.2021", answered_at="10.15")
    post(browser, "correct_attempt", draft, **typed)

    assert "Svar regnes til og med fredag 3. desember." in waiting
    assert "Svar den 2. arbeidsdagen" in page(browser, draft)


def test_email_that_was_sent_is_registered_before_it_is_answered(draft, browser):
    of_method(draft, "email")

    post(browser, "register_attempt", draft, **times(result="running", started_at="09.15", answered_at=""))

    assert draft.attempts.get().outcome == AttemptOutcome.RUNNING
    assert "Svar regnes til og med fredag 3. desember." in page(browser, draft)


def test_answer_by_email_needs_its_day(draft, browser):
    of_method(draft, "email")

    answer = post(browser, "register_attempt", draft, **times(started_at="09.15"))

    assert answer.status_code == 400
    assert "Skriv hvilken dag du fikk svar." in answer.content.decode()


def test_email_without_an_answer_is_over_after_its_last_day(draft, browser, time_machine):
    of_method(draft, "email")
    ContactAttemptFactory(response=draft, started_at=at("2021-12-01T09:30:00"))
    time_machine.move_to(at("2021-12-04T00:00:01"), tick=False)

    assert "Ikke svar innen fristen" in page(browser, draft)


def test_late_answer_on_messenger_counts_before_a_second_attempt(draft, browser):
    of_method(draft, "messenger")
    ContactAttemptFactory(response=draft, started_at=at("2021-12-01T12:00:00"))

    before = page(browser, draft)
    post(browser, "correct_attempt", draft, **times("correct", answered_at="12.42"))

    assert "regnes det som sent svar" in before
    assert "Svar etter 42 min, før andre forsøk" in page(browser, draft)


# Who, and when


@pytest.mark.parametrize("name", ["start_attempt", "end_attempt", "register_attempt", "correct_attempt"])
def test_nobody_else_touches_the_attempts(draft, browser_of, name):
    other = SurveyResponseFactory(assignment=AssignmentFactory(accepted=True, season=draft.season))
    ContactAttemptFactory(response=draft, started_at=at("2021-12-01T12:00:00"))

    answer = post(browser_of(other.observer.user), name, draft, **times(), **times("correct"), result="answered")

    assert answer.status_code == 404
    assert ContactAttempt.objects.get().outcome == AttemptOutcome.RUNNING


def test_report_that_is_handed_in_shows_its_attempts_and_no_buttons(browser_of):
    response = filled_response(ReportState.SUBMITTED)

    html = page(browser_of(response.observer.user), response)

    assert "Svar etter 20 s i 1. forsøk" in html
    assert re.findall(r'<form[^>]*action="(/observer[^"]*)"', html) == []


def test_paused_season_starts_no_clock(draft, browser):
    Season.objects.filter(pk=draft.season_id).update(state=SeasonState.PAUSED, pause_reason="Stengt.")

    post(browser, "start_attempt", draft)

    assert not draft.attempts.exists()
    assert reverse("responses:start_attempt", args=[draft.public_id]) not in page(browser, draft)
