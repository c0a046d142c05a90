from datetime import date

import pytest
from django.utils import timezone

from assignments.eligibility import RULES, candidates
from assignments.selectors import judge_observers
from tests.factories.accounts import UserFactory
from tests.factories.applications import TeamMemberFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import CustomerRelationFactory, ObserverFactory, PriorContactFactory
from tests.factories.participants import EnrolmentFactory, SeasonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact():
    """A contact by phone in week 48 of 2021, from Monday 29 November to Sunday 5 December."""
    return AssignmentFactory(method="phone", week="2021-W48")


def observer_for(contact, **fields):
    """An observer whom every rule allows, but for what is said."""
    return ObserverFactory(organiser=contact.season.organiser, **{"methods": ["phone"], "weekly_capacity": 1, **fields})


def refusals(contact, observer):
    (candidate,) = candidates(contact, [observer])
    assert candidate.is_eligible is (not candidate.refusals)
    return [rule.code for rule in candidate.refusals]


def give(observer, state="accepted", **fields):
    """Another contact of the observer's, with another participant."""
    return AssignmentFactory(observer=observer, **{state: True}, **fields)


def in_season(contact, **fields):
    return {"season": contact.season, "enrolment": EnrolmentFactory(season=contact.season), **fields}


def test_observer_who_fails_nothing_is_eligible(contact):
    assert refusals(contact, observer_for(contact)) == []


def test_inactive_observer_is_refused(contact):
    assert refusals(contact, observer_for(contact, is_active=False)) == ["active"]


def test_observer_who_met_the_participant_in_another_project_is_refused(contact):
    observer = observer_for(contact)
    PriorContactFactory(observer=observer, participant=contact.participant)

    assert refusals(contact, observer) == ["never_met"]


@pytest.mark.parametrize("state", ["offered", "accepted", "done"])
def test_observer_who_met_the_participant_in_another_season_is_refused(contact, state):
    observer = observer_for(contact)
    earlier = SeasonFactory(organiser=contact.season.organiser, closed=True)
    give(observer, state, season=earlier, enrolment=EnrolmentFactory(season=earlier, participant=contact.participant))

    assert refusals(contact, observer) == ["never_met"]


@pytest.mark.parametrize("state", ["declined", "expired", "withdrawn", "cancelled"])
def test_contact_that_fell_away_is_no_meeting(contact, state):
    observer = observer_for(contact)
    give(observer, "offered", season=contact.season, enrolment=contact.enrolment)
    contact.season.assignments.exclude(pk=contact.pk).update(state=state)

    assert refusals(contact, observer) == []


def test_observer_who_met_another_participant_is_allowed(contact):
    observer = observer_for(contact)
    PriorContactFactory(observer=observer)

    assert refusals(contact, observer) == []


def test_customer_is_refused(contact):
    observer = observer_for(contact)
    CustomerRelationFactory(observer=observer, participant=contact.participant)
    CustomerRelationFactory(observer=observer_for(contact))

    assert refusals(contact, observer) == ["not_customer"]


def test_customer_of_another_participant_is_allowed(contact):
    observer = observer_for(contact)
    CustomerRelationFactory(observer=observer)

    assert refusals(contact, observer) == []


@pytest.mark.parametrize("methods", [["email", "chat"], []])
def test_observer_without_the_method_is_refused(contact, methods):
    assert refusals(contact, observer_for(contact, methods=methods)) == ["offers_method"]


@pytest.mark.parametrize(
    "fields",
    [
        {"available_from": date(2021, 12, 6)},
        {"available_to": date(2021, 11, 28)},
        {"weeks": ["2021-W49", "2021-W50"]},
    ],
)
def test_observer_who_is_not_available_is_refused(contact, fields):
    assert refusals(contact, observer_for(contact, **fields)) == ["available"]


@pytest.mark.parametrize(
    "fields",
    [
        {"available_from": date(2021, 12, 5)},
        {"available_to": date(2021, 11, 29)},
        {"weeks": ["2021-W48"]},
        # Made for another season, so it says nothing about this one.
        {"weeks": ["2020-W48", "2023-W05"]},
        {"available_from": date(2021, 1, 1), "available_to": date(2022, 1, 1), "weeks": []},
    ],
)
def test_observer_who_is_available_on_some_day_is_allowed(contact, fields):
    assert refusals(contact, observer_for(contact, **fields)) == []


