"""Shows an uploaded list as people read it: what each row does, and what is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ksp.lib.sheets.columns import Column
from ksp.lib.sheets.problems import Problem
from participants.imports.kinds import ListKind
from participants.models import ImportBatch, ImportRow, RowStatus

ALL = "all"
WARNINGS = "warnings"


@dataclass(frozen=True, slots=True)
class Change:
    """One column of a row: what is stored now, and what the list says."""

    label: str | Promise
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong with a row, or worth a look."""

    label: str | Promise
    text: str
    is_warning: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of a list."""

    row: ImportRow
    changes: list[Change]
    facts: list[tuple[str | Promise, str]]
    remarks: list[Remark]


@dataclass(frozen=True, slots=True)
class Tab:
    """One choice among the rows, and how many there are."""

    key: str
    label: str | Promise
    count: int


def tabs_of(batch: ImportBatch) -> list[Tab]:
    """Return the ways to narrow the rows that find any: those with errors first."""
    counts = batch.counts
    tabs = [
        Tab(ALL, _("All rows"), counts["rows"]),
        Tab(RowStatus.ERROR, _("With errors"), counts["error"]),
        Tab(WARNINGS, _("Worth a look"), counts["warnings"]),
        Tab(RowStatus.NEW, _("New rows"), counts["new"]),
        Tab(RowStatus.CHANGED, _("Changed rows"), counts["changed"]),
        Tab(RowStatus.UNCHANGED, _("Unchanged rows"), counts["unchanged"]),
    ]
    return [tab for tab in tabs if tab.count or tab.key == ALL]


def first_tab(batch: ImportBatch) -> str:
    """Return what a reader wants to see first: what is wrong, if something is."""
    return RowStatus.ERROR.value if batch.counts["error"] else ALL


def narrowed(batch: ImportBatch, *, show: str, search: str) -> QuerySet[ImportRow]:
    """Return the rows that are asked for, in the order of the file."""
    rows = batch.rows.all()
    if show == WARNINGS:
        rows = rows.filter(has_warnings=True)
    elif show in RowStatus.values:
        rows = rows.filter(status=show)
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(key__icontains=search))
    return rows


def shown(rows: Iterable[ImportRow], kind: ListKind) -> list[ShownRow]:
    """Return the rows in words."""
    columns = kind.resource.columns()
    return [
        ShownRow(row, _changes(row, columns), _facts(row, columns, kind), list(_remarks(row, columns))) for row in rows
    ]


def _changes(row: ImportRow, columns: dict[str, Column]) -> list[Change]:
    if row.status not in {RowStatus.CHANGED, RowStatus.NEW}:
        return []
    before = row.before or {}
    return [
        Change(column.label, column.widget.render(before[name]), column.widget.render(row.values[name]))
        for name, column in columns.items()
        if name in before
    ]


def _facts(row: ImportRow, columns: dict[str, Column], kind: ListKind) -> list[tuple[str | Promise, str]]:
    """Return what the list says of something new."""
    if row.status != RowStatus.NEW:
        return []
    told = {*kind.named_by, *(row.before or {})}
    return [
        (column.label, column.widget.render(row.values[name]))
        for name, column in columns.items()
        if name not in told and _says_something(row.values.get(name))
    ]


def _says_something(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", [])


def _remarks(row: ImportRow, columns: dict[str, Column]) -> Iterable[Remark]:
    for stored in row.problems:
        problem = Problem.from_dict(stored)
        column = columns.get(problem.column)
        yield Remark(column.label if column else "", problem.sentence(), problem.is_warning)
