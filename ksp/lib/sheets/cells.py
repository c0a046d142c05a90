"""Turns the cells of a workbook's sheet into text, as the person who made the sheet sees them."""

import math
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from xml.sax.handler import ContentHandler  # nosec B406 -- defusedxml parses; this only takes what it gives

from ksp.lib.sheets.table import MOST_COLUMNS, Reason, Refusal, Table, column_letters

EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 -- a spreadsheet's dates have no time zone
EPOCH_OF_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001 -- a spreadsheet's dates have no time zone
_LAST_SERIAL: Final = 2_900_000
_EXACT: Final = 10**15
_LETTERS = re.compile(r"([A-Z]{1,3})[0-9]*")
_CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_WHOLE = re.compile(r"-?[0-9]{1,15}")


class SheetCells(ContentHandler):
    """Fills a table from the XML of a sheet; formulas stay the text they were written as."""

    def __init__(self, table: Table, strings: Sequence[str], dates: AbstractSet[str], *, epoch: datetime) -> None:
        super().__init__()
        self._table, self._strings, self._dates, self._epoch = table, strings, dates, epoch
        self._cut = -1
        self._number = 0
        self._cells: list[str] = []
        self._position = -1
        self._kind = self._style = self._formula = ""
        self._parts: list[str] = []
        self._takes = self._is_formula = False

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 -- SAX names it
        """Note where the row, the cell or its value begins."""
        if self._cut:
            name = self._without_prefix(name)
        if name == "c":
            self._start_cell(attrs)
        elif name in {"v", "t"}:
            self._takes = True
        elif name == "f":
            self._is_formula = True
            self._takes, self._parts = True, []
        elif name == "row":
            self._start_row(attrs)

    def characters(self, content: str) -> None:
        """Collect the text of a value."""
        if self._takes:
            self._parts.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 -- SAX names it
        """Take in the value, the cell or the row that ends."""
        if self._cut:
            name = self._without_prefix(name)
        if name in {"v", "t"}:
            self._takes = False
        elif name == "c":
            self._end_cell()
        elif name == "f":
            self._takes = False
            self._formula = "".join(("=", *self._parts))
            self._parts = []
        elif name == "row":
            self._table.add(self._number, self._cells)

    def _without_prefix(self, name: str) -> str:
        if self._cut < 0:
            self._cut = name.find(":") + 1
        return name[self._cut :]

    def _start_row(self, attrs: Any) -> None:
        written = attrs.get("r", "")
        self._number = int(written) if written.isdecimal() and len(written) < 9 else self._number + 1  # noqa: PLR2004 -- more rows than any sheet has
        self._cells, self._position = [], -1

    def _start_cell(self, attrs: Any) -> None:
        written = attrs.get("r")
        self._position = _position(written) if written else self._position + 1
        self._kind, self._style = attrs.get("t", "n"), attrs.get("s", "")
        self._formula, self._is_formula = "", False
        self._parts = []

    def _end_cell(self) -> None:
        text = self._formula if self._is_formula else self._text("".join(self._parts))
        if not text:
            return
        if self._position >= MOST_COLUMNS:
            raise Refusal(Reason.CELL_OUTSIDE, row=self._number, column=column_letters(self._position))
        missing = self._position - len(self._cells)
        if missing < 0:
            raise Refusal(Reason.BROKEN_WORKBOOK)
        self._cells += [""] * missing
        self._cells.append(text)

    def _text(self, value: str) -> str:
        if not value:
            return ""
        if self._kind == "s":
            return self._strings[int(value)]
        if self._kind == "b":
            return "true" if value == "1" else "false"
        if self._kind == "n":
            return written_date(value, self._epoch) if self._style in self._dates else written_number(value)
        return decoded(value)


@lru_cache(maxsize=512)
def _column(letters: str) -> int:
    position = 0
    for letter in letters:
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1


def _position(reference: str) -> int:
    found = _LETTERS.match(reference)
    if found is None:
        raise Refusal(Reason.BROKEN_WORKBOOK)
    return _column(found[1])


def decoded(text: str) -> str:
    """Return the text with its coded characters, such as line breaks, but never one that nobody can type."""
    return _CODED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character.isprintable() or character in "\t\r\n" else found[0]


def written_number(value: str) -> str:
    """Return a number as a person writes it: 987654321, not 987654321.0."""
    if _WHOLE.fullmatch(value):
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    if math.isfinite(number) and number.is_integer() and abs(number) < _EXACT:
        return str(int(number))
    return repr(number)


def written_date(value: str, epoch: datetime) -> str:
    """Return the day that a number stands for, with the time if there is one; as ISO 8601 writes it."""
    try:
        serial = float(value)
    except ValueError:
        return value
    if not 0 < serial < _LAST_SERIAL:
        return written_number(value)
    # The calendar of spreadsheets has a 29 February 1900.
    early = timedelta(days=1) if epoch == EPOCH and serial < 60 else timedelta()  # noqa: PLR2004 -- that very day
    moment = epoch + early + timedelta(seconds=round(serial * 86_400))
    return moment.date().isoformat() if moment.time() == moment.min.time() else moment.isoformat()
