from collections import Counter
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from assignments.models import Assignment
from assignments.season_planning import (
    PlanFigures,
    SeasonHasPlan,
    contact_weeks,
    propose_and_write_plan,
    reschedule_assignment,
)
from ksp.accounts.models import AuditEvent
from ksp.lib.weeks import IsoWeek
from ksp.lib.workflow import TransitionNotAllowed
from observers.models import Observer
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory, RolePlayFactory
from tests.factories.observers import CustomerRelationFactory, ObserverFactory, PriorContactFactory
from tests.factories.participants import ContactChannelFactory, EnrolmentFactory, SeasonFactory

pytestmark = pytest.mark.django_db
KEY = {"phone": 3, "email": 2}


@pytest.fixture
def season():
    return SeasonFactory(code="KSP22", starts_on=date(2021, 12, 6), ends_on=date(2022, 1, 14))


@pytest.fixture
def manager(season):
    return UserFactory(manager=True, organiser=season.organiser)


def enrol(season, key=None):
    enrolment = EnrolmentFactory(season=season)
    for method, planned in (key or KEY).items():
        ContactChannelFactory(enrolment=enrolment, method=method, kind=method, planned_contacts=planned)
    return enrolment


def people(season, count, **fields):
    return [ObserverFactory(organiser=season.organiser, **fields) for _ in range(count)]


def test_plan_has_every_contact_of_the_key_each_with_another_observer(season, manager):
    enrolment, observers = enrol(season), people(season, 6)

    figures = propose_and_write_plan(season.pk, by=manager)

    rows = list(Assignment.objects.order_by("code"))
    assert figures == PlanFigures(5, ["2021-W49", "2021-W50", "2021-W51", "2021-W52", "2022-W01", "2022-W02"], 0)
    assert [row.code for row in rows] == [f"K22-0000{number}" for number in range(1, 6)]
    assert Counter(row.method for row in rows) == KEY
    assert [row.week for row in rows] == sorted(row.week for row in rows)
    assert len({row.observer_id for row in rows} & {observer.pk for observer in observers}) == 5
    assert {(row.enrolment_id, row.participant_id, row.state) for row in rows} == {
        (enrolment.pk, enrolment.participant_id, "planned")
    }


def test_plan_keeps_every_rule_about_observers(season, manager):
    enrolment = enrol(season)
    unable = {
        "met before": PriorContactFactory(participant=enrolment.participant).observer,
        "customer": CustomerRelationFactory(participant=enrolment.participant).observer,
        "met in another season": AssignmentFactory(
            done=True, participant=enrolment.participant, enrolment__participant=enrolment.participant
        ).observer,
        "inactive": ObserverFactory(is_active=False),
        "bad score": ObserverFactory(carried_score=59.0),
        "no time": ObserverFactory(available_to=date(2021, 12, 5)),
        "other methods": ObserverFactory(methods=["messenger"]),
        "no room": ObserverFactory(season_capacity=0),
        "no account": ObserverFactory(user=None),
    }
    Observer.objects.update(organiser=season.organiser)
    able = people(season, 5)

    figures = propose_and_write_plan(season.pk, by=manager)

    chosen = set(season.assignments.values_list("observer_id", flat=True))
    assert chosen == {observer.pk for observer in able}
    assert (figures.unassigned, len(unable)) == (0, 9)


def test_contact_for_whom_nobody_is_left_is_planned_without_observer(season, manager):
    enrol(season)
    people(season, 3)

    figures = propose_and_write_plan(season.pk, by=manager)

    assert figures.unassigned == 2
    assert season.assignments.filter(observer=None).count() == 2


def test_only_the_named_observers_are_chosen_from(season, manager):
    enrol(season, {"phone": 1})
    people(season, 3)
    (chosen,) = people(season, 1)

    propose_and_write_plan(season.pk, observer_ids=[chosen.pk], by=manager)

    assert list(season.assignments.values_list("observer_id", flat=True)) == [chosen.pk]


def test_role_plays_are_those_of_the_class_in_turn(season, manager):
    enrolment = enrol(season, {"phone": 4})
    own = [RolePlayFactory(season=season, award_class=enrolment.award_class) for _ in range(2)]
    RolePlayFactory(season=season)
    people(season, 4)

    propose_and_write_plan(season.pk, by=manager)

    assert Counter(season.assignments.values_list("role_play_id", flat=True)) == {play.pk: 2 for play in own}


def test_closed_days_and_short_weeks_are_left_out(season, manager):
    christmas = [date(2021, 12, day) for day in (27, 28, 29, 30, 31)]
    enrol(season, {"phone": 25})
    people(season, 25)

    propose_and_write_plan(season.pk, closed_on=[*christmas, date(2021, 12, 24)], by=manager)

    assert [str(week) for week in contact_weeks(season, christmas)] == [
        "2021-W49",
        "2021-W50",
        "2021-W51",
        "2022-W01",
        "2022-W02",
    ]
    assert not season.assignments.filter(week="2021-W52").exists()
    assert not season.assignments.filter(week="2021-W51", weekday=5).exists()


def test_planning_is_recorded_for_the_season_and_each_contact(season, manager):
    enrol(season)
    people(season, 5)

    propose_and_write_plan(season.pk, by=manager)

    verbs = Counter(AuditEvent.objects.values_list("verb", "actor_id"))
    assert verbs == {("assignment.planned", manager.pk): 5, ("season.planned", manager.pk): 1}


def test_season_is_planned_once(season, manager):
    enrol(season)
    propose_and_write_plan(season.pk, by=manager)
    before = list(season.assignments.values_list("pk", flat=True))

    with pytest.raises(SeasonHasPlan):
        propose_and_write_plan(season.pk, by=manager)

    assert list(season.assignments.values_list("pk", flat=True)) == before


def test_planning_is_for_the_organisers_own_managers(season):
    enrol(season)

    for person in (UserFactory(organiser=season.organiser), UserFactory(manager=True)):
        with pytest.raises(PermissionDenied):
            propose_and_write_plan(season.pk, by=person)

    assert season.assignments.count() == 0


def test_planned_contact_moves_to_another_week_and_its_observer_is_chosen_anew(season, manager):
    assignment = AssignmentFactory(season=season, with_observer=True, week="2021-W49")

    reschedule_assignment(assignment.pk, week=IsoWeek(2021, 51), by=manager)

    assignment.refresh_from_db()
    assert (assignment.week, assignment.observer) == ("2021-W51", None)
    assert AuditEvent.objects.get().detail == {"before": "2021-W49", "after": "2021-W51"}


def test_offered_contact_stays_in_its_week(season, manager):
    assignment = AssignmentFactory(season=season, offered=True, week="2021-W49")

    with pytest.raises(TransitionNotAllowed):
        reschedule_assignment(assignment.pk, week=IsoWeek(2021, 51), by=manager)

    assignment.refresh_from_db()
    assert (assignment.week, assignment.state) == ("2021-W49", "offered")


def test_contact_is_moved_by_managers_only(season):
    assignment = AssignmentFactory(season=season, week="2021-W49")

    with pytest.raises(PermissionDenied):
        reschedule_assignment(assignment.pk, week=IsoWeek(2021, 51), by=UserFactory(organiser=season.organiser))

    assignment.refresh_from_db()
    assert assignment.week == "2021-W49"
