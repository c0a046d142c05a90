"""Reads the files of a season's answers, and says of every mistake where it is and how to mend it."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from ksp.lib.escaping import unescape_cell
from ksp.lib.weeks import IsoWeek
from reports.exports.layout import COLUMNS

Value = TypeVar("Value")
LARGEST_FILE: Final = 200_000_000
LONGEST_CELL: Final = 200_000
_CODE = re.compile(r"[-a-zA-Z0-9_]+")


@dataclass(frozen=True)
class Mistake:
    """What is wrong in one place of one file, and what to do about it."""

    file: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}, " + _("row %(row)s") % {"row": self.row} if self.row else self.file
        return f"{where}{f', “{self.column}”' if self.column else ''}: {self.message}"


@dataclass
class Mistakes:
    """All mistakes found so far."""

    found: list[Mistake] = field(default_factory=list)

    def add(self, file: str, row: int, column: str, message: str) -> None:
        """Note one more."""
        self.found.append(Mistake(file, row, column, message))


@dataclass(frozen=True)
class Line:
    """One row of a file, whose cells are read by name; what cannot be read is noted, and None."""

    file: str
    number: int
    cells: dict[str, str]
    mistakes: Mistakes

    def wrong(self, column: str, message: str) -> None:
        """Note a mistake in one cell."""
        self.mistakes.add(self.file, self.number, column, message)

    def text(self, column: str, *, longest: int, may_be_empty: bool = False) -> str:
        """Return the cell's text."""
        text = self.cells[column]
        if not text and not may_be_empty:
            self.wrong(column, _("This cell is empty. Fill it in."))
        elif "\x00" in text or len(text) > longest:
            self.wrong(column, _("The text is longer than %(most)s characters. Shorten it.") % {"most": longest})
        return text

    def code(self, column: str, *, longest: int) -> str:
        """Return a code of letters, digits, hyphens and underscores."""
        text = self.text(column, longest=longest)
        if text and not _CODE.fullmatch(text):
            self.wrong(column, _("“%(text)s” is not a code. Use letters a–z, digits, “-” and “_”.") % {"text": text})
        return text

    def one_of(self, column: str, allowed: "list[str] | tuple[str, ...]") -> str:
        """Return the cell, which must be one of these."""
        text = self.cells[column]
        if text not in allowed:
            words = {"text": text, "allowed": ", ".join(item for item in allowed if item)}
            self.wrong(column, _("“%(text)s” is not known. Write one of: %(allowed)s.") % words)
        return text

    def number_in(self, column: str, *, least: int, most: int) -> int:
        """Return a whole number."""
        words = {"text": self.cells[column], "least": least, "most": most}
        message = _("“%(text)s” is not a whole number from %(least)s to %(most)s.") % words
        number = self._read(column, int, message)
        if number is not None and not least <= number <= most:
            self.wrong(column, message)
        return number or 0

    def moment(self, column: str) -> datetime | None:
        """Return a time with its time zone, or None where the cell is empty."""
        text = self.cells[column]
        if not text:
            return None
        message = _("“%(text)s” is not a time. Write it like 2021-12-01T13:04:10+01:00.") % {"text": text}
        moment = self._read(column, parse_datetime, message)
        if moment is None and not self._has_mistake(column):
            self.wrong(column, message)
        elif moment is not None and moment.tzinfo is None:
            self.wrong(column, _("The time has no time zone. Write it like 2021-12-01T13:04:10+01:00."))
            return None
        return moment

    def week(self, column: str) -> IsoWeek | None:
        """Return a week."""
        message = _("“%(text)s” is not a week. Write it like 2021-W48.") % {"text": self.cells[column]}
        return self._read(column, IsoWeek.parse, message)

    def _read(self, column: str, read: Callable[[str], Value], message: str) -> Value | None:
        try:
            return read(self.cells[column])
        except ValueError:
            self.wrong(column, message)
            return None

    def _has_mistake(self, column: str) -> bool:
        last = self.mistakes.found[-1:]
        return bool(last) and (last[0].file, last[0].row, last[0].column) == (self.file, self.number, column)


def read_lines(folder: Path, file: str, mistakes: Mistakes) -> Iterator[Line]:
    """Return the rows of one file, the first being row 2; a file that is not as promised has none."""
    path = folder / file
    if not path.is_file():
        mistakes.add(file, 0, "", _("The file is missing. Add it, with its heading even if it has no rows."))
        return
    if path.stat().st_size > LARGEST_FILE:
        mistakes.add(file, 0, "", _("The file is too large."))
        return
    csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as content:
            yield from _lines(csv.reader(content, strict=True), file, mistakes)
    except UnicodeDecodeError:
        mistakes.add(file, 0, "", _("The file is not UTF-8. Save it as CSV UTF-8."))
    except csv.Error as error:
        mistakes.add(file, 0, "", _("The file is not CSV with commas: %(error)s.") % {"error": error})


def _lines(rows: "Iterator[list[str]]", file: str, mistakes: Mistakes) -> Iterator[Line]:
    columns = COLUMNS[file]
    if tuple(next(rows, ())) != columns:
        message = _("The heading must be: %(columns)s.") % {"columns": ",".join(columns)}
        mistakes.add(file, 1, "", message)
        return
    for number, row in enumerate(rows, start=2):
        if len(row) != len(columns):
            words = {"count": len(row), "wanted": len(columns)}
            mistakes.add(file, number, "", _("The row has %(count)s cells instead of %(wanted)s.") % words)
            continue
        yield Line(file, number, dict(zip(columns, map(unescape_cell, row), strict=True)), mistakes)
