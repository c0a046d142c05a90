import pytest

from assignments.models import SEEN_BY_OBSERVER, Assignment
from assignments.workflow import AssignmentState
from ksp.accounts.models import Role
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import ObserverFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def contacts():
    """One contact in every state for one observer, one of another observer, one of another organiser."""
    first = AssignmentFactory(offered=True)
    observer = first.observer
    rows = [first] + [
        AssignmentFactory(season=first.season, observer=observer, offered=True)
        for _state in range(len(AssignmentState) - 1)
    ]
    for row, state in zip(rows, AssignmentState, strict=True):
        Assignment.objects.filter(pk=row.pk).update(state=state)
    AssignmentFactory(season=first.season, offered=True)
    AssignmentFactory(offered=True)
    return observer


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MANAGER])
def test_managers_see_and_plan_the_same_contacts(contacts, role):
    manager = UserFactory(role=role, organiser=contacts.organiser)

    may_plan = {one for one in Assignment.objects.all() if manager.has_perm("assignments.plan_assignment", one)}

    assert set(Assignment.objects.visible_to(manager)) == may_plan
    assert len(may_plan) == len(AssignmentState) + 1


def test_observer_sees_what_was_sent_and_answers_only_the_own(contacts):
    user = contacts.user

    seen = Assignment.objects.visible_to(user)
    may_answer = {one for one in Assignment.objects.all() if user.has_perm("assignments.answer_assignment", one)}

    assert {one.state for one in seen} == set(SEEN_BY_OBSERVER)
    assert set(seen) < may_answer
    assert {one.observer for one in may_answer} == {contacts}


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.OBSERVER])
def test_others_see_and_do_nothing(contacts, role):
    user = UserFactory(role=role, organiser=contacts.organiser)
    ObserverFactory(organiser=contacts.organiser)

    assert Assignment.objects.visible_to(user).count() == 0
    assert not any(
        user.has_perm(permission, one)
        for one in Assignment.objects.all()
        for permission in ("assignments.plan_assignment", "assignments.answer_assignment")
    )


def test_closed_account_sees_nothing(contacts):
    user = contacts.user
    user.is_active = False

    assert Assignment.objects.visible_to(user).count() == 0


def test_nobody_answers_for_no_assignment():
    assert UserFactory().has_perm("assignments.answer_assignment") is False
