"""Two at once on PostgreSQL: a proposal is made once, and a move and an approval wait for each other."""

import threading

import pytest
from django.db import connection, transaction

from assignments.models import Assignment
from assignments.plans import making, services
from assignments.plans.models import PlanProposal, ProposedContact
from assignments.plans.services import making as maker
from ksp.lib.errors import DomainError
from ksp.lib.workflow import TransitionNotAllowed
from tests.plans.seasons import NOW, manager_of, proposed, small_season

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*works):
    """Do the works in threads of their own; give what each returned or raised."""
    outcomes = [None] * len(works)

    def do(place, work):
        try:
            outcomes[place] = work()
        except DomainError as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def test_two_makers_make_one_plan(monkeypatch):
    season = small_season()
    asked = services.request_plan(season.pk, by=manager_of(season))
    both = threading.Barrier(2)
    usual = making.make_season
    made = []

    def counted(proposal, watch):
        made.append(proposal.pk)
        return usual(proposal, watch)

    monkeypatch.setattr(maker, "make_season", counted)

    def make():
        both.wait(10)
        return services.make_proposal(asked.pk)

    outcomes = at_once(make, make)

    assert made == [asked.pk]
    assert sorted(outcome is None for outcome in outcomes) == [False, True]
    assert ProposedContact.objects.count() == 15


def test_move_waits_for_an_approval_and_is_refused():
    season = small_season()
    manager = manager_of(season)
    proposal = proposed(season, manager)
    contact = proposal.contacts.first()
    holds, tried = threading.Event(), threading.Event()

    def approve():
        with transaction.atomic():
            services.apply_proposal(proposal.pk, by=manager, offer_until=None, now=NOW)
            holds.set()
            tried.wait(1)

    def move():
        holds.wait(10)
        try:
            return services.move_contact(contact.pk, observer_id=None, by=manager)
        finally:
            tried.set()

    approved, moved = at_once(approve, move)

    assert approved is None
    assert isinstance(moved, TransitionNotAllowed)
    assert Assignment.objects.filter(observer=None).count() == 0


def test_two_moves_to_one_observer_with_one_place_wait_for_each_other():
    season = small_season(capacity=1)
    manager = manager_of(season)
    proposal = proposed(season, manager)
    first, second = _two_for_one(proposal)
    taker = _taker(proposal, first, second)
    both = threading.Barrier(2)

    def move(contact):
        both.wait(10)
        return services.move_contact(contact.pk, observer_id=taker.pk, by=manager)

    outcomes = at_once(lambda: move(first), lambda: move(second))

    refused = [outcome for outcome in outcomes if isinstance(outcome, services.MoveRefused)]
    assert [outcome.rules for outcome in refused] == [("weekly_capacity",)]
    assert proposal.contacts.filter(observer=taker, week=first.week).count() == 1


def _two_for_one(proposal):
    """Give two contacts of one week with different participants."""
    rows = list(proposal.contacts.order_by("week", "number"))
    return next(
        (one, other)
        for one in rows
        for other in rows
        if one.week == other.week and one.participant_id != other.participant_id
    )


def _taker(proposal, first, second):
    """Give somebody new who has nothing yet."""
    from tests.plans.seasons import person

    return person(proposal.season, number=1, weekly_capacity=1)


def test_two_approvals_make_one_plan():
    season = small_season()
    manager = manager_of(season)
    proposals = [proposed(season, manager, seed=seed) for seed in (1, 2)]
    both = threading.Barrier(2)

    def approve(proposal):
        both.wait(10)
        return services.apply_proposal(proposal.pk, by=manager, offer_until=None, now=NOW)

    outcomes = at_once(*[lambda proposal=proposal: approve(proposal) for proposal in proposals])

    refused = [outcome for outcome in outcomes if isinstance(outcome, services.PlanOutdated)]
    assert len(refused) == 1
    assert (Assignment.objects.count(), PlanProposal.objects.filter(state="applied").count()) == (15, 1)
