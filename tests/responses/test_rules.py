"""What one person may see and do with one report is what lists and buttons say."""

import pytest

from ksp.accounts.models import Role
from participants.models import Package
from responses.models import SurveyResponse
from responses.rules import is_author
from responses.workflow import REPORT, REVIEW, ReportState
from tests.factories.accounts import UserFactory
from tests.factories.participants import RepresentativeFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import SurveyResponseFactory, filled_response

pytestmark = pytest.mark.django_db


@pytest.fixture
def reports():
    """One report in each state, of five contacts of one observer and participant each."""
    season = season_with_battery()
    return {state.value: filled_response(state, season=season) for state in ReportState}


def people(response):
    organiser = response.season.organiser
    return {
        "author": response.observer.user,
        "observer": UserFactory(organiser=organiser, role=Role.OBSERVER),
        "manager": UserFactory(organiser=organiser, role=Role.MANAGER),
        "administrator": UserFactory(organiser=organiser, role=Role.ADMINISTRATOR),
        "participant": UserFactory(organiser=organiser, role=Role.PARTICIPANT),
        "representative": RepresentativeFactory(participant=response.enrolment.participant).user,
        "foreign manager": UserFactory(role=Role.MANAGER),
        "closed manager": UserFactory(organiser=organiser, role=Role.MANAGER, is_active=False),
        "of no role": UserFactory(organiser=organiser, role=Role.OBSERVER, is_active=False),
    }


@pytest.mark.parametrize("state", ReportState.values)
def test_whoever_may_write_or_review_a_report_sees_it_and_no_others_do(state, reports):
    response = reports[state]

    seen, permitted = set(), set()
    for name, user in people(response).items():
        if SurveyResponse.objects.visible_to(user).filter(pk=response.pk).exists():
            seen.add(name)
        if user.has_perm(REPORT, response) or user.has_perm(REVIEW, response):
            permitted.add(name)

    assert permitted == {"author", "manager", "administrator"}
    assert seen - permitted == ({"representative"} if state == "approved" else set())
    assert permitted <= seen


@pytest.mark.parametrize(
    ("package", "is_seen"), [(Package.NONE, False), (Package.SIMPLE, True), (Package.COMPETITOR, True)]
)
def test_participant_sees_approved_reports_if_they_are_bought(package, is_seen, reports):
    response = reports["approved"]
    response.enrolment.package = package
    response.enrolment.save()
    user = RepresentativeFactory(participant=response.enrolment.participant).user

    assert list(SurveyResponse.objects.visible_to(user)) == ([response] if is_seen else [])


def test_staff_see_every_state_of_their_own_organiser_alone(reports):
    SurveyResponseFactory()
    manager = people(reports["draft"])["manager"]

    assert set(SurveyResponse.objects.visible_to(manager)) == set(reports.values())


def test_somebody_of_an_unknown_role_sees_nothing(reports):
    user = people(reports["draft"])["manager"]
    user.role = "guest"

    assert list(SurveyResponse.objects.visible_to(user)) == []


def test_author_is_who_made_the_contact(reports):
    response = reports["submitted"]

    assert is_author(response.observer.user, response)
    assert not is_author(UserFactory(), response)
    assert not is_author(response.observer.user, None)


def test_queryset_knows_what_counts_and_what_waits(reports):
    assert list(SurveyResponse.objects.approved()) == [reports["approved"]]
    assert list(SurveyResponse.objects.waiting_for_review()) == [reports["submitted"]]
