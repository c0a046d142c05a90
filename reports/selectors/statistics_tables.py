"""Tables of statistics in one shape: for a page that shows and sorts them, and for a file with the same figures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Final

from ksp.lib import formatting
from ksp.lib.alphabet import norwegian_order

Value = str | float | int | None
DESCENDING: Final = "-"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``exported`` are the headings of its values in a file, where that is more than the label."""

    key: str
    label: str
    exported: tuple[str, ...] = ()
    is_text: bool = False
    is_sortable: bool = True

    @property
    def headings(self) -> tuple[str, ...]:
        """What its values are called in a file."""
        return self.exported or (self.label,)

    @property
    def natural(self) -> str:
        """How it is sorted at first: names from A, numbers from the greatest."""
        return self.key if self.is_text else f"{DESCENDING}{self.key}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as it is read, and the values behind it, unrounded: the first to sort by, all for a file."""

    text: str
    values: tuple[Value, ...]
    url: str = ""
    chips: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; a ``pinned`` one stays on top however the others are sorted."""

    cells: tuple[Cell, ...]
    is_marked: bool = False
    is_pinned: bool = False


@dataclass(frozen=True)
class Table:
    """A table with what it says in a sentence or two; ``nothing`` is what is said instead of a table without rows."""

    key: str
    title: str
    summary: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    nothing: str = ""
    note: str = ""
    sort: str = ""

    @property
    def drawn(self) -> Iterator[tuple[Row, list[tuple[Column, Cell]]]]:
        """Each row with its cells beside their columns."""
        return ((row, list(zip(self.columns, row.cells, strict=True))) for row in self.rows)

    @property
    def headings(self) -> list[str]:
        """The headings of a file."""
        return [heading for column in self.columns for heading in column.headings]

    @property
    def records(self) -> Iterator[list[Value]]:
        """The rows of a file."""
        return ([value for cell in row.cells for value in cell.values] for row in self.rows)

    def sorted_by(self, sort: str) -> "Table":
        """Return the table sorted by a column, with ``-`` the greatest first; an unknown one changes nothing."""
        key = sort.removeprefix(DESCENDING)
        places = {column.key: place for place, column in enumerate(self.columns) if column.is_sortable}
        if key not in places:
            return self
        rows = _sorted(self.rows, places[key], is_descending=sort.startswith(DESCENDING))
        return replace(self, rows=rows, sort=sort)


def _sorted(rows: Sequence[Row], place: int, *, is_descending: bool) -> list[Row]:
    """Return the pinned ones, then those with a value in order, then those without."""
    pinned, others = [row for row in rows if row.is_pinned], [row for row in rows if not row.is_pinned]
    known = [(_order(row.cells[place].values[0]), row) for row in others if row.cells[place].values[0] is not None]
    known.sort(key=itemgetter(0), reverse=is_descending)
    unknown = [row for row in others if row.cells[place].values[0] is None]
    return [*pinned, *(row for _order, row in known), *unknown]


def _order(value: Value) -> str | float:
    if isinstance(value, str):
        return norwegian_order(value)
    return 0.0 if value is None else float(value)


def words(text: str, *, url: str = "", chips: Iterable[str] = (), note: str = "") -> Cell:
    """Return a cell with a name, or what there is to say."""
    return Cell(text, (text,), url=url, chips=tuple(chips), note=note)


def figure(value: float | None, decimals: int = 0, *, chips: Iterable[str] = ()) -> Cell:
    """Return a cell with a number."""
    return Cell(formatting.number(value, decimals), (value,), chips=tuple(chips))


def difference(value: float | None, *, chips: Iterable[str] = ()) -> Cell:
    """Return a cell with a number of points more or less."""
    return Cell(formatting.signed(value), (value,), chips=tuple(chips))


def bounds(interval: Sequence[float] | None, decimals: int = 1) -> Cell:
    """Return a cell with an interval: two values in a file."""
    if interval is None:
        return Cell(formatting.MISSING, (None, None))
    low, high = interval
    if decimals == 0 and low == high:
        return Cell(formatting.number(low), (low, high))
    return Cell(formatting.interval((low, high), decimals), (low, high))


def part(share: float | None, decimals: int = 0, *, chips: Iterable[str] = ()) -> Cell:
    """Return a cell with a share of one as a percentage; in a file as the share."""
    return Cell(formatting.percent(None if share is None else 100 * share, decimals), (share,), chips=tuple(chips))
