import pytest
from django.urls import reverse

from assignments.models import Assignment
from assignments.workflow import AssignmentState
from observers.models import CustomerRelation
from tests.factories.accounts import SystemUserFactory
from tests.factories.applications import ApplicationFactory, TeamMemberFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import CustomerRelationFactory
from tests.factories.participants import EnrolmentFactory, SeasonFactory

pytestmark = pytest.mark.django_db
REPORT, OWN = reverse("teams:report_relation"), reverse("applications:own")


@pytest.fixture
def season():
    return SeasonFactory(open=True)


@pytest.fixture
def member(season):
    return TeamMemberFactory(season=season)


@pytest.fixture
def browser(browser_of, member):
    return browser_of(member.observer.user)


def offered(answer):
    return {value for _group, rows in answer.context["form"].fields["participant"].choices[1:] for value, _name in rows}


def test_member_is_asked_about_the_seasons_participants_but_those_known(browser, season, member):
    known, new = EnrolmentFactory.create_batch(2, season=season)
    CustomerRelationFactory(observer=member.observer, participant=known.participant)
    EnrolmentFactory(season=SeasonFactory(organiser=season.organiser, open=True))

    answer = browser.get(REPORT)

    assert offered(answer) == {str(new.participant.public_id)}


def test_reported_relation_is_kept_and_takes_the_contact_back(browser, season, member):
    SystemUserFactory(organiser=season.organiser)
    enrolment = EnrolmentFactory(season=season)
    AssignmentFactory(season=season, enrolment=enrolment, observer=member.observer, accepted=True)

    answer = browser.post(REPORT, {"participant": enrolment.participant.public_id, "tie": "registered"}, follow=True)

    relation = CustomerRelation.objects.get()
    assert (relation.observer, relation.participant, relation.kind) == (
        member.observer, enrolment.participant, "registered",
    )  # fmt: skip
    assert f"Kontakten din med {enrolment.participant.name} er tatt tilbake" in answer.text
    standing = Assignment.objects.filter(observer=member.observer).values_list("state", flat=True)
    assert list(standing) == [AssignmentState.WITHDRAWN]


@pytest.mark.parametrize("posted", [{}, {"participant": "x", "tie": "customer"}])
def test_nobody_named_is_asked_for_again(browser, season, posted):
    EnrolmentFactory(season=season)

    answer = browser.post(REPORT, posted)

    assert (answer.status_code, CustomerRelation.objects.count()) == (400, 0)


def test_only_members_are_asked(browser_of, season):
    EnrolmentFactory(season=season)
    application = ApplicationFactory(season=season, submitted=True)

    answer = browser_of(application.observer.user).get(REPORT)

    assert (offered(answer), answer.context["is_on_a_team"]) == (set(), False)


def test_accepted_application_leads_to_the_report(browser, season, member):
    ApplicationFactory(season=season, observer=member.observer, accepted=True)

    assert REPORT in browser.get(OWN).text
