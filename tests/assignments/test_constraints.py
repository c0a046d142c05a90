import pytest
from django.db import IntegrityError, transaction

from assignments.models import Assignment
from assignments.workflow import MEETING, AssignmentState
from tests.factories.assignments import AssignmentFactory, RolePlayFactory
from tests.factories.observers import ObserverFactory, PriorContactFactory
from tests.factories.participants import EnrolmentFactory, SeasonFactory

pytestmark = pytest.mark.django_db


def refused(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()
    return True


@pytest.fixture
def met():
    """An observer who has made a contact, and a contact with the same participant in another season."""
    done = AssignmentFactory(done=True)
    later = SeasonFactory(organiser=done.season.organiser, open=True)
    enrolment = EnrolmentFactory(season=later, participant=done.participant)
    return done.observer, AssignmentFactory(season=later, enrolment=enrolment)


@pytest.mark.parametrize("state", sorted(MEETING))
def test_observer_meets_a_participant_once_in_all_seasons(met, state):
    observer, contact = met
    rows = Assignment.objects.filter(pk=contact.pk)

    assert refused(lambda: rows.update(observer=observer, state=state))

    assert list(rows.values_list("observer", "state")) == [(None, "planned")]


@pytest.mark.parametrize("state", sorted(set(AssignmentState) - MEETING))
def test_contact_that_fell_away_may_name_the_observer(met, state):
    observer, contact = met

    assert Assignment.objects.filter(pk=contact.pk).update(observer=observer, state=state) == 1


@pytest.mark.parametrize("state", ["planned", "offered", "accepted"])
@pytest.mark.parametrize("way", ["insert", "update"])
def test_observer_who_met_in_another_project_is_refused(state, way):
    contact = AssignmentFactory()
    observer = ObserverFactory(organiser=contact.season.organiser)
    PriorContactFactory(observer=observer, participant=contact.participant)

    def write():
        if way == "update":
            Assignment.objects.filter(pk=contact.pk).update(observer=observer, state=state)
        else:
            Assignment.objects.create(
                season=contact.season,
                enrolment=contact.enrolment,
                participant=contact.participant,
                code="K-ny",
                method="phone",
                week="2021-W48",
                observer=observer,
                state=state,
            )

    assert refused(write)
    assert Assignment.objects.filter(observer=observer).count() == 0


def test_prior_contact_with_another_participant_is_not_in_the_way():
    contact = AssignmentFactory()
    prior = PriorContactFactory(observer__organiser=contact.season.organiser)

    assert Assignment.objects.filter(pk=contact.pk).update(observer=prior.observer, state="offered") == 1


@pytest.mark.parametrize("way", ["insert", "update"])
def test_assignment_names_the_enrolled_participant(way):
    contact, other = AssignmentFactory(), EnrolmentFactory()

    def write():
        if way == "update":
            Assignment.objects.filter(pk=contact.pk).update(participant=other.participant)
        else:
            AssignmentFactory(
                season=contact.season,
                enrolment=contact.enrolment,
                participant=other.participant,
                role_play=contact.role_play,
            )

    assert refused(write)
    assert Assignment.objects.filter(participant=other.participant).count() == 0


@pytest.mark.parametrize("state", sorted(set(AssignmentState) - {AssignmentState.PLANNED, AssignmentState.CANCELLED}))
def test_assignment_that_was_sent_has_an_observer(state):
    contact = AssignmentFactory()

    assert refused(lambda: Assignment.objects.filter(pk=contact.pk).update(state=state))


@pytest.mark.parametrize("fields", [{"method": "brevdue"}, {"state": "ukjent"}])
def test_unknown_method_or_state_is_refused(fields):
    contact = AssignmentFactory()

    assert refused(lambda: Assignment.objects.filter(pk=contact.pk).update(**fields))


def test_number_is_unique_in_a_season_and_free_in_others():
    contact = AssignmentFactory(code="K-1")

    assert refused(lambda: AssignmentFactory(season=contact.season, code="K-1"))
    assert AssignmentFactory(code="K-1").code == "K-1"


def test_role_play_code_is_unique_in_a_season():
    role_play = RolePlayFactory(code="rp")

    assert refused(lambda: RolePlayFactory(season=role_play.season, code="rp"))


def test_contact_is_replaced_once():
    contact = AssignmentFactory()
    AssignmentFactory(season=contact.season, enrolment=contact.enrolment, replaces=contact)

    assert refused(lambda: AssignmentFactory(season=contact.season, enrolment=contact.enrolment, replaces=contact))
