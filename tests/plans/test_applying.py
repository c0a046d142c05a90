"""Approving a plan: contacts, offers, letters that are held, and what no longer holds."""

from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from assignments.letters.models import Letter
from assignments.models import Assignment
from assignments.plans import selectors, services
from assignments.plans.facts import SENTENCES
from assignments.plans.models import PlanProposal, ProposedContact
from ksp.accounts.models import AuditEvent, OwedMail
from ksp.lib.workflow import TransitionNotAllowed
from observers.models import Observer
from participants.models import ContactChannel
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory, RolePlayFactory
from tests.factories.observers import CustomerRelationFactory, PriorContactFactory
from tests.factories.plans import PlanProposalFactory
from tests.plans.seasons import NOW, enrol, manager_of, on_the_team, person, planned, proposed, small_season

pytestmark = pytest.mark.django_db


@pytest.fixture
def season():
    return small_season()


@pytest.fixture
def manager(season):
    return manager_of(season)


def apply(proposal, by, *, until=None):
    return services.apply_proposal(proposal.pk, by=by, offer_until=until, now=NOW)


def test_plan_becomes_the_seasons_contacts(season, manager):
    proposal = proposed(season, manager)

    applied = apply(proposal, manager)

    columns = ("enrolment", "participant", "method", "week", "weekday", "slot", "role_play", "observer")
    rows = Assignment.objects.order_by("code")
    assert list(rows.values_list(*columns)) == list(proposal.contacts.order_by("number").values_list(*columns))
    assert [row.code for row in rows] == [f"K22-{number:05d}" for number in range(1, 16)]
    assert set(rows.values_list("state", flat=True)) == {"planned"}
    assert (applied.planned, applied.offered, applied.proposal.state) == (15, 0, "applied")
    assert (applied.proposal.applied_by, applied.proposal.applied_at) == (manager, NOW)


def test_every_contact_and_the_plan_are_recorded(season, manager):
    proposal = proposed(season, manager)
    before = AuditEvent.objects.latest("pk").pk

    apply(proposal, manager)

    assert Counter(AuditEvent.objects.filter(pk__gt=before).values_list("verb", flat=True)) == {
        "assignment.planned": 15,
        "season.planned": 1,
        "plan.applied": 1,
    }


def test_everything_is_offered_and_the_letters_wait_for_a_manager(season, manager):
    applied = apply(proposed(season, manager), manager, until="all")

    assert applied.offered == 15
    assert set(Assignment.objects.values_list("state", flat=True)) == {"offered"}
    assert set(Letter.objects.values_list("observer", "is_held")) == {
        (key, True) for key in Assignment.objects.values_list("observer", flat=True)
    }
    assert OwedMail.objects.count() == 0


def test_only_the_weeks_that_were_asked_for_are_offered(season, manager):
    apply(proposed(season, manager), manager, until="2021-W50")

    states = set(Assignment.objects.values_list("week", "state"))
    assert {week for week, state in states if state == "offered"} == {"2021-W49", "2021-W50"}
    assert {state for week, state in states if week > "2021-W50"} == {"planned"}


def test_plan_that_nobody_was_told_of_is_replaced(season, manager):
    before = {row.pk for row in planned(season, manager)}
    Assignment.objects.filter(code="K22-00001").update(state="cancelled")

    apply(proposed(season, manager, seed=2), manager)

    assert Assignment.objects.filter(state="planned").count() == 15
    assert not before & set(Assignment.objects.values_list("pk", flat=True))
    assert AuditEvent.objects.filter(verb="season.planned").latest("pk").detail["replaced"] == 15


def test_plan_is_not_put_over_what_was_offered_meanwhile(season, manager):
    first = planned(season, manager)[0]
    second = proposed(season, manager, seed=2)
    Assignment.objects.filter(pk=first.pk).update(state="offered")

    with pytest.raises(services.SeasonHasPlan):
        apply(second, manager)

    assert Assignment.objects.count() == 15


def change_key(season):
    ContactChannel.objects.filter(method="phone").update(planned_contacts=4)


def close_a_day(season):
    season.stored_settings = {"closed_on": ["2021-12-08"]}
    season.save()


def let_one_go(season):
    Observer.objects.filter(pk=Observer.objects.first().pk).update(is_active=False)


