from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from assignments import services as core
from assignments.batches import offer_planned, withdraw_many
from assignments.letters import services
from assignments.letters.models import Letter, Notice
from assignments.letters.silence import telling_nobody
from assignments.letters.workflow import NoticeKind, together
from assignments.models import Assignment
from ksp.accounts.models import AuditEvent
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.letters import LetterFactory, NoticeFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import SeasonFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def season():
    return SeasonFactory(open=True)


@pytest.fixture
def manager(season):
    return UserFactory(manager=True, organiser=season.organiser)


@pytest.fixture
def observer(season):
    return ObserverFactory(organiser=season.organiser, weekly_capacity=100)


def news():
    return list(Notice.objects.order_by("assignment").values_list("assignment", "kind"))


def keys(rows):
    return [row.pk for row in rows]


def test_all_news_for_an_observer_gathers_in_one_letter_a_season(season, observer, manager):
    rows = [AssignmentFactory(season=season, observer=observer) for _ in range(2)]
    late = AssignmentFactory(season=season, observer=observer)

    offer_planned(keys(rows), now=NOW, by=manager)
    core.offer_assignment(late.pk, observer_id=observer.pk, now=NOW + timedelta(minutes=20), by=manager)

    letter = Letter.objects.get()
    assert (letter.observer, letter.send_at) == (observer, NOW + timedelta(minutes=30))
    assert news() == [(row.pk, "offered") for row in (*rows, late)]


def test_database_keeps_a_second_open_letter_out(season, observer):
    LetterFactory(season=season, observer=observer, sent=True)
    LetterFactory(season=season, observer=observer)

    with pytest.raises(IntegrityError), transaction.atomic():
        LetterFactory(season=season, observer=observer)


@pytest.mark.parametrize("take_back", ["withdraw", "expire", "cancel"])
def test_offer_that_is_taken_back_before_the_letter_goes_is_told_to_nobody(season, observer, manager, take_back):
    row = AssignmentFactory(season=season, observer=observer)
    offer_planned([row.pk], now=NOW, by=manager)
    reason = {"reason": "Feil"} if take_back == "withdraw" else {}

    getattr(core, f"{take_back}_assignment")(row.pk, by=manager, **reason)

    assert (Letter.objects.count(), Notice.objects.count()) == (0, 0)


def test_offer_that_is_taken_back_after_the_letter_is_news(season, observer, manager):
    row = AssignmentFactory(season=season, observer=observer)
    offer_planned([row.pk], now=NOW, by=manager)
    services.send_due_letters(now=NOW + timedelta(hours=1), by=manager)

    core.withdraw_assignment(row.pk, reason="Feil", now=NOW + timedelta(hours=2), by=manager)

    assert list(Notice.objects.filter(letter__state="open").values_list("kind", flat=True)) == ["withdrawn"]


def test_rest_of_a_letter_stays_when_one_offer_is_taken_back(season, observer, manager):
    rows = [AssignmentFactory(season=season, observer=observer) for _ in range(2)]
    offer_planned(keys(rows), now=NOW, by=manager)

    withdraw_many([rows[0].pk], reason="Feil", now=NOW, by=manager)

    assert news() == [(rows[1].pk, "offered")]


@pytest.mark.parametrize(
    ("earlier", "later", "told"),
    [
        ("offered", "withdrawn", None),
        ("offered", "expired", None),
        ("offered", "moved", "offered"),
        ("offered", "reminder", "offered"),
        ("offered", "expiring", "offered"),
        ("moved", "moved", "moved"),
        ("moved", "reminder", "moved"),
        ("reminder", "moved", "moved"),
        ("moved", "withdrawn", "withdrawn"),
        ("reminder", "expired", "expired"),
        ("expiring", "expired", "expired"),
        ("reminder", "expiring", "expiring"),
        ("withdrawn", "reminder", "withdrawn"),
    ],
)
def test_two_pieces_of_news_of_a_contact_are_told_as_one(season, observer, manager, earlier, later, told):
    row = AssignmentFactory(season=season, observer=observer, offered=True)

    services.tell([row], kind=earlier, by=manager, now=NOW)
    services.tell([row], kind=later, by=manager, now=NOW, weeks_before={row.pk: "2021-W47"})

    assert together(earlier, later) == told
    assert list(Notice.objects.values_list("kind", flat=True)) == ([told] if told else [])
    assert Letter.objects.count() == bool(told)


