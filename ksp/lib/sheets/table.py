"""What a spreadsheet is once it has been read: rows of text, within limits; and how a file is turned down."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any, Final

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
MOST_CHARACTERS: Final = 5_000
ROWS_TO_A_STEP: Final = 1_000
# What no text that a person typed contains; line breaks and tabs are handled where cells are cleaned.
CONTROL_CHARACTERS: Final = frozenset(map(chr, (*range(9), 11, 12, *range(14, 32), 127)))


class Reason(StrEnum):
    """Why a file is turned down."""

    TOO_BIG = auto()
    TOO_HEAVY = auto()
    EMPTY = auto()
    ONLY_HEADINGS = auto()
    PROGRAM = auto()
    DOCUMENT = auto()
    PICTURE = auto()
    ARCHIVE = auto()
    ENCRYPTED = auto()
    OLD_WORKBOOK = auto()
    OTHER_SPREADSHEET = auto()
    NOT_A_WORKBOOK = auto()
    NOT_A_TABLE = auto()
    UNKNOWN_ENCODING = auto()
    BROKEN_WORKBOOK = auto()
    NO_SHEET = auto()
    TOO_MANY_ENTRIES = auto()
    BOMB = auto()
    ENTITIES = auto()
    TOO_MANY_COLUMNS = auto()
    TOO_MANY_ROWS = auto()
    CELL_OUTSIDE = auto()
    CELL_TOO_LONG = auto()
    CONTROL_CHARACTER = auto()
    BROKEN_QUOTES = auto()


class Refusal(Exception):
    """The file cannot be read; the reason says why, the detail where."""

    def __init__(self, reason: Reason, **detail: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def column_letters(position: int) -> str:
    """Return what a spreadsheet calls the column at ``position``, counted from 0: A, B, …, AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(slots=True)
class Table:
    """The rows of a sheet as they are read: the first one that is not empty holds the headings.

    ``on_step`` is called after every thousand good rows; a list of more than ``most_rows`` is refused.
    """

    on_step: Callable[[], None]
    header_row: int = 0
    headings: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    most_rows: int = MOST_ROWS

    def add(self, number: int, cells: list[str]) -> None:
        """Take in the next row of the file, or refuse the file because of it."""
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            return
        for position, text in enumerate(cells):
            _check_text(text, number, position)
        if not self.headings:
            self._add_headings(number, cells)
        else:
            self._add_row(number, cells)

    def _add_headings(self, number: int, cells: list[str]) -> None:
        if len(cells) > MOST_COLUMNS:
            raise Refusal(Reason.TOO_MANY_COLUMNS, most=MOST_COLUMNS)
        self.header_row, self.headings = number, cells

    def _add_row(self, number: int, cells: list[str]) -> None:
        width = len(self.headings)
        if len(cells) > width:
            raise Refusal(Reason.CELL_OUTSIDE, row=number, column=column_letters(len(cells) - 1))
        if len(self.rows) == self.most_rows:
            raise Refusal(Reason.TOO_MANY_ROWS, most=self.most_rows)
        cells += [""] * (width - len(cells))
        self.rows.append((number, cells))
        if len(self.rows) % ROWS_TO_A_STEP == 0:
            self.on_step()

    def finished(self) -> dict[str, Any]:
        """Return the table as plain values, or refuse a file without one."""
        if not self.headings:
            raise Refusal(Reason.EMPTY)
        if not self.rows:
            raise Refusal(Reason.ONLY_HEADINGS)
        return {"header_row": self.header_row, "headings": self.headings, "rows": self.rows}


def _check_text(text: str, number: int, position: int) -> None:
    if len(text) > MOST_CHARACTERS:
        raise Refusal(Reason.CELL_TOO_LONG, row=number, column=column_letters(position), most=MOST_CHARACTERS)
    if not text.isprintable() and not CONTROL_CHARACTERS.isdisjoint(text):
        raise Refusal(Reason.CONTROL_CHARACTER, row=number, column=column_letters(position))
