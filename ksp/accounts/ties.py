"""What an account stands for in apps that accounts does not know: a participant, an observer's profile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from ksp.accounts.models import User


@dataclass(frozen=True, slots=True)
class Tied:
    """One thing that an account stands for, and its page."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Tie:
    """How accounts of one role are tied to what they stand for.

    ``field`` is the form field with what the inviting person may choose; ``connect`` ties an account to what was
    chosen in it; ``things`` names what an account is tied to, under ``heading``.
    """

    heading: Any
    field: Callable[[User], forms.Field]
    connect: Callable[[User, Any, User], None]
    things: Callable[[User], Sequence[Tied]]


_ties: dict[str, Tie] = {}


def register_tie(role: str, tie: Tie) -> None:
    """Let accounts of this role be tied in this way."""
    _ties[role] = tie


def tie_of(role: str) -> Tie | None:
    """Return how accounts of this role are tied; administrators and managers stand for nothing but themselves."""
    return _ties.get(role)
