"""Correcting an approved report: who may, what is refused, and what is true afterwards."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from ksp.accounts.models import AuditEvent, Role
from ksp.accounts.verbs import VERBS
from ksp.lib.workflow import TransitionNotAllowed
from observers.models import Observer
from participants.models import Season
from responses.models import Answer, AnswerRevision, SurveyResponse
from responses.points import packed_score, table_of
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.packing import unpack
from responses.questionnaires.selectors import questionnaire_of
from responses.services import CorrectionRefused, ReportChanged, UnknownAnswer, correct_answers
from responses.workflow import CORRECT, ReportState
from scoring.models import RecomputeOwed, ResponseScore
from scoring.services import settle_owed_recomputes
from tests.factories.accounts import UserFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response
from tests.responses.review_pages import page_of, text

pytestmark = pytest.mark.django_db

REASON = "Innsigelse gitt medhold: kunden ble spurt om behov."
# Who asks: the report's own observer, another one, and everybody else at the organiser, or at another one.
PEOPLE = ("author", "observer", "manager", "administrator", "participant", "foreign manager", "closed manager", "own")


@pytest.fixture
def season():
    return season_with_battery(code="KSP22")


@pytest.fixture
def manager(season):
    return UserFactory(organiser=season.organiser, manager=True, name="Marte Hovde", language="nb")


@pytest.fixture
def approved(season):
    return filled_response("approved", season=season)


@pytest.fixture
def browser(browser_of, manager):
    return browser_of(manager)


def asked(season, code):
    return questionnaire_of(season).by_code[code]


def second(season, code):
    """Return the code of a question's second option; every factory report has the first."""
    return asked(season, code).options[1].code


def address(response):
    return reverse("responses:correct", args=[response.public_id])


def somebody(name, response):
    organiser = response.season.organiser
    if name == "own":
        own = UserFactory(organiser=organiser, manager=True)
        Observer.objects.filter(pk=response.observer_id).update(user=own)
        return own
    return {
        "author": lambda: response.observer.user,
        "observer": lambda: UserFactory(organiser=organiser, role=Role.OBSERVER),
        "manager": lambda: UserFactory(organiser=organiser, role=Role.MANAGER),
        "administrator": lambda: UserFactory(organiser=organiser, role=Role.ADMINISTRATOR),
        "participant": lambda: UserFactory(organiser=organiser, role=Role.PARTICIPANT),
        "foreign manager": lambda: UserFactory(role=Role.MANAGER),
        "closed manager": lambda: UserFactory(organiser=organiser, role=Role.MANAGER, is_active=False),
    }[name]()


def written():
    """Return all that a correction writes."""
    reports = [(row.pk, row.version, bytes(row.packed or b"")) for row in SurveyResponse.objects.order_by("pk")]
    answers = list(Answer.objects.order_by("pk").values_list("pk", "option", "version"))
    return reports, answers, AnswerRevision.objects.count(), AuditEvent.objects.count(), RecomputeOwed.objects.count()


# The service


def expected(state, person):
    if person not in {"manager", "administrator"}:
        return PermissionDenied
    return "approved" if state == "approved" else TransitionNotAllowed


@pytest.mark.parametrize(("state", "person"), list(product(ReportState.values, PEOPLE)))
def test_correction_starts_from_approved_by_the_organisers_managers_and_nobody_corrects_the_own(state, person, season):
    response = filled_response(state, season=season)
    by = somebody(person, response)
    before, wanted = written(), expected(state, person)

    if wanted == "approved":
        corrected = correct_answers(response.pk, answers={"nps": second(season, "nps")}, reason=REASON, by=by)
        assert (corrected.state, corrected.version) == ("approved", response.version + 1)
    else:
        with pytest.raises(wanted):
            correct_answers(response.pk, answers={"nps": second(season, "nps")}, reason=REASON, by=by)
        assert written() == before