def test_news_of_two_contacts_joins_what_is_told_of_one(season, observer, manager):
    rows = [AssignmentFactory(season=season, observer=observer, accepted=True) for _ in range(2)]

    services.tell(rows[:1], kind=NoticeKind.REMINDER, by=manager, now=NOW)
    services.tell(rows, kind=NoticeKind.MOVED, by=manager, now=NOW)

    assert news() == [(row.pk, "moved") for row in rows]


def test_contact_that_is_moved_twice_is_told_from_where_it_was_first(season, observer, manager):
    row = AssignmentFactory(season=season, observer=observer, accepted=True)

    services.tell([row], kind=NoticeKind.REMINDER, by=manager, now=NOW)
    for week in ("2021-W47", "2021-W49"):
        services.tell([row], kind=NoticeKind.MOVED, by=manager, now=NOW, weeks_before={row.pk: week})

    assert Notice.objects.get().week_before == "2021-W47"


def test_held_news_holds_the_letter_it_is_put_into(season, observer, manager):
    first, second = (AssignmentFactory(season=season, observer=observer) for _ in range(2))

    offer_planned([first.pk], now=NOW, by=manager)
    offer_planned([second.pk], now=NOW, is_held=True, by=manager)

    assert Letter.objects.get().is_held
    assert services.send_due_letters(now=NOW + timedelta(days=1), by=manager) == 0


def test_queries_do_not_grow_with_observers_or_news(season, manager, count_queries):
    def planned(count):
        return [AssignmentFactory(season=season, with_observer=True).pk for _ in range(count)]

    one, many = planned(1), planned(7)
    with count_queries() as for_one:
        offer_planned(one, now=NOW, is_held=True, by=manager)
    with count_queries(len(for_one)):
        offer_planned(many, now=NOW, is_held=True, by=manager)

    assert Letter.objects.held().count() == 8


def test_nobody_is_told_while_a_season_is_played(season, observer, manager):
    row = AssignmentFactory(season=season, observer=observer)

    with telling_nobody():
        offer_planned([row.pk], now=NOW, by=manager)

    assert (Assignment.objects.get().state, Letter.objects.count()) == ("offered", 0)


def test_open_letters_are_forgotten_and_those_that_were_sent_are_not(season, manager):
    kept, gone, other = LetterFactory(season=season, sent=True), NoticeFactory(letter__season=season), LetterFactory()

    assert services.forget_open_letters(season.pk, observer_ids=[kept.observer_id], by=manager) == 0
    assert services.forget_open_letters(season.pk, by=manager) == 1

    assert set(Letter.objects.all()) == {kept, other}
    assert gone.assignment.notices.count() == 0
    with pytest.raises(PermissionDenied):
        services.forget_open_letters(other.season_id, by=manager)


# Reminders


def test_observers_are_reminded_once_a_day_of_each_contact(season, observer, manager):
    offered, accepted = (
        AssignmentFactory(season=season, observer=observer, **{s: True}) for s in ("offered", "accepted")
    )
    rows = [
        offered,
        accepted,
        AssignmentFactory(season=season, accepted=True),
        AssignmentFactory(season=season, done=True),
    ]

    told = [services.remind(keys(rows), now=NOW + timedelta(hours=hour), by=manager) for hour in (0, 3, 13)]

    assert told == [2, 0, 2]
    assert AuditEvent.objects.filter(verb="assignment.reminded").count() == 6
    assert {kind for _key, kind in news()} == {"reminder"}


def test_nobody_is_reminded_while_the_season_is_paused(manager):
    paused = AssignmentFactory(accepted=True, season=SeasonFactory(paused=True, organiser=manager.organiser))

    assert services.remind([paused.pk], now=NOW, by=manager) == 0
    assert Letter.objects.count() == 0


def test_reminders_are_for_the_organisers_managers(season):
    row = AssignmentFactory(season=season, accepted=True)

    for by in (row.observer.user, UserFactory(manager=True)):
        with pytest.raises(PermissionDenied):
            services.remind([row.pk], now=NOW, by=by)

    assert Letter.objects.count() == 0
