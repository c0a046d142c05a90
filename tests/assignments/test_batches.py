from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.utils import timezone

from assignments.batches import Act, accept_offered, expire_many, judge_planned, offer_planned, withdraw_many
from assignments.letters.models import Letter
from assignments.models import Assignment
from assignments.services import ManualNotRead, ReasonMissing, SeasonNotOpen, accept_assignment, offer_assignment
from assignments.signals import assignment_changed
from ksp.accounts.models import AuditEvent, OwedMail
from ksp.lib.workflow import TransitionNotAllowed
from observers.models import Observer
from participants.models import Season
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.letters import ManualReadFactory
from tests.factories.observers import CustomerRelationFactory, ObserverFactory, PriorContactFactory
from tests.factories.participants import SeasonFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def season():
    return SeasonFactory(open=True)


@pytest.fixture
def manager(season):
    return UserFactory(manager=True, organiser=season.organiser)


def planned(season, count=1, **fields):
    return [AssignmentFactory(season=season, with_observer=True, **fields) for _ in range(count)]


def keys(rows):
    return [row.pk for row in rows]


def states(rows):
    return [Assignment.objects.get(pk=row.pk).state for row in rows]


def test_planned_contacts_are_offered_to_their_observers_at_the_given_time(season, manager):
    rows = planned(season, 3)

    offered = offer_planned(keys(rows), now=NOW, by=manager)

    assert keys(offered) == keys(rows)
    stored = list(Assignment.objects.order_by("pk").values_list("state", "offered_at", "observer_id"))
    assert stored == [("offered", NOW, row.observer_id) for row in rows]


def test_offering_together_leaves_the_same_traces_as_one_by_one(season, manager):
    together, alone = planned(season, 1)[0], planned(season, 1)[0]
    heard = []

    def listen(assignment, transition, **_signal):
        heard.append((assignment.code, transition.verb))

    assignment_changed.connect(listen)
    try:
        offer_planned([together.pk], now=NOW, by=manager)
        offer_assignment(alone.pk, observer_id=alone.observer_id, now=NOW, by=manager)
        accept_offered({together.pk: Act(together.observer.user, NOW)})
        accept_assignment(alone.pk, now=NOW, by=alone.observer.user)
    finally:
        assignment_changed.disconnect(listen)

    events = AuditEvent.objects.order_by("pk").values_list("verb", "target_name", "actor_name")
    for verb in ("assignment.offered", "assignment.accepted"):
        assert heard.count((together.code, verb)) == heard.count((alone.code, verb)) == 1
        assert [event[0] for event in events].count(verb) == 2
    first, second = (Assignment.objects.values().get(pk=row.pk) for row in (together, alone))
    same = ("state", "offered_at", "answered_at", "decline_reason", "week")
    assert [first[name] for name in same] == [second[name] for name in same]


def test_observer_gets_one_letter_about_all_their_offers_and_no_mail_yet(season, manager):
    busy = ObserverFactory(organiser=season.organiser)
    rows = [AssignmentFactory(season=season, observer=busy) for _ in range(3)] + planned(season)

    offer_planned(keys(rows), now=NOW, by=manager)

    letters = Letter.objects.annotate(news=Count("notices")).values_list("observer", "news", "is_held", "send_at")
    later = NOW + timedelta(minutes=30)
    assert set(letters) == {(busy.pk, 3, False, later), (rows[3].observer_id, 1, False, later)}
    assert OwedMail.objects.count() == 0


def test_contact_whom_a_rule_forbids_by_now_stays_planned(season, manager):
    customer, acquaintance, fine = planned(season, 3)
    CustomerRelationFactory(observer=customer.observer, participant=customer.participant)
    Assignment.objects.filter(pk=acquaintance.pk).update(observer=None)
    PriorContactFactory(observer=acquaintance.observer, participant=acquaintance.participant)
    AssignmentFactory(season=season)

    offered = offer_planned(keys([customer, acquaintance, fine]), now=NOW, by=manager)

    assert keys(offered) == [fine.pk]
    assert states([customer, acquaintance, fine]) == ["planned", "planned", "offered"]


def test_class_that_is_paused_is_not_offered(season, manager):
    (row,) = planned(season, enrolment__award_class__paused_at=timezone.now())

    assert offer_planned([row.pk], now=NOW, by=manager) == []


def test_week_that_is_over_is_not_offered_while_the_season_goes_on(season, manager):
    over, coming = planned(season, week="2021-W46"), planned(season, week="2021-W48")

    offered = offer_planned(keys([*over, *coming]), now=NOW, by=manager)

    assert keys(offered) == keys(coming)
    assert states([*over, *coming]) == ["planned", "offered"]


def test_observer_without_an_account_is_offered_nothing_with_the_others(season, manager):
    silent, other = planned(season, 2)
    Observer.objects.filter(pk=silent.observer_id).update(user=None)

    offered = offer_planned(keys([silent, other]), now=NOW, by=manager)

    assert keys(offered) == [other.pk]
    assert states([silent, other]) == ["planned", "offered"]


def test_planned_contact_does_not_count_against_its_own_observers_room(season):
    full = ObserverFactory(organiser=season.organiser, weekly_capacity=2, season_capacity=2)
    rows = [AssignmentFactory(season=season, observer=full) for _ in range(2)]

    assert [candidate.is_eligible for candidate in judge_planned(rows).values()] == [True, True]

    rows.append(AssignmentFactory(season=season, observer=full))
    refusals = [[rule.code for rule in candidate.refusals] for candidate in judge_planned(rows).values()]
    assert refusals == [["weekly_capacity", "season_capacity"]] * 3