def shorten_one(season):
    Observer.objects.filter(pk=Observer.objects.first().pk).update(weekly_capacity=1)


def learn_of_a_meeting(season):
    PriorContactFactory(observer=Observer.objects.first(), participant=season.enrolments.first().participant)


def learn_of_a_customer(season):
    CustomerRelationFactory(observer=Observer.objects.first(), participant=season.enrolments.first().participant)


def plan_by_hand(season):
    AssignmentFactory(season=season, enrolment=season.enrolments.first(), role_play=None)


CHANGES = {
    "participants": change_key,
    "weeks": close_a_day,
    "team": let_one_go,
    "observers": shorten_one,
    "met": learn_of_a_meeting,
    "customers": learn_of_a_customer,
    "contacts": plan_by_hand,
}


@pytest.mark.parametrize("part", CHANGES)
def test_plan_that_rests_on_what_is_no_longer_so_is_refused_and_says_what(season, manager, part):
    on_the_team(season, Observer.objects.all(), manager)
    proposal = proposed(season, manager)
    known = Assignment.objects.count()
    CHANGES[part](season)

    with pytest.raises(services.PlanOutdated) as refusal:
        apply(PlanProposal.objects.get(pk=proposal.pk), manager)

    (changed,) = refusal.value.changed
    assert changed == str(SENTENCES[part])
    assert changed in str(refusal.value)
    assert selectors.what_changed(PlanProposal.objects.get(pk=proposal.pk)) == (changed,)
    assert Assignment.objects.count() - known == (part == "contacts")


def test_score_that_moves_a_little_outdates_nothing(season, manager):
    proposal = proposed(season, manager)
    Observer.objects.update(internal_score=81.5)

    assert selectors.what_changed(proposal) == ()


def test_plan_without_weeks_is_not_approved(manager, season):
    season.stored_settings = {"least_working_days": 5, "closed_on": [f"2022-01-{day:02d}" for day in range(1, 32)]}
    season.starts_on = season.ends_on.replace(day=3)
    season.save()
    proposal = proposed(season, manager)

    with pytest.raises(services.NoWeeks):
        apply(proposal, manager)

    assert [item["kind"] for item in proposal.shortages] == ["no_weeks"]
    assert Assignment.objects.count() == 0


@pytest.mark.parametrize("state", ["waiting", "running", "failed", "cancelled", "applied", "discarded"])
def test_only_what_is_ready_is_approved(season, manager, state):
    proposal = PlanProposalFactory(season=season, state=state)

    with pytest.raises(TransitionNotAllowed):
        apply(proposal, manager)


def test_only_own_managers_approve(season, manager):
    proposal = proposed(season, manager)

    for by in (UserFactory(manager=True), UserFactory(organiser=season.organiser)):
        with pytest.raises(PermissionDenied):
            apply(proposal, by)

    assert Assignment.objects.count() == 0


def test_nobody_meets_a_participant_twice_whatever_is_bypassed(season, manager):
    first = planned(season, manager)[0]
    other = Assignment.objects.filter(participant=first.participant).exclude(pk=first.pk).first()

    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=other.pk).update(observer=first.observer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.bulk_create(
            [
                Assignment(
                    season=season,
                    enrolment=first.enrolment,
                    participant=first.participant,
                    code="X-1",
                    method="phone",
                    week="2022-W01",
                    observer=first.observer,
                )
            ]
        )


def test_many_contacts_are_requested_made_and_approved_in_as_many_queries_as_few(manager, season, count_queries):
    def queries():
        with count_queries() as asking:
            asked = services.request_plan(season.pk, by=manager)
        with count_queries() as making:
            services.make_proposal(asked.pk, watch=lambda _progress: True)
        with count_queries() as approving:
            apply(asked, manager)
        return len(asking), len(making), len(approving)

    queries()
    few = queries()
    for number in range(4):
        enrol(season, award_class=season.classes.first())
        person(season, number=number)
    ProposedContact.objects.all().delete()
    many = queries()

    assert few == many
    assert few[0] <= 8
    assert few[1] <= 25
    assert few[2] <= 35


def test_role_play_that_came_later_outdates_the_plan(season, manager):
    proposal = proposed(season, manager)
    RolePlayFactory(season=season, award_class=season.classes.first())

    assert len(selectors.what_changed(proposal)) == 1
