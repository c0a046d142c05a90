"""Rules that the database itself keeps, tried past the services."""

import pytest
from django.db import IntegrityError, connection, migrations, transaction
from django.db.models import F

from assignments.models import Assignment
from ksp.accounts.models import AuditEvent
from ksp.lib.triggers import refuse
from participants.models import Season
from participants.workflow import SeasonState
from reports.models import Publication
from responses.models import AnswerRevision
from responses.questionnaires.models import AnswerOption, PerformanceArea, Question
from tests.factories.accounts import AuditEventFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import ObserverFactory, PriorContactFactory
from tests.factories.participants import EnrolmentFactory, SeasonFactory
from tests.factories.questionnaires import AnswerOptionFactory, PerformanceAreaFactory, QuestionFactory
from tests.factories.reports import PublicationFactory
from tests.factories.responses import AnswerRevisionFactory

pytestmark = pytest.mark.django_db

TRIGGERS = {
    "answer_revision_is_never_changed": "responses_answerrevision",
    "assignment_observer_has_not_met_before_insert": "assignments_assignment",
    "assignment_observer_has_not_met_before_update": "assignments_assignment",
    "assignment_participant_is_the_enrolled_one_insert": "assignments_assignment",
    "assignment_participant_is_the_enrolled_one_update": "assignments_assignment",
    "audit_event_is_never_changed": "accounts_auditevent",
    "audit_event_is_never_deleted": "accounts_auditevent",
    "frozen_answeroption_delete": "questionnaires_answeroption",
    "frozen_answeroption_insert": "questionnaires_answeroption",
    "frozen_answeroption_update": "questionnaires_answeroption",
    "frozen_performancearea_delete": "questionnaires_performancearea",
    "frozen_performancearea_insert": "questionnaires_performancearea",
    "frozen_performancearea_update": "questionnaires_performancearea",
    "frozen_question_delete": "questionnaires_question",
    "frozen_question_insert": "questionnaires_question",
    "frozen_question_update": "questionnaires_question",
    "publication_is_never_changed": "reports_publication",
    "publication_is_never_deleted": "reports_publication",
}
CATALOGUE = {
    "postgresql": """
        SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace AND tgenabled = 'O'
    """,
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
}


def test_database_has_every_trigger_and_no_other():
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE[connection.vendor])
        found = dict(cursor.fetchall())

    assert found == TRIGGERS


def refused(change, said):
    """Tell that the database refuses the change, in these words, with no service in between."""
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        change()


# The questionnaire

PARTS = {PerformanceArea: PerformanceAreaFactory, Question: QuestionFactory, AnswerOption: AnswerOptionFactory}
SEASON_OF = {PerformanceArea: "season", Question: "season", AnswerOption: "question__season"}
OPENED = sorted(set(SeasonState.values) - {SeasonState.PREPARING})
FROZEN = "The season has opened: its questionnaire is frozen."


def moved_to(state, season):
    """Put the season into a state, past the services."""
    shape = SeasonFactory.build(**{state: True}, organiser=season.organiser)
    fields = {name: getattr(shape, name) for name in ("state", "opened_at", "closed_at", "published_at")}
    Season.objects.filter(pk=season.pk).update(**fields)


def season_of(part):
    return part.question.season if isinstance(part, AnswerOption) else part.season


@pytest.mark.parametrize("state", OPENED)
@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_questionnaire_of_a_season_that_has_opened_is_frozen(model, state):
    part = PARTS[model]()
    rows = model.objects.filter(pk=part.pk)
    before = rows.values().get()
    moved_to(state, season_of(part))
    kin = {"question": part.question} if model is AnswerOption else {"season": part.season}
    if model is Question:
        kin["area"] = part.area

    refused(lambda: PARTS[model](**kin), FROZEN)
    refused(lambda: rows.update(position=F("position") + 1), FROZEN)
    refused(lambda: rows._raw_delete(rows.db), FROZEN)

    assert rows.values().get() == before
    assert model.objects.count() == 1


@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_questionnaire_of_a_season_in_preparation_can_change(model):
    part = PARTS[model]()
    rows = model.objects.filter(pk=part.pk)

    assert rows.update(position=F("position") + 1) == 1
    assert rows._raw_delete(rows.db) == 1


@pytest.mark.parametrize("opened", ["source", "target"])
def test_question_cannot_move_into_or_out_of_a_frozen_questionnaire(opened):
    question, other = QuestionFactory(), PerformanceAreaFactory()
    moved_to(SeasonState.OPEN, question.season if opened == "source" else other.season)

    refused(lambda: Question.objects.filter(pk=question.pk).update(season=other.season, area=other), FROZEN)


