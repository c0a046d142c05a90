"""Every move from every state by every role: what the page offers and what the service does are the same."""

from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from ksp.accounts.models import AuditEvent, Role
from ksp.lib.workflow import TransitionNotAllowed, allowed
from responses.models import SurveyResponse
from responses.services import approve_response, reject_response, return_response, submit_response
from responses.workflow import TRANSITIONS, WRITABLE, ReportState
from tests.factories.accounts import UserFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response

pytestmark = pytest.mark.django_db

GRADE = {"content": 3, "instructions": 3, "language": 3, "punctuality": 3}
# Who asks: the report's own observer, another one, and everybody else at the organiser, or at another one.
PEOPLE = ("author", "other_observer", "manager", "administrator", "participant", "foreign_manager", "closed_manager")
REVIEWERS = {"manager", "administrator"}
# From which state each move leads where; all other moves from a state are refused.
MOVES = {
    ("draft", "submit"): "submitted",
    ("returned", "submit"): "submitted",
    ("submitted", "approve"): "approved",
    ("submitted", "return"): "returned",
    ("submitted", "reject"): "rejected",
    ("returned", "reject"): "rejected",
}


def outcome(state, move, person):
    """Return the new state, or why there is none."""
    if person not in ({"author"} if move == "submit" else REVIEWERS):
        return PermissionDenied
    return MOVES.get((state, move), TransitionNotAllowed)


ROWS = [
    (state, move, person, outcome(state, move, person))
    for state, move, person in product(ReportState, TRANSITIONS, PEOPLE)
]


def somebody(name, response):
    organiser = response.season.organiser
    return {
        "author": lambda: response.observer.user,
        "other_observer": lambda: UserFactory(organiser=organiser, role=Role.OBSERVER),
        "manager": lambda: UserFactory(organiser=organiser, role=Role.MANAGER),
        "administrator": lambda: UserFactory(organiser=organiser, role=Role.ADMINISTRATOR),
        "participant": lambda: UserFactory(organiser=organiser, role=Role.PARTICIPANT),
        "foreign_manager": lambda: UserFactory(role=Role.MANAGER),
        "closed_manager": lambda: UserFactory(organiser=organiser, role=Role.MANAGER, is_active=False),
    }[name]()


def make(move, response, *, by):
    if move == "submit":
        return submit_response(response.pk, now=timezone.now(), by=by)
    if move == "approve":
        return approve_response(response.pk, grade=GRADE, by=by)
    if move == "return":
        return return_response(response.pk, notes={}, note="Kan du forklare?", by=by)
    return reject_response(response.pk, reason="Feil kundesenter.", by=by)


@pytest.mark.parametrize(("state", "move", "person", "expected"), ROWS)
def test_move(state, move, person, expected):
    response = filled_response(state, season=season_with_battery())
    by = somebody(person, response)
    events = AuditEvent.objects.count()

    offered = TRANSITIONS[move] in allowed(TRANSITIONS.values(), response, by=by)

    if isinstance(expected, str):
        assert offered
        make(move, response, by=by)
        assert AuditEvent.objects.filter(verb=TRANSITIONS[move].verb, actor=by).count() == 1
    else:
        assert not offered
        with pytest.raises(expected):
            make(move, response, by=by)
        assert AuditEvent.objects.count() == events
    assert SurveyResponse.objects.get().state == (expected if isinstance(expected, str) else state)


def test_no_row_is_missing():
    assert {row[:3] for row in ROWS} == set(product(ReportState, TRANSITIONS, PEOPLE))
    assert {row for row in ROWS if isinstance(row[3], str)} == {
        (state, move, person, target)
        for (state, move), target in MOVES.items()
        for person in (["author"] if move == "submit" else REVIEWERS)
    }


def test_table_and_transitions_say_the_same():
    assert {(state, name): move.target for name, move in TRANSITIONS.items() for state in move.sources} == MOVES
    assert {state for state, move in MOVES if move == "submit"} == WRITABLE


@pytest.mark.parametrize("move", ["approve", "return", "reject"])
def test_nobody_reviews_their_own_contact(move):
    response = filled_response("submitted", season=season_with_battery())
    author = response.observer.user
    author.role = Role.MANAGER
    author.save()

    with pytest.raises(PermissionDenied):
        make(move, response, by=author)

    assert SurveyResponse.objects.get().state == "submitted"
