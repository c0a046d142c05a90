"""What a transition between two states is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from django.utils.functional import Promise

from ksp.lib.errors import DomainError


class TransitionNotAllowed(DomainError):
    """The object is in a state that this move does not start from."""

    code: ClassVar[str] = "transition_not_allowed"


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One move: from which states, to which, and who may make it."""

    verb: str
    label: str | Promise
    sources: frozenset[str]
    target: str
    permission: str


class Person(Protocol):
    """Whoever can be asked for a permission."""

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Tell whether the person may do this with that object."""


def allowed(transitions: Iterable[Transition], subject: Any, *, by: Person) -> list[Transition]:
    """Return the moves that ``by`` can make with the subject now: what a page offers and a service accepts."""
    return [move for move in transitions if subject.state in move.sources and by.has_perm(move.permission, subject)]