def test_observer_with_a_full_week_is_refused(contact):
    observer = observer_for(contact)
    give(observer, **in_season(contact, week="2021-W48"))

    assert refusals(contact, observer) == ["weekly_capacity"]


def test_contacts_of_other_weeks_do_not_fill_the_week(contact):
    observer = observer_for(contact)
    give(observer, **in_season(contact, week="2021-W49"))

    assert refusals(contact, observer) == []


def test_observer_with_a_full_season_is_refused(contact):
    observer = observer_for(contact, season_capacity=1)
    give(observer, **in_season(contact, week="2021-W49"))

    assert refusals(contact, observer) == ["season_capacity"]


def test_contacts_of_other_seasons_do_not_fill_the_season(contact):
    observer = observer_for(contact, season_capacity=1)
    give(observer, season=SeasonFactory(organiser=contact.season.organiser, closed=True), week="2020-W49")

    assert refusals(contact, observer) == []


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"carried_score": 59.9}, ["good_score"]),
        ({"carried_score": 60}, []),
        ({"carried_score": 90, "internal_score": 40}, ["good_score"]),
        ({"carried_score": 10, "internal_score": 80}, []),
        ({}, []),
    ],
)
def test_observer_with_a_low_score_is_refused(contact, fields, codes):
    assert refusals(contact, observer_for(contact, **fields)) == codes


def test_new_observer_counts_as_the_season_says(contact):
    contact.season.stored_settings = {"least_observer_score": 71}
    contact.season.save()

    assert refusals(contact, observer_for(contact)) == ["good_score"]


def test_every_rule_that_says_no_is_named_in_order(contact):
    observer = observer_for(contact, is_active=False, methods=[], weeks=["2021-W49"], weekly_capacity=0)
    observer.season_capacity, observer.carried_score = 0, 1
    PriorContactFactory(observer=observer, participant=contact.participant)
    CustomerRelationFactory(observer=observer, participant=contact.participant)
    TeamMemberFactory(season=contact.season, observer=observer, left_at=timezone.now())

    assert refusals(contact, observer) == [rule.code for rule in RULES]


def test_who_has_left_the_seasons_team_is_refused_and_who_is_on_it_or_on_another_is_not(contact):
    left, stays, elsewhere = (observer_for(contact) for _ in range(3))
    TeamMemberFactory(season=contact.season, observer=left, left_at=timezone.now())
    TeamMemberFactory(season=contact.season, observer=stays)
    TeamMemberFactory(observer=elsewhere, left_at=timezone.now())

    assert [refusals(contact, one) for one in (left, stays, elsewhere)] == [["has_left"], [], []]


def test_own_assignment_is_not_in_the_way_of_itself(contact):
    observer = observer_for(contact)
    contact.observer = observer
    contact.save()

    assert refusals(contact, observer) == []


def test_eligible_come_first_then_the_best_score_then_the_least_to_do(contact):
    refused = observer_for(contact, carried_score=99, methods=["chat"])
    busy = observer_for(contact, carried_score=80, weekly_capacity=5)
    idle = observer_for(contact, carried_score=80)
    best = observer_for(contact, carried_score=95)
    give(busy, **in_season(contact))

    ordered = [candidate.facts.observer for candidate in candidates(contact, [refused, busy, idle, best])]

    assert ordered == [best, idle, busy, refused]


@pytest.mark.parametrize("observers", [1, 30])
def test_everybody_is_judged_in_a_constant_number_of_queries(contact, observers, count_queries):
    for _number in range(observers):
        give(observer_for(contact, weekly_capacity=5), **in_season(contact))
    manager = UserFactory(manager=True, organiser=contact.season.organiser)

    with count_queries(5):
        judged = judge_observers(contact, user=manager)

    assert (judged.eligible, len(judged.everybody)) == (observers, observers)


def test_search_finds_by_every_word_or_the_id(contact):
    kari = observer_for(contact, first_name="Kari", last_name="Berg", code="O7")
    observer_for(contact, first_name="Kari", last_name="Lie", code="O8")
    manager = UserFactory(manager=True, organiser=contact.season.organiser)

    found = [
        [candidate.facts.observer for candidate in judge_observers(contact, user=manager, name=name).everybody]
        for name in ("kari berg", "O7", "ingen")
    ]

    assert found == [[kari], [kari], []]


def test_observers_of_other_organisers_are_no_candidates(contact):
    ObserverFactory()
    manager = UserFactory(manager=True, organiser=contact.season.organiser)

    assert judge_observers(contact, user=manager).everybody == []
