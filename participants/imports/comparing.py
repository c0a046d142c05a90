"""What a list would change: every row beside what is stored now."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop

from ksp.lib.sheets.columns import CheckedRow
from participants.imports.kinds import ListKind, ListRow, Scope, Stored
from participants.models import RowStatus

TWICE: Final = gettext_noop("The same id is in row %(other)s. Keep one of the two rows.")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The rows of a list with what each would do, and how many stored ones the file does not name."""

    rows: list[ListRow]
    absent: int

    @property
    def errors(self) -> list[ListRow]:
        """The rows that cannot be imported as they are."""
        return [row for row in self.rows if row.status == RowStatus.ERROR]

    @property
    def writes(self) -> list[ListRow]:
        """The rows that change something."""
        return [row for row in self.rows if row.status in {RowStatus.NEW, RowStatus.CHANGED}]

    def counts(self) -> dict[str, int]:
        """Return how many rows do what."""
        by_status = Counter(str(row.status) for row in self.rows)
        warnings = sum(row.has_warnings for row in self.rows)
        counts = {status: by_status[status] for status in RowStatus.values}
        return {**counts, "rows": len(self.rows), "warnings": warnings, "absent": self.absent}


def compare(kind: ListKind, checked: Sequence[CheckedRow], scope: Scope) -> Comparison:
    """Set every row of a list beside what is stored; nothing is written."""
    rows = [ListRow(row.number, row.values, list(row.problems), read=len(row.problems)) for row in checked]
    leading = next(iter(kind.resource.columns()))
    for row in rows:
        row.key = str(row.values.get(leading, "")) if row.has_errors else kind.key(row.values)
    whole = [row for row in rows if not row.has_errors]
    _refuse_repeated(whole, column=leading)
    stored = kind.stored(scope)
    for row in whole:
        _compare(row, kind, stored.get(row.key), scope)
    kind.check([row for row in whole if not row.has_errors], scope)
    for row in rows:
        if row.has_errors:
            row.status, row.before = RowStatus.ERROR, None
    named = {row.key for row in rows}
    absent = sum(there.is_listed and key not in named for key, there in stored.items())
    return Comparison(rows, absent)


def _refuse_repeated(rows: Sequence[ListRow], *, column: str) -> None:
    first: dict[str, int] = {}
    for row in rows:
        if first.setdefault(row.key, row.number) != row.number:
            row.refuse(TWICE, column, other=first[row.key])


def _compare(row: ListRow, kind: ListKind, there: Stored | None, scope: Scope) -> None:
    known = there.values if there else {}
    row.after = {**kind.defaults(scope), **known, **row.values}
    if there is None:
        row.status = RowStatus.NEW
        return
    row.pk = there.pk
    row.before = {name: known[name] for name, value in row.values.items() if name in known and known[name] != value}
    if not there.is_listed:
        row.status = RowStatus.NEW
    else:
        row.status = RowStatus.CHANGED if row.before else RowStatus.UNCHANGED
