import threading

import pytest
from django.db import connection

from assignments import services
from assignments.models import Assignment
from ksp.accounts.models import AuditEvent
from ksp.lib.errors import DomainError
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import ObserverFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*moves):
    """Make all moves at the same moment, each on a connection of its own; return what each came to."""
    start, outcomes = threading.Barrier(len(moves)), [None] * len(moves)

    def run(place, move):
        try:
            start.wait(timeout=10)
            outcomes[place] = move().state
        except DomainError as error:
            outcomes[place] = error.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(moves)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


def test_contact_is_offered_to_one_of_two():
    contact = AssignmentFactory()
    organiser = contact.season.organiser
    manager = UserFactory(manager=True, organiser=organiser)
    first, second = ObserverFactory(organiser=organiser), ObserverFactory(organiser=organiser)

    outcomes = at_once(
        *(
            lambda observer=observer: services.offer_assignment(contact.pk, observer_id=observer.pk, by=manager)
            for observer in (first, second)
        )
    )

    contact.refresh_from_db()
    assert sorted(outcomes) == ["offered", "transition_not_allowed"]
    assert contact.observer == (first if outcomes[0] == "offered" else second)
    assert AuditEvent.objects.filter(verb="assignment.offered").count() == 1


def test_observer_is_offered_one_of_two_contacts_with_the_same_participant():
    first = AssignmentFactory()
    second = AssignmentFactory(season=first.season, enrolment=first.enrolment)
    organiser = first.season.organiser
    manager = UserFactory(manager=True, organiser=organiser)
    observer = ObserverFactory(organiser=organiser)

    outcomes = at_once(
        *(
            lambda contact=contact: services.offer_assignment(contact.pk, observer_id=observer.pk, by=manager)
            for contact in (first, second)
        )
    )

    assert sorted(outcomes) == ["observer_not_eligible", "offered"]
    assert Assignment.objects.filter(observer=observer).count() == 1


def test_week_that_holds_one_more_contact_is_filled_once():
    first = AssignmentFactory()
    second = AssignmentFactory(season=first.season)
    organiser = first.season.organiser
    manager = UserFactory(manager=True, organiser=organiser)
    observer = ObserverFactory(organiser=organiser, weekly_capacity=1)

    outcomes = at_once(
        *(
            lambda contact=contact: services.offer_assignment(contact.pk, observer_id=observer.pk, by=manager)
            for contact in (first, second)
        )
    )

    assert sorted(outcomes) == ["observer_not_eligible", "offered"]


def test_number_by_hand_is_given_once():
    first = AssignmentFactory(method="phone")
    manager = UserFactory(manager=True, organiser=first.season.organiser)
    first.enrolment.channels.create(method="phone", kind="phone", address="21 49 00 00")

    at_once(
        *(
            lambda: services.create_assignment(first.enrolment_id, method="phone", week="2021-W49", by=manager)
            for _number in range(2)
        )
    )

    codes = Assignment.objects.filter(code__startswith="M-").order_by("code").values_list("code", flat=True)
    assert list(codes) == ["M-0001", "M-0002"]
