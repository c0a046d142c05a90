"""Ten thousand moves at random: no rule is ever broken, and whatever is refused breaks the rules that are named."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assignments import rule_words
from assignments.plans import services
from assignments.plans.drafts import draft_of
from assignments.plans.moves import Wish, judge
from observers.models import CustomerRelation, Observer, PriorContact
from participants.models import Enrolment
from tests.factories.observers import CustomerRelationFactory, PriorContactFactory
from tests.plans.seasons import manager_of, person, proposed, small_season

pytestmark = pytest.mark.django_db
OPEN_DAYS = {
    "2021-W49": {1, 2, 3, 4, 5},
    "2021-W50": {1, 2, 3, 4, 5},
    "2021-W51": {1, 2, 3, 4},
    "2021-W52": {1, 2, 3, 4, 5},
    "2022-W01": {1, 2, 3, 4, 5},
    "2022-W02": {1, 2, 3, 4, 5},
    "2022-W03": {1, 2, 3, 4, 5},
}
MOVES = st.lists(
    st.tuples(st.integers(0, 19), st.integers(-1, 11), st.sampled_from([*OPEN_DAYS]), st.integers(1, 5)),
    min_size=100,
    max_size=100,
)
UNHURRIED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.fixture
def proposal():
    """A tight season: whoever moves at random runs into every kind of wall."""
    season = small_season(participants=4, observers=0, stored_settings={"closed_on": ["2021-12-24"]})
    people = [
        person(season, number=number, weekly_capacity=1 + number % 2, season_capacity=[4, None][number % 2])
        for number in range(9)
    ]
    people += [
        person(season, number=9, methods=["email"]),
        person(season, number=10, available_from=date(2021, 12, 20), weeks=["2021-W52", "2022-W01"]),
        person(season, number=11, carried_score=40.0),
    ]
    first, second = Enrolment.objects.filter(season=season).order_by("pk")[:2]
    CustomerRelationFactory(observer=people[0], participant=first.participant)
    PriorContactFactory(observer=people[1], participant=second.participant)
    return proposed(season, manager_of(season))


class Judge:
    """What is so of the season, read once; it knows nothing of the planner."""

    def __init__(self, season):
        self.observers = {one.pk: one for one in Observer.objects.filter(organiser=season.organiser)}
        self.met = set(PriorContact.objects.values_list("observer_id", "participant_id"))
        self.customers = set(CustomerRelation.objects.values_list("observer_id", "participant_id"))

    def broken(self, rows):
        """Give the codes of the rules that these contacts break."""
        held = [row for row in rows if row.observer_id is not None]
        found = {code for row in held for code in self._of(row)}
        found |= {"open_day" for row in rows if row.weekday not in OPEN_DAYS[row.week]}
        for code, key, most in (
            ("meets_once", lambda row: (row.observer_id, row.participant_id), lambda _row: 1),
            ("one_a_day", lambda row: (row.participant_id, row.week, row.weekday), lambda _row: 1),
            ("weekly_capacity", lambda row: (row.observer_id, row.week), self._in_week),
            ("season_capacity", lambda row: row.observer_id, self._in_season),
        ):
            counts = Counter(map(key, held))
            found |= {code for row in held if counts[key(row)] > most(row)}
        return found

    def _of(self, row):
        one = self.observers[row.observer_id]
        if (row.observer_id, row.participant_id) in self.met:
            yield "never_met"
        if (row.observer_id, row.participant_id) in self.customers:
            yield "not_customer"
        if row.method not in one.methods:
            yield "offers_method"
        is_early = one.available_from is not None and row.week < "2021-W51"
        if is_early or (one.weeks and row.week not in one.weeks):
            yield "available"
        if one.carried_score < 60:
            yield "good_score"

    def _in_week(self, row):
        return self.observers[row.observer_id].weekly_capacity

    def _in_season(self, row):
        return self.observers[row.observer_id].season_capacity or 1000


def wishes_of(moves, contacts, observers):
    for number, who, week, weekday in moves:
        observer_id = None if who < 0 else observers[who]
        yield contacts[number], {"observer_id": observer_id, "week": week, "weekday": weekday}


def test_ten_thousand_moves_break_no_rule(proposal):
    judged, observers = Judge(proposal.season), sorted(Observer.objects.values_list("pk", flat=True))
    began = draft_of(proposal)
    outcomes = Counter()

    @settings(max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=UNHURRIED)
    @given(MOVES)
    def move(moves):
        draft, contacts = began, list(proposal.contacts.order_by("number"))
        for contact, wish in wishes_of(moves, contacts, observers):
            asked = Wish.of(draft, contact, wish)
            codes = judge(draft, contact, asked)
            before = (contact.observer_id, contact.week, contact.weekday)
            contact.observer_id, contact.week, contact.weekday = wish.values()
            assert judged.broken(contacts) == set(codes)
            outcomes.update(codes or ["moved"])
            if codes:
                contact.observer_id, contact.week, contact.weekday = before
            else:
                draft = replace(draft, plan=asked.applied(draft, draft.places[contact.pk]))
        assert judged.broken(contacts) == set()

    move()

    walls = {"never_met", "not_customer", "meets_once", "offers_method", "available", "weekly_capacity", "one_a_day"}
    assert outcomes.total() >= 10_000
    assert walls | {"season_capacity", "good_score", "open_day", "moved"} <= outcomes.keys()


def test_moves_that_are_stored_break_no_rule_either(proposal):
    judged, observers = Judge(proposal.season), sorted(Observer.objects.values_list("pk", flat=True))
    manager = manager_of(proposal.season)

    @settings(max_examples=3, deadline=None, derandomize=True, database=None, suppress_health_check=UNHURRIED)
    @given(MOVES)
    def move(moves):
        with transaction.atomic():
            contacts = list(proposal.contacts.order_by("number"))
            for contact, wish in wishes_of(moves, contacts, observers):
                stored = list(proposal.contacts.all())
                changed = next(one for one in stored if one.pk == contact.pk)
                changed.observer_id, changed.week, changed.weekday = wish.values()
                broken = judged.broken(stored)
                if not broken:
                    services.move_contact(contact.pk, by=manager, **wish)
                    continue
                with pytest.raises(services.MoveRefused) as refusal:
                    services.move_contact(contact.pk, by=manager, **wish)
                assert set(refusal.value.rules) == broken
                assert str(refusal.value) == " ".join(map(rule_words.sentence, refusal.value.rules))
            assert judged.broken(proposal.contacts.all()) == set()
            transaction.set_rollback(True)

    move()
