from dataclasses import dataclass

import pytest

from ksp.lib.errors import DomainError
from ksp.lib.workflow import Transition, TransitionNotAllowed, allowed

OPEN = Transition(verb="door.opened", label="Open", sources=frozenset({"shut"}), target="open", permission="door.use")
SHUT = Transition(verb="door.shut", label="Shut", sources=frozenset({"open"}), target="shut", permission="door.use")
LOCK = Transition(
    verb="door.locked", label="Lock", sources=frozenset({"shut"}), target="locked", permission="door.lock"
)


@dataclass
class Door:
    state: str


class Guest:
    def __init__(self, *permissions):
        self.permissions = permissions

    def has_perm(self, perm, obj=None):
        return isinstance(obj, Door) and perm in self.permissions


@pytest.mark.parametrize(
    ("state", "permissions", "moves"),
    [
        ("shut", ["door.use", "door.lock"], [OPEN, LOCK]),
        ("shut", ["door.use"], [OPEN]),
        ("shut", [], []),
        ("open", ["door.use", "door.lock"], [SHUT]),
        ("locked", ["door.use", "door.lock"], []),
    ],
)
def test_allowed_moves_start_from_the_state_and_are_the_persons(state, permissions, moves):
    assert allowed([OPEN, SHUT, LOCK], Door(state), by=Guest(*permissions)) == moves


def test_refusal_has_a_stable_code():
    assert issubclass(TransitionNotAllowed, DomainError)
    assert TransitionNotAllowed.code == "transition_not_allowed"
