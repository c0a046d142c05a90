"""What must be in place before a season opens, as each app sees it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from participants.models import Season

Words = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing to have ready: whether it is, how things stand, and the page where it is done.

    ``is_needed`` where the season cannot open without it; else it can, but should not.
    """

    title: Words
    is_met: bool
    text: Words
    is_needed: bool = False
    url: str = ""
    action: Words = ""


Check = Callable[[Season], Iterable[Point]]
_checks: list[Check] = []


def register_readiness(check: Check) -> None:
    """Ask this check too whenever somebody looks at a season in preparation."""
    _checks.append(check)


def points_of(season: Season) -> list[Point]:
    """Return all that must be in place, in the order of the apps."""
    return [point for check in _checks for point in check(season)]
