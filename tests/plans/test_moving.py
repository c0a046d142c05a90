"""Moves by hand: allowed, or refused with every rule that says no."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from assignments import rule_words
from assignments.plans import selectors, services
from assignments.plans.models import ProposedContact
from ksp.accounts.models import AuditEvent
from ksp.lib.workflow import TransitionNotAllowed
from observers.models import Observer
from tests.factories.accounts import UserFactory
from tests.factories.observers import CustomerRelationFactory, PriorContactFactory
from tests.factories.plans import PlanProposalFactory, ProposedContactFactory
from tests.plans.seasons import enrol, manager_of, on_the_team, person, proposed, small_season

pytestmark = pytest.mark.django_db
FIRST, SECOND, LAST = "2021-W49", "2021-W50", "2022-W03"


@pytest.fixture
def season():
    return small_season(participants=0, observers=0)


@pytest.fixture
def manager(season):
    return manager_of(season)


@pytest.fixture
def proposal(season):
    return PlanProposalFactory(season=season, ready=True)


@pytest.fixture
def enrolment(season):
    return enrol(season, key={"phone": 2, "email": 1})


def contact_of(proposal, enrolment, **fields):
    fields = {"week": FIRST, "observer": person(proposal.season), **fields}
    return ProposedContactFactory(proposal=proposal, enrolment=enrolment, **fields)


def refused(contact, by, **move):
    with pytest.raises(services.MoveRefused) as refusal:
        services.move_contact(contact.pk, by=by, **move)
    assert str(refusal.value) == " ".join(rule_words.sentence(code) for code in refusal.value.rules)
    return refusal.value.rules


def test_contact_goes_to_another_observer(proposal, enrolment, manager):
    contact, other = contact_of(proposal, enrolment), person(proposal.season)

    moved = services.move_contact(contact.pk, observer_id=other.pk, by=manager)

    contact.refresh_from_db()
    assert (moved.observer_id, contact.observer_id, contact.moved_by_hand) == (other.pk, other.pk, True)
    event = AuditEvent.objects.get()
    assert (event.verb, event.detail["after"]["observer"]) == ("plan.contact_moved", str(other.pk))


def test_contact_goes_to_another_week_day_and_time(proposal, enrolment, manager):
    contact = contact_of(proposal, enrolment)

    services.move_contact(contact.pk, week=SECOND, weekday=4, slot="13", by=manager)

    contact.refresh_from_db()
    assert (contact.week, contact.weekday, contact.slot) == (SECOND, 4, "13")


def test_contact_in_another_week_goes_to_a_day_that_is_free_there(proposal, enrolment, manager):
    contact = contact_of(proposal, enrolment, weekday=1)
    contact_of(proposal, enrolment, week=SECOND, weekday=1)

    moved = services.move_contact(contact.pk, week=SECOND, by=manager)

    assert (moved.week, moved.weekday) == (SECOND, 2)


def test_observer_is_taken_away_and_figures_follow(proposal, enrolment, manager):
    contact = contact_of(proposal, enrolment)

    services.move_contact(contact.pk, observer_id=None, by=manager)

    contact.refresh_from_db()
    proposal.refresh_from_db()
    assert contact.observer is None
    assert (proposal.figures["unassigned"], proposal.figures["costs"]["unassigned"]) == (1, 1)


def test_every_rule_about_observers_refuses(proposal, enrolment, manager):
    season, participant = proposal.season, enrolment.participant
    contact = contact_of(proposal, enrolment)
    meets = contact_of(proposal, enrolment, week=LAST).observer
    full = person(season, weekly_capacity=1)
    contact_of(proposal, enrol(season), observer=full)
    done = person(season, season_capacity=1)
    contact_of(proposal, enrol(season), observer=done, week=LAST)
    team = list(Observer.objects.filter(organiser=season.organiser))
    unable = {
        "never_met": PriorContactFactory(participant=participant, observer=person(season)).observer,
        "not_customer": CustomerRelationFactory(participant=participant, observer=person(season)).observer,
        "meets_once": meets,
        "active": person(season, is_active=False),
        "offers_method": person(season, methods=["email"]),
        "available": person(season, available_from=date(2021, 12, 20)),
        "weekly_capacity": full,
        "season_capacity": done,
        "good_score": person(season, carried_score=59.9),
    }
    on_the_team(season, {*team, *unable.values()}, manager)

    said = {code: refused(contact, manager, observer_id=observer.pk) for code, observer in unable.items()}

    assert said == {code: (code,) for code in unable}


def test_who_is_not_on_the_team_or_has_left_it_is_refused(proposal, enrolment, manager):
    contact, outsider = contact_of(proposal, enrolment), person(proposal.season)
    on_the_team(proposal.season, [contact.observer], manager)

    assert refused(contact, manager, observer_id=outsider.pk) == ("has_left",)


def test_every_rule_about_days_refuses(proposal, enrolment, manager):
    proposal.season.stored_settings = {"closed_on": ["2021-12-13"]}
    proposal.season.save()
    contact = contact_of(proposal, enrolment, weekday=2)
    contact_of(proposal, enrolment, weekday=3)

    assert refused(contact, manager, week=SECOND, weekday=1) == ("open_day",)
    assert refused(contact, manager, weekday=3) == ("one_a_day",)
    assert refused(contact, manager, week="2021-W40") == ("open_day",)
    assert refused(contact, manager, slot="15") == ("open_day",)


def test_refusal_names_every_rule_and_changes_nothing(proposal, enrolment, manager):
    contact = contact_of(proposal, enrolment)
    other = person(proposal.season, methods=["chat"], is_active=False)
    CustomerRelationFactory(participant=enrolment.participant, observer=other)
    other.user = None
    on_the_team(proposal.season, [contact.observer, other], manager)
    before = ProposedContact.objects.values().get(pk=contact.pk)

    rules = refused(contact, manager, observer_id=other.pk, week=SECOND)

    assert rules == ("not_customer", "active", "offers_method")
    assert ProposedContact.objects.values().get(pk=contact.pk) == before


def test_locked_contact_stays_until_it_is_unlocked(proposal, enrolment, manager):
    contact, other = contact_of(proposal, enrolment), person(proposal.season)
    services.lock_contact(contact.pk, is_locked=True, by=manager)

    assert refused(contact, manager, observer_id=other.pk) == ("locked",)

    services.lock_contact(contact.pk, is_locked=False, by=manager)
    services.move_contact(contact.pk, observer_id=other.pk, by=manager)
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["plan.contact_locked", "plan.contact_unlocked", "plan.contact_moved"]


@pytest.mark.parametrize("state", ["waiting", "running", "failed", "cancelled", "applied", "discarded"])
def test_only_what_is_ready_is_changed(proposal, enrolment, manager, state):
    contact = contact_of(proposal, enrolment)
    proposal.state = state
    proposal.save()

    with pytest.raises(TransitionNotAllowed):
        services.move_contact(contact.pk, week=SECOND, by=manager)
    with pytest.raises(TransitionNotAllowed):
        services.lock_contact(contact.pk, is_locked=True, by=manager)

    contact.refresh_from_db()
    assert (contact.week, contact.is_locked) == (FIRST, False)


def test_only_own_managers_change_a_plan(proposal, enrolment):
    contact = contact_of(proposal, enrolment)

    for by in (UserFactory(manager=True), UserFactory(organiser=proposal.season.organiser)):
        with pytest.raises(PermissionDenied):
            services.move_contact(contact.pk, week=SECOND, by=by)
        with pytest.raises(PermissionDenied):
            services.lock_contact(contact.pk, is_locked=True, by=by)


def test_nobody_meets_a_participant_twice_in_a_proposal_whatever_is_bypassed(proposal, enrolment):
    contact = contact_of(proposal, enrolment)
    other = contact_of(proposal, enrolment, week=LAST)

    with pytest.raises(IntegrityError), transaction.atomic():
        ProposedContact.objects.filter(pk=other.pk).update(observer=contact.observer)


def test_choices_are_what_a_move_accepts(season, manager):
    for number in range(8):
        person(season, number=number, weekly_capacity=2)
    for _ in range(3):
        enrol(season, award_class=season.classes.first())
    proposal = proposed(season, manager)
    contact = proposal.contacts.filter(method="phone").first()

    choices = selectors.choices_for(contact)

    for choice in choices.observers:
        _same(contact, manager, choice.rules, observer_id=choice.observer_id)
    for choice in choices.weeks:
        _same(contact, manager, choice.rules, week=choice.week)
    for choice in choices.weekdays:
        _same(contact, manager, choice.rules, weekday=choice.weekday)
    assert [bool(choice.rules) for choice in choices.observers] == sorted(bool(one.rules) for one in choices.observers)
    assert any(choice.rules for choice in choices.observers)
    assert all((choice.cost_change is None) == bool(choice.rules) for choice in choices.observers)


def _same(contact, by, rules, **move):
    """The service says of a move what was said before; nothing of it stays."""
    with transaction.atomic():
        if rules:
            assert refused(contact, by, **move) == rules
        else:
            services.move_contact(contact.pk, by=by, **move)
        transaction.set_rollback(True)


def test_cost_that_is_announced_is_the_cost_that_comes(season, manager):
    for number in range(8):
        person(season, number=number)
    for _ in range(3):
        enrol(season, award_class=season.classes.first())
    proposal = proposed(season, manager)
    contact = proposal.contacts.first()
    choice = next(one for one in selectors.choices_for(contact).observers if not one.rules and one.cost_change)

    services.move_contact(contact.pk, observer_id=choice.observer_id, by=manager)

    after = services.moving.PlanProposal.objects.get(pk=proposal.pk).figures["cost"]
    assert after - proposal.figures["cost"] == pytest.approx(choice.cost_change)
