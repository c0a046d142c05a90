"""Approving, returning and rejecting: what is written, who is told, and what is refused."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils.translation import override

from assignments.models import Assignment
from assignments.plans.models import PlanProposal
from ksp.accounts.models import AuditEvent, OwedMail
from ksp.lib.workflow import TransitionNotAllowed
from observers.models import Observer
from responses.models import Grade, ReviewNote, SurveyResponse
from responses.services import ReportChanged, approve_response, reject_response, return_response
from responses.services.reviewing import GradeIncomplete, NothingAsked
from scoring.models import RecomputeOwed
from tests.factories.accounts import SystemUserFactory, UserFactory
from tests.factories.responses import GradeFactory, filled_response

pytestmark = pytest.mark.django_db

GRADE = {"content": 4, "instructions": 3, "language": 2, "punctuality": 1}
NOON = datetime(2021, 12, 3, 11, 0, tzinfo=UTC)


@pytest.fixture
def report():
    return filled_response("submitted")


@pytest.fixture
def manager(report):
    return UserFactory(organiser=report.season.organiser, manager=True, name="Ola Lie")


def written():
    """Return everything that a decision could have written."""
    response = SurveyResponse.objects.get()
    return (
        (response.state, response.version, response.reviewed_at, response.reviewed_by, response.verdict),
        Grade.objects.count(),
        ReviewNote.objects.count(),
        Assignment.objects.count(),
        OwedMail.objects.count(),
        RecomputeOwed.objects.count(),
        AuditEvent.objects.count(),
    )


def test_approved_report_is_graded_and_its_scores_are_owed(report, manager):
    approve_response(report.pk, version=report.version, grade=GRADE, now=NOON, by=manager)

    report.refresh_from_db()
    assert (report.state, report.version, report.verdict) == ("approved", 2, "")
    assert (report.reviewed_at, report.reviewed_by) == (NOON, manager)
    assert Grade.objects.values(*GRADE).get() == GRADE
    assert RecomputeOwed.objects.values_list("enrolment", flat=True).get() == report.enrolment_id
    assert OwedMail.objects.count() == 0


def test_grade_makes_the_observers_internal_score(report, manager):
    season = report.season
    season.stored_settings = {"graded_reports": 2}
    season.save()
    for content in (0, 4):
        other = filled_response("approved", season=season, with_observer=False, observer=report.observer)
        SurveyResponse.objects.filter(pk=other.pk).update(
            submitted_at=datetime(2021, 11, 29 + content // 4, tzinfo=UTC)
        )
        Grade.objects.filter(pk=other.pk).update(content=content, instructions=4, language=4, punctuality=4)

    approve_response(report.pk, grade=GRADE, by=manager)

    # Of the two latest: this one, 40*4 + 30*3 + 15*2 + 15*1 of 400, and one of full marks.
    assert Observer.objects.get(pk=report.observer_id).internal_score == pytest.approx((295 / 400 * 100 + 100) / 2)


@pytest.mark.parametrize("grade", [{}, GRADE | {"content": 5}, GRADE | {"language": -1}, {**GRADE, "punctuality": -5}])
def test_half_a_grade_approves_nothing(grade, report, manager):
    before = written()

    with pytest.raises(GradeIncomplete):
        approve_response(report.pk, grade=grade, by=manager)

    assert written() == before


def test_returned_report_holds_what_is_asked_and_a_mail_is_owed(report, manager):
    with override("en"):
        notes = {"agent_needs": " Stemmer dette? ", "agent_plain": "  ", "no-such-question": "Hei"}
        return_response(report.pk, version=1, notes=notes, note="Skriv litt mer. ", now=NOON, by=manager)

    report.refresh_from_db()
    assert (report.state, report.verdict, report.reviewed_at) == ("returned", "Skriv litt mer.", NOON)
    assert list(report.notes.values_list("question__code", "text", "written_by", "written_at")) == [
        ("agent_needs", "Stemmer dette?", manager.pk, NOON),
        (None, "Skriv litt mer.", manager.pk, NOON),
    ]
    mail = OwedMail.objects.get()
    assert mail.to == report.observer.user.email
    assert str(report.public_id) in mail.body
    assert manager.name not in mail.subject + mail.body


@pytest.mark.parametrize(
    ("notes", "note"), [({}, ""), ({"agent_needs": " "}, " \n"), ({"no-such-question": "Hei"}, "")]
)
def test_report_is_not_returned_without_a_word(notes, note, report, manager):
    before = written()

    with pytest.raises(NothingAsked):
        return_response(report.pk, notes=notes, note=note, by=manager)

    assert written() == before


def test_rejected_contact_is_planned_anew_for_somebody_else(report, manager):
    reject_response(report.pk, version=1, reason=" Feil kundesenter. ", now=NOON, by=manager)

    report.refresh_from_db()
    fresh = Assignment.objects.get(replaces=report.assignment)
    assert (report.state, report.verdict) == ("rejected", "Feil kundesenter.")
    assert (fresh.state, fresh.observer, fresh.enrolment_id) == ("planned", None, report.enrolment_id)
    assert "Feil kundesenter." in OwedMail.objects.get().body
    assert RecomputeOwed.objects.count() == 0


def test_rejected_contact_asks_for_a_repair_of_the_plan(report, manager):
    SystemUserFactory(organiser=report.season.organiser)

    reject_response(report.pk, reason="Feil kundesenter.", by=manager)

    assert PlanProposal.objects.get().occasion == "A report was rejected"


def test_report_is_not_rejected_without_a_reason(report, manager):
    before = written()

    with pytest.raises(NothingAsked):
        reject_response(report.pk, reason=" ", by=manager)

    assert written() == before


def test_observer_without_an_account_is_not_written_to(report, manager):
    Observer.objects.filter(pk=report.observer_id).update(user=None)

    return_response(report.pk, notes={}, note="Kan du forklare?", by=manager)

    assert OwedMail.objects.count() == 0


def test_grade_of_another_observer_changes_nothing(report, manager):
    GradeFactory(response=filled_response("returned", season=report.season), content=0)

    approve_response(report.pk, grade=dict.fromkeys(GRADE, 4), by=manager)

    assert Observer.objects.get(pk=report.observer_id).internal_score == 100


@pytest.mark.parametrize(
    ("decide", "sentence"),
    [
        (lambda pk, by: approve_response(pk, grade=GRADE, now=NOON, by=by), "Ola Lie approved the report"),
        (lambda pk, by: return_response(pk, notes={}, note="Hei", now=NOON, by=by), "Ola Lie returned the report"),
        (lambda pk, by: reject_response(pk, reason="Feil", now=NOON, by=by), "Ola Lie rejected the report"),
    ],
)
def test_second_manager_is_told_who_decided_what_and_when(decide, sentence, report, manager):
    other = UserFactory(organiser=report.season.organiser, manager=True)
    decide(report.pk, manager)
    before = written()

    with override("en"), pytest.raises(ReportChanged) as refused:
        return_response(report.pk, version=1, notes={}, note="Hva mener du?", by=other)

    assert str(refused.value).replace("\u00a0", " ") == f"{sentence} 3 December at 12:00. Your text is kept below."
    assert written() == before


def test_report_that_came_back_since_it_was_read_is_read_again(report, manager):
    return_response(report.pk, notes={}, note="Hei", by=manager)
    SurveyResponse.objects.update(state="submitted", version=3)

    with override("en"), pytest.raises(ReportChanged, match="The report has changed since you opened it"):
        approve_response(report.pk, version=1, grade=GRADE, by=manager)

    assert SurveyResponse.objects.get().state == "submitted"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("version", [1, None])
@pytest.mark.parametrize("second", ["return", "approve"])
def test_two_managers_at_once_make_one_decision(second, version):
    report = filled_response("submitted")
    managers = [UserFactory(organiser=report.season.organiser, manager=True) for _ in range(2)]
    together, outcomes = threading.Barrier(2, timeout=20), {}

    def decide(move, by):
        try:
            together.wait()
            if move == "return":
                return_response(report.pk, version=version, notes={}, note="Kan du forklare?", by=by)
            else:
                approve_response(report.pk, version=version, grade=GRADE, by=by)
            outcomes[by.pk] = move
        except (ReportChanged, TransitionNotAllowed) as error:
            outcomes[by.pk] = error.code
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=row) for row in zip(["return", second], managers, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    (made,) = [found for found in outcomes.values() if found in {"return", "approve"}]
    refusal = "report_changed" if version else "transition_not_allowed"
    assert sorted(outcomes.values()) == sorted([made, refusal])
    report.refresh_from_db()
    assert (report.state, report.version) == ({"return": "returned", "approve": "approved"}[made], 2)
    assert outcomes[report.reviewed_by_id] == made
    assert OwedMail.objects.count() == ReviewNote.objects.count() == (1 if made == "return" else 0)
    assert Grade.objects.count() == RecomputeOwed.objects.count() == (1 if made == "approve" else 0)
    assert AuditEvent.objects.filter(verb__in=["response.returned", "response.approved"]).count() == 1