@pytest.mark.parametrize("kind", [QuestionKind.SCORED, QuestionKind.UNSCORED, QuestionKind.CX])
def test_correction_changes_answer_history_packed_form_and_nothing_else(kind, season, approved, manager):
    item = next(one for one in questionnaire_of(season).for_method("phone") if one.question.kind == kind)
    place = questionnaire_of(season).asked.index(item)
    before = unpack(approved.packed)

    correct_answers(approved.pk, answers={item.question.code: item.options[1].code}, reason=REASON, by=manager)

    approved.refresh_from_db()
    answer = approved.answers.get(question=item.question)
    assert (answer.option, answer.version, approved.version) == (item.options[1], 2, 2)
    assert unpack(approved.packed) == [*before[:place], 1, *before[place + 1 :]]
    (kept,) = approved.revisions.all()
    assert (kept.question, kept.old_option, kept.new_option) == (item.question, item.options[0], item.options[1])
    assert (kept.changed_by, kept.reason, kept.after_submission) == (manager, REASON, True)
    (event,) = AuditEvent.objects.filter(verb="response.corrected")
    code, (old, new) = item.question.code, (item.options[0].code, item.options[1].code)
    assert event.detail == {"before": {code: old, "reason": None}, "after": {code: new, "reason": REASON}}
    assert CORRECT.verb in VERBS


def test_answer_taken_away_no_longer_counts(season, approved, manager):
    table = table_of(questionnaire_of(season).asked)
    code = "agent_needs"
    worst = asked(season, code).options[-1].code
    correct_answers(approved.pk, answers={code: worst}, reason=REASON, by=manager)
    approved.refresh_from_db()
    lowered = packed_score(table, unpack(approved.packed))

    correct_answers(approved.pk, answers={code: None}, reason="Spørsmålet ble aldri aktuelt.", by=manager)

    approved.refresh_from_db()
    assert approved.answers.get(question__code=code).option is None
    assert (lowered < 100, packed_score(table, unpack(approved.packed))) == (True, 100)
    assert [kept.new_option_id for kept in approved.revisions.all()][-1] is None


def test_answer_that_was_missing_can_be_given(season, approved, manager):
    approved.answers.filter(question__code="nps").delete()

    correct_answers(approved.pk, answers={"nps": second(season, "nps")}, reason=REASON, by=manager)

    (kept,) = approved.revisions.all()
    assert (kept.old_option, kept.new_option) == (None, asked(season, "nps").options[1])


def test_correction_owes_the_scores_and_they_follow(season, manager, django_capture_on_commit_callbacks):
    approved = filled_response("approved", season=season)
    code, worst = "agent_needs", asked(season, "agent_needs").options[-1].code

    with django_capture_on_commit_callbacks() as committed:
        correct_answers(approved.pk, answers={code: worst}, reason=REASON, by=manager)

    assert list(RecomputeOwed.objects.values_list("season", "enrolment")) == [(season.pk, approved.enrolment_id)]
    assert len(committed) == 1
    settle_owed_recomputes()
    stored = ResponseScore.objects.get(response=approved)
    approved.refresh_from_db()
    assert stored.score == packed_score(table_of(questionnaire_of(season).asked), unpack(approved.packed)) < 100


