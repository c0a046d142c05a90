"""The control room: what is counted by week, class and state, and what needs somebody."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from assignments.letters.models import Letter
from assignments.models import Assignment
from assignments.plans.models import PlanProposal
from ksp.accounts.models import Role
from ksp.lib.weeks import IsoWeek
from observers.applications.models import Application
from reports.selectors.progress import Stage, season_progress
from responses.models import SurveyResponse
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory, SeasonFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import SurveyResponseFactory, filled_response

pytestmark = pytest.mark.django_db

CONTROL = "/control/"
# Wednesday of week 49.
NOW = datetime(2021, 12, 8, 11, 0, tzinfo=UTC)
PAST, THIS, COMING, LATER = "2021-W48", "2021-W49", "2021-W50", "2022-W02"


@pytest.fixture
def season():
    return season_with_battery(code="KSP22", name="KSP 2022", ends_on=date(2022, 1, 16))


@pytest.fixture
def manager(season):
    return UserFactory(organiser=season.organiser, manager=True)


@pytest.fixture
def enrolment(season):
    return EnrolmentFactory(
        season=season, award_class=AwardClassFactory(season=season, name="Strøm"), planned_contacts=25
    )


def contact(enrolment, week, **fields):
    return AssignmentFactory(
        season=enrolment.season, enrolment=enrolment, participant=enrolment.participant, week=week, **fields
    )


def report(enrolment, week, state):
    return filled_response(
        state, season=enrolment.season, enrolment=enrolment, participant=enrolment.participant, week=week
    )


@pytest.fixture
def contacts(enrolment):
    """One contact in every stage, and some that fell away."""
    for state in ("approved", "returned", "submitted", "rejected"):
        report(enrolment, PAST, state)
    contact(enrolment, PAST, accepted=True)
    report(enrolment, THIS, "draft")
    contact(enrolment, THIS, offered=True)
    contact(enrolment, COMING, with_observer=True)
    contact(enrolment, COMING)
    contact(enrolment, LATER)
    for state in ("declined", "expired", "withdrawn", "cancelled"):
        contact(enrolment, PAST, offered=True, state=state)


def progress(season, manager):
    return season_progress(season, user=manager, now=NOW)


def test_each_contact_is_counted_where_it_stands(contacts, season, manager):
    found = progress(season, manager)

    assert found.stages == {stage: 2 if stage is Stage.UNASSIGNED else 1 for stage in Stage}
    assert (found.contacts, found.approved, found.not_in_plan) == (9, 1, 16)
    assert found.share_approved == pytest.approx(100 / 9)
    assert (found.late, str(found.late_since), found.unassigned_soon) == (1, PAST, 1)


def test_weeks_bring_what_was_planned_and_what_is_approved(contacts, season, manager):
    rows = [(str(row.week), row.planned, row.done) for row in progress(season, manager).by_week()]

    assert rows == [
        ("2021-W48", 4, 1),
        ("2021-W49", 2, 0),
        ("2021-W50", 2, None),
        ("2021-W51", 0, None),
        ("2021-W52", 0, None),
        ("2022-W01", 0, None),
        ("2022-W02", 1, None),
    ]


@pytest.mark.parametrize(
    ("week", "states", "tone"),
    [
        (PAST, ["approved", "approved"], "done"),
        (PAST, ["approved", "submitted"], "part"),
        (PAST, ["approved", "draft"], "late"),
        (THIS, ["draft"], "part"),
        (THIS, ["approved"], "done"),
        (COMING, ["draft"], "plan"),
        (COMING, ["approved", "draft"], "part"),
    ],
)
def test_week_of_a_class_has_a_tone(week, states, tone, enrolment, season, manager):
    for state in states:
        report(enrolment, week, state)

    (row,) = progress(season, manager).classes

    assert {str(cell.week): cell.tone for cell in row.cells if cell.contacts} == {week: tone}
    assert {cell.tone for cell in row.cells if not cell.contacts} <= {"none"}


def test_classes_add_up_to_the_season(contacts, season, manager):
    other = EnrolmentFactory(season=season, award_class=AwardClassFactory(season=season, name="Bank", paused_at=NOW))
    report(other, PAST, "approved")
    AwardClassFactory(season=season, name="Ingen")

    rows = {row.name: row for row in progress(season, manager).classes}

    assert {name: (row.participants, row.contacts, row.approved, row.late) for name, row in rows.items()} == {
        "Bank": (1, 1, 1, 0),
        "Ingen": (0, 0, 0, 0),
        "Strøm": (1, 9, 1, 1),
    }
    assert (rows["Strøm"].submitted, rows["Strøm"].returned, rows["Bank"].is_paused) == (1, 1, True)


def test_other_organisers_contacts_are_not_counted(contacts, season):
    stranger = UserFactory(manager=True)

    assert progress(season, stranger).contacts == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_control_room_is_read_in_fifteen_queries(rows, season, manager, browser_of, count_queries):
    for number in range(rows):
        enrolment = EnrolmentFactory(
            season=season, award_class=AwardClassFactory(season=season, name=f"Klasse {number}")
        )
        for state in ("approved", "submitted"):
            report(enrolment, PAST, state)
    browser = browser_of(manager)
    browser.get(CONTROL)

    with count_queries(15):
        answer = browser.get(CONTROL)

    assert len(answer.context["progress"].classes) == rows


@time_machine.travel(NOW)
def test_control_room_leads_to_what_needs_somebody(contacts, season, manager, browser_of):
    SurveyResponse.objects.filter(state="submitted").update(submitted_at=datetime(2021, 11, 29, 9, 0, tzinfo=UTC))

    answer = browser_of(manager).get(CONTROL)

    assert [(signal.text.replace("\u00a0", " "), signal.url) for signal in answer.context["signals"]] == [
        ("1 rapport er over fristen", "/review/?season=KSP22&age=late"),
        ("1 kontakt mangler rapport, og uken er over", "/control/follow-up/?season=KSP22&kind=late"),
        ("1 kontakt til og med uke 51 er uten observatør", "/control/follow-up/?season=KSP22&kind=unassigned"),
        ("1 tilbud er ubesvart", "/assignments/?season=KSP22&state=offered"),
        ("16 kontakter er ikke med i planen", "/plan/?season=KSP22"),
    ]
    assert [(bar.count, bar.width) for bar in answer.context["bars"]] == [(2, "100.0%"), *[(1, "50.0%")] * 8]
    assert {bar.url for bar in answer.context["bars"]} >= {
        "/review/?season=KSP22&state=approved",
        "/review/?season=KSP22",
    }


@time_machine.travel(NOW)
def test_calm_season_needs_nobody(enrolment, manager, browser_of):
    enrolment.planned_contacts = 1
    enrolment.save()
    report(enrolment, PAST, "approved")

    answer = browser_of(manager).get(CONTROL)

    assert answer.context["signals"] == []
    assert "Alt er i rute" in answer.content.decode()


def test_season_without_contacts_says_what_comes_here(season, manager, browser_of):
    answer = browser_of(manager).get(CONTROL)

    assert "Ingen kontakter er planlagt ennå" in answer.content.decode()
    assert "figure" not in answer.context


def test_without_a_season_the_way_to_make_one_is_shown(browser_of):
    answer = browser_of(UserFactory(manager=True)).get(CONTROL)

    assert "Det finnes ingen sesong ennå" in answer.content.decode()


def test_season_can_be_chosen_where_there_are_several(enrolment, season, manager, browser_of):
    older = SeasonFactory(
        organiser=season.organiser, closed=True, code="KSP21", starts_on=date(2020, 11, 30), ends_on=date(2021, 3, 31)
    )
    contact(EnrolmentFactory(season=older), "2020-W50")
    browser = browser_of(manager)

    answer = browser.get(f"{CONTROL}?season=KSP21")

    assert answer.context["season"] == older
    assert '<option value="KSP21" selected>' in answer.content.decode()
    assert browser.get(CONTROL).context["season"] == season


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.PARTICIPANT])
def test_control_room_is_for_staff(role, season, contacts, browser_of):
    answer = browser_of(UserFactory(organiser=season.organiser, role=role)).get(CONTROL)

    assert answer.status_code == 403
    assert "Strøm" not in answer.content.decode()


def test_accepted_contact_with_a_done_assignment_and_no_report_is_still_to_come(enrolment, season, manager):
    SurveyResponseFactory(assignment=contact(enrolment, PAST, accepted=True))
    contact(enrolment, PAST, done=True)
    Assignment.objects.filter(state="accepted").update(week=THIS)

    found = progress(season, manager)

    assert (found.stages, found.this_week) == ({Stage.DRAFT: 1, Stage.ACCEPTED: 1}, IsoWeek(2021, 49))


@time_machine.travel(NOW)
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("repair", "En ny plan for det som falt bort, venter på deg"),
        ("season", "En plan for sesongen er klar"),
    ],
)
def test_what_waits_for_a_manager_is_told_with_the_way_to_it(kind, text, enrolment, season, manager, browser_of):
    enrolment.planned_contacts = 1
    enrolment.save()
    report(enrolment, PAST, "approved")
    observer = ObserverFactory(organiser=season.organiser)
    PlanProposal.objects.create(season=season, number=1, kind=kind, state="ready", requested_by=manager)
    PlanProposal.objects.create(season=season, number=2, kind=kind, state="discarded", requested_by=manager)
    Letter.objects.create(season=season, observer=observer, is_held=True, begun_at=NOW, send_at=NOW)
    Application.objects.create(season=season, observer=observer, state="submitted", submitted_at=NOW)

    answer = browser_of(manager).get(CONTROL)

    assert [(signal.text, signal.url) for signal in answer.context["signals"]] == [
        (text, "/plan/?season=KSP22"),
        ("1 brev holdes tilbake", "/outbox/?season=KSP22"),
        ("1 søknad venter", "/applications/?season=KSP22"),
    ]