def test_queries_do_not_grow_with_the_number_of_offers(season, manager, count_queries):
    one, three = planned(season, 1), planned(season, 3)

    with count_queries() as for_one:
        offer_planned(keys(one), now=NOW, by=manager)
    with count_queries() as for_three:
        offer_planned(keys(three), now=NOW, by=manager)

    assert len(for_one) == len(for_three)


@pytest.mark.parametrize("state", ["preparing", "paused", "closed"])
def test_nothing_is_offered_while_the_season_is_not_open(state):
    season = SeasonFactory(**({state: True} if state != "preparing" else {}))
    (row,) = planned(season)

    with pytest.raises(SeasonNotOpen):
        offer_planned([row.pk], now=NOW, by=UserFactory(manager=True, organiser=season.organiser))

    assert states([row]) == ["planned"]


def test_one_offer_that_cannot_be_made_stops_all(season, manager):
    fresh, offered = planned(season)[0], AssignmentFactory(season=season, offered=True)

    with pytest.raises(TransitionNotAllowed):
        offer_planned([fresh.pk, offered.pk], now=NOW, by=manager)

    assert states([fresh, offered]) == ["planned", "offered"]


def test_offers_are_made_by_the_organisers_managers_only(season):
    (row,) = planned(season)

    for person in (row.observer.user, UserFactory(manager=True)):
        with pytest.raises(PermissionDenied):
            offer_planned([row.pk], now=NOW, by=person)

    assert states([row]) == ["planned"]
    assert OwedMail.objects.count() == 0


def test_offers_stand_as_long_as_the_season_says_and_not_beyond_their_week(season, manager):
    soon, later = planned(season, week="2021-W48")[0], planned(season, week="2021-W52")[0]

    offer_planned(keys([soon, later]), now=NOW, by=manager)

    until = [timezone.localtime(row.answer_by).isoformat() for row in Assignment.objects.order_by("pk")]
    assert until == ["2021-12-02T23:59:59+01:00"] * 2
    assert offer_planned(keys(planned(season)), now=NOW + timedelta(days=6), by=manager)
    last = Assignment.objects.latest("pk").answer_by
    assert timezone.localtime(last).isoformat() == "2021-12-03T15:00:00+01:00"


def test_nobody_accepts_before_the_manual_is_read(season):
    Season.objects.update(manual="Slik gjør vi det.")
    first, second = (AssignmentFactory(season=season, offered=True) for _ in range(2))
    ManualReadFactory(season=season, observer=first.observer)

    with pytest.raises(ManualNotRead):
        accept_offered({row.pk: Act(row.observer.user, NOW) for row in (first, second)})
    accept_offered({first.pk: Act(first.observer.user, NOW)})

    assert states([first, second]) == ["accepted", "offered"]


def test_many_are_withdrawn_and_planned_anew_at_once(season, manager, count_queries):
    offered, accepted = AssignmentFactory(season=season, offered=True), AssignmentFactory(season=season, accepted=True)
    more = [AssignmentFactory(season=season, accepted=True) for _ in range(3)]

    with count_queries() as for_two:
        fresh = withdraw_many(keys([offered, accepted]), reason="Feil liste", now=NOW, by=manager)
    with count_queries() as for_three:
        withdraw_many(keys(more), reason="Feil liste", now=NOW, by=manager)

    writes = [[query for query in queries if not query.startswith("SELECT")] for queries in (for_two, for_three)]
    assert len(writes[1]) <= len(writes[0])
    assert [(new.replaces_id, new.state, new.observer_id) for new in fresh] == [
        (offered.pk, "planned", None),
        (accepted.pk, "planned", None),
    ]
    assert set(Assignment.objects.filter(state="withdrawn").values_list("decline_reason", flat=True)) == {"Feil liste"}
    assert AuditEvent.objects.filter(verb="assignment.planned_again").count() == 5
    with pytest.raises(ReasonMissing):
        withdraw_many(keys(fresh), reason=" ", now=NOW, by=manager)


def test_many_offers_lapse_and_are_planned_anew_at_once(season, manager):
    rows = [AssignmentFactory(season=season, offered=True) for _ in range(2)]

    fresh = expire_many(keys(rows), now=NOW, by=manager)

    assert states(rows) == ["expired", "expired"]
    assert [new.replaces_id for new in fresh] == keys(rows)


def test_each_offer_is_accepted_by_its_own_observer_at_their_own_time(season):
    rows = [AssignmentFactory(season=season, offered=True) for _ in range(2)]
    acts = {row.pk: Act(row.observer.user, NOW + timedelta(hours=hour)) for hour, row in enumerate(rows)}

    accept_offered(acts)

    stored = Assignment.objects.order_by("pk").values_list("state", "answered_at")
    assert list(stored) == [("accepted", NOW), ("accepted", NOW + timedelta(hours=1))]
    assert Counter(AuditEvent.objects.values_list("actor_id", flat=True)) == {row.observer.user_id: 1 for row in rows}


def test_nobody_accepts_for_another(season, manager):
    own, other = (AssignmentFactory(season=season, offered=True) for _ in range(2))

    for person in (manager, other.observer.user):
        with pytest.raises(PermissionDenied):
            accept_offered({own.pk: Act(person, NOW)})

    assert states([own, other]) == ["offered", "offered"]
