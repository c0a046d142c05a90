"""Proposals from the asking to the stored plan."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assignments.models import Assignment
from assignments.plans import making, selectors, services, tasks
from assignments.plans.models import PlanProposal, ProposedContact
from assignments.plans.services import making as maker
from ksp.accounts.models import AuditEvent
from ksp.lib.workflow import TransitionNotAllowed
from observers.models import Observer
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import CustomerRelationFactory, PriorContactFactory
from tests.factories.plans import PlanProposalFactory
from tests.plans.seasons import KEY, enrol, manager_of, on_the_team, person, planned, proposed, small_season

pytestmark = pytest.mark.django_db


@pytest.fixture
def season():
    return small_season()


@pytest.fixture
def manager(season):
    return manager_of(season)


def test_proposal_holds_every_contact_of_the_key_and_breaks_no_rule(season, manager):
    proposal = proposed(season, manager)

    rows = list(proposal.contacts.all())
    counts = Counter((row.enrolment_id, row.method) for row in rows)
    assert (proposal.state, proposal.number, len(proposal.rests_on)) == ("ready", 1, 64)
    assert counts == {(one.pk, method): count for one in season.enrolments.all() for method, count in KEY.items()}
    assert [row.number for row in rows] == list(range(1, 16))
    assert [row.week for row in rows] == sorted(row.week for row in rows)
    assert selectors.rule_check(proposal).is_kept
    assert Assignment.objects.count() == 0


def test_plan_keeps_every_rule_about_observers(manager, season):
    enrolment = season.enrolments.first()
    unable = [
        PriorContactFactory(participant=enrolment.participant, observer=person(season)).observer,
        CustomerRelationFactory(participant=enrolment.participant, observer=person(season)).observer,
        AssignmentFactory(
            done=True,
            observer=person(season),
            participant=enrolment.participant,
            enrolment__participant=enrolment.participant,
        ).observer,
        person(season, is_active=False),
        person(season, carried_score=59.0),
        person(season, available_to=date(2021, 12, 5)),
        person(season, methods=["messenger"]),
        person(season, season_capacity=0),
        person(season, user=None),
    ]

    proposal = proposed(season, manager)

    assert not proposal.contacts.filter(enrolment=enrolment, observer__in=unable).exists()
    assert proposal.figures["unassigned"] == 0


def test_team_is_planned_for_where_there_is_one(season, manager):
    team = list(Observer.objects.order_by("pk")[:5])
    members = on_the_team(season, [*team, person(season)], manager)
    members[-1].left_at = timezone.now()
    members[-1].save()

    proposal = proposed(season, manager)

    assert set(proposal.contacts.values_list("observer", flat=True)) == {one.pk for one in team}
    assert proposal.figures["observers"] == 5


def test_team_that_has_left_altogether_is_nobody(season, manager):
    for member in on_the_team(season, list(Observer.objects.all()), manager):
        member.left_at = timezone.now()
        member.save()

    assert proposed(season, manager).figures["observers"] == 0


def test_contact_nobody_can_make_says_how_many_observers_each_rule_refuses(season, manager):
    enrolment = enrol(season, key={"phone": 1})
    for observer in Observer.objects.all():
        CustomerRelationFactory(observer=observer, participant=enrolment.participant)

    proposal = proposed(season, manager)

    overview = selectors.proposal_overview(proposal)
    (refused,) = overview.refused
    assert (overview.unassigned, overview.unavoidable) == (1, 1)
    assert (refused.participant, [(one.code, one.count) for one in refused.rules]) == (
        enrolment.participant.name,
        [("not_customer", 8)],
    )
    assert enrolment.participant.name in overview.shortages[0]
    assert overview.relaxations


def test_score_that_is_too_low_and_a_place_that_was_left_are_told_apart(season, manager):
    Observer.objects.update(carried_score=10.0)
    members = on_the_team(season, Observer.objects.all(), manager)
    Observer.objects.filter(pk=members[0].observer_id).update(carried_score=90.0, is_active=False)

    proposal = proposed(season, manager)

    assert {tuple(sorted(row.reasons["refused"].items())) for row in proposal.contacts.all()} == {
        (("active", 1), ("good_score", 7))
    }


def test_closed_days_and_short_weeks_are_left_out(manager, season):
    days = [f"2021-12-{day}" for day in (24, 27, 28, 29, 30, 31)]
    season.stored_settings = {"closed_on": days}
    season.save()

    proposal = proposed(season, manager)

    assert proposal.figures["weeks"] == ["2021-W49", "2021-W50", "2021-W51", "2022-W01", "2022-W02", "2022-W03"]
    assert not proposal.contacts.filter(week="2021-W52").exists()
    assert not proposal.contacts.filter(week="2021-W51", weekday=5).exists()


def test_same_seed_proposes_the_same(season, manager):
    def told(proposal):
        return list(proposal.contacts.values_list("participant", "method", "week", "weekday", "slot", "observer"))

    first, second = (proposed(season, manager, seed=4) for _ in range(2))

    assert told(first) == told(second)
    assert [first.number, second.number] == [1, 2]


def test_weights_of_the_season_and_the_proposal_count(season, manager):
    season.stored_settings = {"plan_weights": {"load": 3.0, "score": 2.0}}
    season.save()

    proposal = proposed(season, manager, weights={"score": 0.0})

    assert (proposal.figures["weights"]["load"], proposal.figures["weights"]["score"]) == (3.0, 0.0)


def test_what_is_locked_stays_when_the_plan_is_searched_for_again(season, manager):
    first = proposed(season, manager)
    locked = list(first.contacts.exclude(observer=None)[:4])
    for contact in locked:
        services.lock_contact(contact.pk, is_locked=True, by=manager)

    second = proposed(season, manager, seed=9, based_on=first.pk)

    def told(rows):
        return {(row.participant_id, row.method, row.week, row.observer_id) for row in rows}

    assert told(locked) <= told(second.contacts.all())
    assert told(second.contacts.filter(is_locked=True)) == told(locked)


def test_lock_is_not_stronger_than_a_rule(season, manager):
    base = proposed(season, manager)
    kept, broken = base.contacts.filter(observer__isnull=False)[:2]
    for contact in (kept, broken):
        services.lock_contact(contact.pk, is_locked=True, by=manager)
    CustomerRelationFactory(observer=broken.observer, participant=broken.participant)

    again = proposed(season, manager, based_on=base.pk, seed=2)

    assert list(again.contacts.filter(is_locked=True).values_list("observer", "participant")) == [
        (kept.observer_id, kept.participant_id)
    ]
    assert not again.contacts.filter(observer=broken.observer, participant=broken.participant).exists()


def test_season_that_was_offered_can_only_be_repaired(season, manager):
    contact = planned(season, manager)[0]
    Assignment.objects.filter(pk=contact.pk).update(state="offered", offered_at=timezone.now())

    with pytest.raises(services.SeasonHasPlan):
        services.request_plan(season.pk, by=manager)

    assert services.request_plan(season.pk, by=manager, kind="repair").kind == "repair"


def test_repair_of_nothing_is_refused(season, manager):
    with pytest.raises(services.NothingPlanned):
        services.request_plan(season.pk, by=manager, kind="repair")


def test_one_proposal_of_a_kind_is_made_at_a_time(season, manager):
    services.request_plan(season.pk, by=manager)

    with pytest.raises(services.PlanUnderWay):
        services.request_plan(season.pk, by=manager)

    assert PlanProposal.objects.count() == 1


def test_closed_season_is_not_planned(manager, season):
    season.state, season.closed_at = "closed", timezone.now()
    season.save()

    with pytest.raises(services.SeasonClosed):
        services.request_plan(season.pk, by=manager)


@pytest.mark.parametrize("kind", ["manager of another organiser", "observer"])
def test_planning_is_for_the_organisers_own_managers(season, kind):
    person = UserFactory(manager=True) if kind.startswith("manager") else UserFactory(organiser=season.organiser)

    with pytest.raises(PermissionDenied):
        services.request_plan(season.pk, by=person)

    assert PlanProposal.objects.count() == 0


def test_asking_and_making_are_recorded(season, manager):
    proposed(season, manager)

    assert Counter(AuditEvent.objects.values_list("verb", "actor_id")) == {
        ("plan.requested", manager.pk): 1,
        ("plan.made", manager.pk): 1,
    }


def test_cancelled_while_it_waits_is_never_made(season, manager):
    asked = services.request_plan(season.pk, by=manager)

    cancelled = services.cancel_proposal(asked.pk, by=manager)

    assert cancelled.state == "cancelled"
    assert services.make_proposal(asked.pk) is None
    assert ProposedContact.objects.count() == 0


def test_cancelled_while_it_is_made_leaves_nothing(season, manager, monkeypatch):
    monkeypatch.setattr("assignments.plans.watching.PAUSE_SECONDS", 0.0)
    asked = services.request_plan(season.pk, by=manager)
    heard = []

    def watch(progress):
        heard.append(progress.phase)
        if len(heard) == 1:
            services.cancel_proposal(asked.pk, by=manager)
        return False

    made = services.make_proposal(asked.pk, watch=watch)

    assert (made.state, made.lease_until) == ("cancelled", None)
    assert made.contacts.count() == 0


def test_stopped_by_the_watcher_keeps_the_best_plan_so_far(season, manager):
    asked = services.request_plan(season.pk, by=manager)

    made = services.make_proposal(asked.pk, watch=lambda progress: progress.phase == "search")

    assert (made.state, made.figures["is_whole"], made.contacts.count()) == ("ready", False, 15)
    assert selectors.rule_check(made).is_kept


def test_progress_is_told_and_the_lease_prolonged(season, manager, monkeypatch):
    monkeypatch.setattr("assignments.plans.watching.PAUSE_SECONDS", 0.0)
    asked = services.request_plan(season.pk, by=manager)
    seen = []

    def watch(progress):
        seen.append((progress.phase, PlanProposal.objects.get(pk=asked.pk).lease_until))
        return False

    made = services.make_proposal(asked.pk, watch=watch)

    assert seen[-1][1] > seen[0][1]
    assert (made.progress["phase"], made.progress["share"]) == ("polish", 1.0)


def test_failure_is_kept_with_its_reason_and_can_be_put_away(season, manager, monkeypatch):
    def broken(proposal, watch):
        message = "no such thing"
        raise LookupError(message)

    monkeypatch.setattr(maker, "make_season", broken)

    failed = proposed(season, manager)

    assert (failed.state, failed.error) == ("failed", "LookupError('no such thing')")
    assert services.discard_proposal(failed.pk, by=manager).state == "discarded"


def test_lease_that_ran_out_is_taken_up_and_the_late_maker_writes_nothing(season, manager, monkeypatch):
    asked = services.request_plan(season.pk, by=manager)
    usual = making.make_season

    def slow(proposal, watch):
        PlanProposal.objects.filter(pk=proposal.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
        monkeypatch.setattr(maker, "make_season", usual)
        assert tasks.make_owed_proposals() == 1
        return usual(proposal, watch)

    monkeypatch.setattr(maker, "make_season", slow)

    assert services.make_proposal(asked.pk) is None
    assert PlanProposal.objects.get().state == "ready"
    assert ProposedContact.objects.count() == 15


def test_task_makes_what_is_owed_once(season, manager):
    services.request_plan(season.pk, by=manager)
    PlanProposalFactory(running=True, lease_until=timezone.now() + timedelta(minutes=1))

    assert [tasks.make_owed_proposals(), tasks.make_owed_proposals()] == [1, 0]


@pytest.mark.parametrize("state", ["running", "waiting", "applied", "discarded"])
def test_only_what_is_over_can_be_put_away(season, manager, state):
    proposal = PlanProposalFactory(season=season, state=state)

    with pytest.raises(TransitionNotAllowed):
        services.discard_proposal(proposal.pk, by=manager)

    proposal.refresh_from_db()
    assert proposal.state == state
