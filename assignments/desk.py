"""How far the report of each contact has come; an app above, which keeps the reports, says so."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ksp.accounts.models import User


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far one report has come, in the words and with the link that the observer's pages show."""

    assignment_id: int
    participant: str
    award_class: str
    method: str
    week: str
    state: str
    state_label: str
    url: str
    action: str
    note: str = ""
    progress: str = ""
    is_open: bool = False
    is_returned: bool = False
    asked: tuple[str, ...] = ()
    submitted_at: datetime | None = None
    reviewed_at: datetime | None = None


class Desk(Protocol):
    """What the observer's pages ask of the app that keeps the reports."""

    def open_and_recent(self, user: User, *, now: datetime) -> Sequence[Standing]:
        """Return the observer's reports that can be written in, and the latest that are handed in."""

    def of_assignments(self, keys: Collection[int], *, now: datetime) -> Mapping[int, Standing]:
        """Return the reports of these assignments, by the assignment's key."""


_desks: list[Desk] = []


def register_desk(desk: Desk) -> None:
    """Let the pages about assignments ask ``desk`` about reports."""
    _desks[:] = [desk]


def desk() -> Desk:
    """Return whom to ask about reports."""
    return _desks[0]
