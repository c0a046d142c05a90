import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from assignments import services as core
from assignments.batches import expire_many
from assignments.letters import services
from assignments.letters.models import Letter, Notice
from assignments.models import Assignment
from ksp.accounts.models import OwedMail
from ksp.lib.errors import DomainError
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.letters import NoticeFactory
from tests.factories.observers import ObserverFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*moves):
    """Make all moves at the same moment, each on a connection of its own; return what each came to."""
    start, outcomes = threading.Barrier(len(moves)), [None] * len(moves)

    def run(place, move):
        try:
            start.wait(timeout=10)
            outcomes[place] = move()
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


def manager_of(season):
    return UserFactory(manager=True, organiser=season.organiser)


@pytest.mark.parametrize("_time", range(5))
def test_offer_is_accepted_withdrawn_or_let_lapse_and_not_two_of_them(_time):
    offer = AssignmentFactory(offered=True)
    manager = manager_of(offer.season)

    outcomes = at_once(
        lambda: core.accept_assignment(offer.pk, by=offer.observer.user).state,
        lambda: core.withdraw_assignment(offer.pk, reason="Feil", by=manager).state,
        lambda: next(one.replaces.state for one in expire_many([offer.pk], now=timezone.now(), by=manager)),
    )

    # Who has accepted may still be told that it is withdrawn; nothing else follows upon anything else.
    offer.refresh_from_db()
    done = [outcome for outcome in outcomes if outcome != "transition_not_allowed"]
    assert done in ([offer.state], ["accepted", "withdrawn"])
    assert Assignment.objects.count() == (1 if offer.state == "accepted" else 2)


@pytest.mark.parametrize("_time", range(5))
def test_letter_that_two_send_at_once_is_one_mail(_time):
    letter = NoticeFactory().letter
    manager = manager_of(letter.season)

    at_once(
        lambda: services.send_letter(letter.pk, now=timezone.now(), by=manager).state,
        lambda: services.send_due_letters(now=timezone.now(), by=manager),
        lambda: services.send_due_letters(now=timezone.now(), by=manager),
    )

    letter.refresh_from_db()
    assert (letter.state, OwedMail.objects.count()) == ("sent", 1)


def test_letter_that_somebody_else_is_changing_is_left_to_them():
    letter = NoticeFactory().letter
    manager = manager_of(letter.season)

    with transaction.atomic():
        Letter.objects.select_for_update().get(pk=letter.pk)
        outcomes = at_once(lambda: services.send_letter(letter.pk, now=timezone.now(), by=manager).state)

    assert (outcomes, OwedMail.objects.count()) == (["transition_not_allowed"], 0)


@pytest.mark.parametrize("_time", range(5))
def test_offer_withdrawn_while_its_letter_is_sent_is_told_of_twice_or_never(_time):
    notice = NoticeFactory()
    offer, manager = notice.assignment, manager_of(notice.letter.season)

    outcomes = at_once(
        lambda: services.send_due_letters(now=timezone.now(), by=manager),
        lambda: core.withdraw_assignment(offer.pk, reason="Feil", by=manager).state,
    )

    assert outcomes[1] == "withdrawn"
    told = sorted(Notice.objects.values_list("letter__state", "kind"))
    assert told == ([("open", "withdrawn"), ("sent", "offered")] if outcomes[0] else [])


def test_two_that_offer_at_once_write_in_one_letter():
    observer = ObserverFactory(weekly_capacity=10)
    first = AssignmentFactory(season__organiser=observer.organiser)
    rows = [first, *(AssignmentFactory(season=first.season) for _ in range(3))]
    manager = manager_of(first.season)

    at_once(*(lambda row=row: core.offer_assignment(row.pk, observer_id=observer.pk, by=manager).state for row in rows))

    assert Letter.objects.get().notices.count() == 4


def test_week_that_holds_one_more_contact_is_filled_once():
    observer = ObserverFactory(weekly_capacity=1)
    first = AssignmentFactory(season__organiser=observer.organiser, accepted=True, observer=observer, week="2021-W49")
    second = AssignmentFactory(season=first.season, accepted=True, observer=observer, week="2021-W51")
    now = timezone.now().replace(year=2021, month=11, day=20)

    outcomes = at_once(
        *(
            lambda row=row: services.change_own_week(row.pk, week="2021-W50", now=now, by=observer.user).week
            for row in (first, second)
        )
    )

    assert sorted(outcomes) == ["2021-W50", "week_not_possible"]