@pytest.mark.parametrize(
    ("asking", "error", "words"),
    [
        (({"nps": "other"}, "", None), CorrectionRefused, "Skriv hvorfor"),
        (({"nps": "other"}, "  \n", None), CorrectionRefused, "Skriv hvorfor"),
        (({"nps": "other"}, "x" * 301, None), CorrectionRefused, "301 tegn"),
        (({"nps": "other"}, REASON, 7), ReportChanged, "siden du åpnet den"),
        (({"nps": "same"}, REASON, None), CorrectionRefused, "allerede"),
        (({}, REASON, None), CorrectionRefused, "allerede"),
        (({"nps": "eleven"}, REASON, None), UnknownAnswer, "ikke et slikt svar"),
        (({"nps": "other", "no_such": "yes"}, REASON, None), UnknownAnswer, "ikke med i rapporten"),
        (({"nps": "other", "written": "other"}, REASON, None), UnknownAnswer, "ikke med i rapporten"),
        (({"nps": "other", "waiting": "other"}, REASON, None), CorrectionRefused, "kontaktforsøkene"),
        (({"nps": "other", "comment": "Bedre ord."}, REASON, None), CorrectionRefused, "egne ord"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_refused_correction_says_why_and_writes_nothing(asking, error, words, season, approved):
    answers, reason, version = asking
    manager = UserFactory(organiser=season.organiser, manager=True)
    phone, everything = questionnaire_of(season).for_method("phone"), questionnaire_of(season).asked
    codes = {
        "waiting": next(one.question.code for one in phone if one.question.kind == QuestionKind.WAITING),
        "comment": next(one.question.code for one in phone if one.question.kind == QuestionKind.COMMENT),
        "written": next(
            one.question.code
            for one in everything
            if "phone" not in one.question.methods and one.question.kind == QuestionKind.SCORED
        ),
    }
    values = {"other": second(season, "nps"), "same": asked(season, "nps").options[0].code}
    wanted = {codes.get(code, code): values.get(value, value) for code, value in answers.items()}
    before = written()

    with pytest.raises(error) as refused:
        correct_answers(approved.pk, answers=wanted, reason=reason, version=version, by=manager)

    assert words in str(refused.value)
    assert written() == before


def test_contact_that_nobody_answered_has_nothing_to_correct(season, manager):
    response = filled_response("approved", season=season, answered=False)
    before = written()

    with pytest.raises(CorrectionRefused, match="Ingen svarte"):
        correct_answers(response.pk, answers={"nps": second(season, "nps")}, reason=REASON, by=manager)

    assert written() == before


# The page


def test_page_shows_every_answer_that_can_be_corrected(season, approved, browser):
    answer = browser.get(address(approved))

    shown = [question for area in answer.context["areas"] for question in area.questions]
    phone = list(enumerate(questionnaire_of(season).for_method("phone"), start=1))
    kinds = {QuestionKind.SCORED, QuestionKind.UNSCORED, QuestionKind.CX}
    assert [(one.number, one.answer) for one in shown] == [
        (number, item.options[0].label) for number, item in phone if item.question.kind in kinds
    ]
    assert "publisert" not in text(answer)


@pytest.mark.parametrize("others", [1, 3])
def test_page_is_read_in_five_queries(others, season, approved, browser, manager, count_queries):
    for place in range(others):
        filled_response("approved", season=season)
        option = asked(season, "nps").options[place + 1].code
        correct_answers(approved.pk, answers={"nps": option}, reason=REASON, by=manager)
    browser.get("/review/")

    with count_queries(5):
        answer = browser.get(address(approved))

    assert answer.status_code == 200


def test_correction_leads_back_to_the_report_which_tells_it(season, approved, browser):
    shown = browser.get(address(approved) + "?state=approved")
    form = {"version": shown.context["version"], "answer-nps": second(season, "nps"), "reason": REASON}

    saved = browser.post(address(approved) + "?state=approved", form)

    assert (saved.status_code, saved.url) == (302, f"{page_of(approved)}?state=approved")
    report = browser.get(saved.url)
    (one,) = [one for area in report.context["sheet"].areas for one in area.answers if one.changes]
    (change,) = one.changes
    options = asked(season, "nps").options
    assert (one.code, change.before, change.after) == ("nps", options[0].label, options[1].label)
    assert (change.by, change.reason) == ("Marte Hovde", REASON)
    assert f"{approved.code} er rettet" in text(report)


def test_observer_reads_the_correction_and_nothing_of_points(season, approved, manager, browser_of):
    code = "agent_needs"
    correct_answers(approved.pk, answers={code: second(season, code)}, reason=REASON, by=manager)

    page = browser_of(approved.observer.user).get(reverse("responses:form", args=[approved.public_id]))

    (row,) = [row for row in page.context["sheet"].rows if row.changes]
    (change,) = row.changes
    options = asked(season, code).options
    assert (row.question.code, change.before, change.after) == (code, options[0].label, options[1].label)
    words = text(page)
    assert (REASON in words, "Marte Hovde" in words) == (True, True)
    assert "poeng" not in page.content.decode().lower()


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"reason": ""}, 422, "Skriv hvorfor"),
        ({"answer-nps": ""}, 422, "Velg et nytt svar"),
        ({"answer-nps": "eleven"}, 422, "gyldig valg"),
        ({"version": "9"}, 409, "siden du åpnet den"),
        ({"answer-nps": "same"}, 422, "allerede"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_refused_page_keeps_what_was_typed_and_writes_nothing(fields, status, words, season, approved, browser):
    form = {"version": "1", "answer-nps": second(season, "nps"), "answer-csat": "", "reason": REASON, **fields}
    if form["answer-nps"] == "same":
        form["answer-nps"] = asked(season, "nps").options[0].code
    before = written()

    answer = browser.post(address(approved), form)

    assert (answer.status_code, answer.context["form"]["reason"].value()) == (status, form["reason"])
    assert words in text(answer)
    assert 'name="version" value="1"' in answer.content.decode()
    assert written() == before


def test_published_season_warns_of_a_new_version(season, approved, browser):
    Season.objects.filter(pk=season.pk).update(state="published", published_at=timezone.now())

    assert "ny, nummerert versjon" in text(browser.get(address(approved)))


@pytest.mark.parametrize(
    ("state", "answered", "words"),
    [("submitted", True, "Bare en godkjent rapport"), ("approved", False, "Ingen svarte")],
)
def test_report_that_cannot_be_corrected_leads_back_and_says_why(state, answered, words, season, browser):
    response = filled_response(state, season=season, answered=answered)

    answer = browser.get(address(response), follow=True)

    assert answer.redirect_chain == [(page_of(response), 302)]
    assert words in text(answer)


@pytest.mark.parametrize(
    ("state", "answered", "is_offered"),
    [("approved", True, True), ("approved", False, False), ("submitted", True, False), ("returned", True, False)],
)
def test_button_is_offered_where_the_page_would_open(state, answered, is_offered, season, browser):
    response = filled_response(state, season=season, answered=answered)

    assert (address(response) in browser.get(page_of(response)).content.decode()) == is_offered


@pytest.mark.parametrize(
    ("person", "status"),
    [("author", 403), ("participant", 403), ("foreign manager", 404), ("own", 403), ("administrator", 200)],
)
def test_page_opens_for_whoever_may_correct(person, status, approved, browser_of):
    browser = browser_of(somebody(person, approved))

    assert browser.get(address(approved)).status_code == status


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_of_two_corrections_at_once_wins_and_the_other_is_told():
    approved = filled_response("approved", season=season_with_battery())
    managers = [UserFactory(organiser=approved.season.organiser, manager=True) for _ in range(2)]
    codes = [option.code for option in asked(approved.season, "nps").options[1:3]]
    barrier = Barrier(2)

    def attempt(by, code):
        barrier.wait(timeout=10)
        try:
            correct_answers(approved.pk, answers={"nps": code}, reason=REASON, version=1, by=by)
        except ReportChanged:
            return "told"
        finally:
            connection.close()
        return code

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(attempt, managers, codes))

    (won,) = set(ended) - {"told"}
    approved.refresh_from_db()
    assert (sorted(ended), approved.version) == (sorted([won, "told"]), 2)
    assert approved.answers.get(question__code="nps").option.code == won
    assert [kept.new_option.code for kept in approved.revisions.all()] == [won]