@pytest.mark.parametrize("opened", ["source", "target"])
def test_option_cannot_move_into_or_out_of_a_frozen_questionnaire(opened):
    option, other = AnswerOptionFactory(), QuestionFactory()
    moved_to(SeasonState.OPEN, option.question.season if opened == "source" else other.season)

    refused(lambda: AnswerOption.objects.filter(pk=option.pk).update(question=other), FROZEN)


# What was done, and what was answered


def test_audit_trail_is_only_added_to():
    event = AuditEventFactory()
    rows = AuditEvent.objects.filter(pk=event.pk)

    refused(lambda: rows.update(verb="nothing.happened"), "The audit trail cannot be changed.")
    refused(lambda: rows._raw_delete(rows.db), "The audit trail cannot be changed.")
    AuditEventFactory(organiser=event.organiser)

    assert rows.get().verb == "thing.done"
    assert AuditEvent.objects.count() == 2


def test_published_version_of_the_results_is_never_changed():
    publication = PublicationFactory()
    rows = Publication.objects.filter(pk=publication.pk)
    said = "A published version of the results cannot be changed."

    refused(lambda: rows.update(results={}), said)
    refused(lambda: rows._raw_delete(rows.db), said)
    PublicationFactory(season=publication.season, version=2)

    assert rows.get().results == publication.results


def test_history_of_answers_is_never_changed():
    revision = AnswerRevisionFactory(question=QuestionFactory(), new_text="Først")
    rows = AnswerRevision.objects.filter(pk=revision.pk)

    refused(lambda: rows.update(new_text="Siden"), "The history of answers cannot be changed.")

    assert rows.get().new_text == "Først"


# An observer meets a participant once ever

MET = "The observer has contacted this participant before."


def met_before():
    contact = PriorContactFactory()
    season = SeasonFactory(open=True, organiser=contact.observer.organiser)
    return contact.observer, EnrolmentFactory(season=season, participant=contact.participant)


@pytest.mark.parametrize("state", ["planned", "offered", "accepted"])
def test_assignment_to_an_observer_who_met_the_participant_elsewhere_is_refused(state):
    observer, enrolment = met_before()
    named = {"season": enrolment.season, "enrolment": enrolment}
    elsewhere = AssignmentFactory(**named)

    refused(lambda: AssignmentFactory(**named, state=state, observer=observer), MET)
    refused(lambda: Assignment.objects.filter(pk=elsewhere.pk).update(state=state, observer=observer), MET)

    assert list(Assignment.objects.values_list("state", "observer")) == [("planned", None)]


@pytest.mark.parametrize("state", ["done", "declined", "expired", "withdrawn", "cancelled"])
def test_assignment_that_is_over_may_stand_beside_an_earlier_contact(state):
    observer, enrolment = met_before()

    assert AssignmentFactory(season=enrolment.season, enrolment=enrolment, observer=observer, state=state).pk


@pytest.mark.parametrize("state", ["planned", "offered", "accepted", "done"])
def test_second_meeting_in_another_season_is_refused(state):
    observer = ObserverFactory()
    first = AssignmentFactory(
        season=SeasonFactory(open=True, organiser=observer.organiser), state=state, observer=observer
    )
    enrolment = EnrolmentFactory(
        season=SeasonFactory(open=True, organiser=observer.organiser), participant=first.participant
    )
    named = {"season": enrolment.season, "enrolment": enrolment}
    again = AssignmentFactory(**named)

    refused(lambda: AssignmentFactory(**named, observer=observer), "observer_meets|observer_id")
    refused(lambda: Assignment.objects.filter(pk=again.pk).update(observer=observer), "observer_meets|observer_id")

    assert Assignment.objects.get(observer=observer) == first


def test_assignment_of_another_participant_than_the_enrolled_one_is_refused():
    assignment, other = AssignmentFactory(), EnrolmentFactory()
    said = "The assignment names another participant."

    refused(lambda: AssignmentFactory(season=assignment.season, participant=other.participant), said)
    refused(lambda: Assignment.objects.filter(pk=assignment.pk).update(participant=other.participant), said)

    assert Assignment.objects.get().participant == assignment.enrolment.participant


# How such a rule is written


def test_rule_is_made_and_taken_back():
    operation = refuse(
        "season_is_never_renamed",
        table="participants_season",
        event="update",
        when="NEW.name <> OLD.name",
        message="No.",
    )
    season = SeasonFactory()
    rows = Season.objects.filter(pk=season.pk)

    editor = connection.schema_editor()

    operation.code(None, editor)
    refused(lambda: rows.update(name="Other"), "No.")
    assert rows.update(code="same-name") == 1
    operation.reverse_code(None, editor)

    assert rows.update(name="Other") == 1
    assert isinstance(operation, migrations.RunPython)
