"""A planned contact moved to another week, outside any proposal."""

import pytest
from django.core.exceptions import PermissionDenied

from assignments.plans.services import reschedule_assignment
from ksp.accounts.models import AuditEvent
from ksp.lib.weeks import IsoWeek
from ksp.lib.workflow import TransitionNotAllowed
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.participants import SeasonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def season():
    return SeasonFactory(code="KSP22")


@pytest.fixture
def manager(season):
    return UserFactory(manager=True, organiser=season.organiser)


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
