"""The kinds of lists that can be imported, each with its columns and its way to and from the database."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ksp.accounts.models import AuditEvent, User
from ksp.lib.sheets.columns import CheckedRow, ListResource
from participants.models import RowStatus, Season
from participants.workflow import SeasonState

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom a list is imported: whose data, which season, and who does it."""

    by: User
    season: Season | None

    @property
    def organiser_id(self) -> int:
        """Whose data."""
        return self.by.organiser_id


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known already under a row's key; ``is_listed`` if it is on the list that the file would change."""

    values: Values
    is_listed: bool = True
    pk: int = 0


@dataclass(slots=True)
class ListRow(CheckedRow):
    """A row beside what is stored: what it would do, what it replaces, and what there would be afterwards.

    The first ``read`` of its problems were found when the file was read, the others by comparing.
    """

    read: int = 0
    key: str = ""
    status: str = RowStatus.ERROR
    before: Values | None = None
    after: Values | None = None
    pk: int = 0

    @property
    def full(self) -> Values:
        """All the values there would be afterwards."""
        return self.after if self.after is not None else self.values


class ListKind(ABC):
    """One kind of list."""

    code: ClassVar[str]
    label: ClassVar[str | Promise]
    row_label: ClassVar[str | Promise]
    about: ClassVar[str | Promise]
    permission: ClassVar[str]
    resource: ClassVar[type[ListResource]]
    needs_season: ClassVar[bool] = False
    # When a season's list is final, and what is said then.
    final_states: ClassVar[Collection[str]] = (SeasonState.CLOSED, SeasonState.PUBLISHED)
    final_words: ClassVar[str | Promise] = gettext_lazy("%(season)s has ended. Its participants can no longer change.")
    # Not worth telling in a preview: the key, and what names the row.
    named_by: ClassVar[Collection[str]] = ()

    @abstractmethod
    def key(self, values: Values) -> str:
        """Return what a row is recognised by from one file to the next."""

    @abstractmethod
    def name(self, row: ListRow) -> str:
        """Return what people call the row."""

    @abstractmethod
    def defaults(self, scope: Scope) -> Values:
        """Return the values of something that is not stored yet."""

    @abstractmethod
    def stored(self, scope: Scope) -> dict[str, Stored]:
        """Return what is known already, by key."""

    @abstractmethod
    def check(self, rows: Sequence[ListRow], scope: Scope) -> None:
        """Note what is wrong with rows that are right by themselves."""

    @abstractmethod
    def store(self, rows: Sequence[ListRow], scope: Scope) -> Iterable[AuditEvent]:
        """Make what is stored what the rows say; return the events, not yet written."""

    @abstractmethod
    def remove(self, rows: Sequence[ListRow], scope: Scope) -> Iterable[AuditEvent]:
        """Remove what the rows brought, where nothing rests on it; return the events, not yet written."""

    def blockers(self, rows: Sequence[ListRow], scope: Scope) -> list[str]:
        """Say in whole sentences what rests on the rows, so that they cannot be taken back."""
        return []

    def summary(self, rows: Sequence[ListRow], scope: Scope) -> dict[str, Any]:
        """Return what else the preview tells of the list as a whole."""
        return {}

    def tidy_up(self, summary: dict[str, Any], scope: Scope) -> None:  # noqa: B027 -- most lists bring rows alone
        """Remove what the list as a whole brought, once its rows have been taken back."""


_kinds: dict[str, ListKind] = {}


def register_kind(kind: ListKind) -> None:
    """Let lists of this kind be imported."""
    _kinds[kind.code] = kind


def all_kinds() -> list[ListKind]:
    """Return the kinds of lists, in the order in which the apps registered them."""
    return list(_kinds.values())


def find_kind(code: str) -> ListKind:
    """Return one kind."""
    return _kinds[code]


def dependents(model: type[models.Model], keys: Collection[int], *, own: Collection[type[models.Model]]) -> list[str]:
    """Name the kinds of things that point to any of these rows, those that came with the rows themselves aside."""
    names = []
    for relation in model._meta.related_objects:
        related = relation.related_model
        if related in own:
            continue
        if related._base_manager.filter(**{f"{relation.field.name}__in": keys}).exists():
            names.append(str(related._meta.verbose_name_plural))
    return names


def resting(things: Collection[str]) -> list[str]:
    """Say in a sentence that these things rest on a list; nothing if there are none."""
    if not things:
        return []
    return [_("Something rests on it by now: %(things)s.") % {"things": ", ".join(sorted({*things}))}]
