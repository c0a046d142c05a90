"""Reads ratings of anything by anybody from a csv file: participant, observer, score."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext
from import_export.widgets import Widget

from ksp.lib.errors import DomainError
from ksp.lib.escaping import unescape_cell
from ksp.lib.formatting import number
from ksp.lib.sheets import delimited
from ksp.lib.sheets.columns import EMPTY, MISSING_CELL, CheckedRow, Column, HeadingsRefused, ListResource
from ksp.lib.sheets.problems import CellRefused
from ksp.lib.sheets.reading import SENTENCES, Line, Sheet
from ksp.lib.sheets.table import Reason, Refusal, Table
from ksp.lib.sheets.widgets import TextCell, tidied
from scoring.engine.battery import Floats, Ints

MOST_BYTES: Final = 100 * 1024 * 1024
MOST_RATINGS: Final = 1_000_000
MOST_SHOWN: Final = 20
TOO_LARGE: Final = gettext_lazy("The file is larger than one of a million ratings. Keep a sample of them.")
# Where this file is not a list to be imported, the remedy is another one.
OWN_SENTENCES: Final[Mapping[Reason, str | Promise]] = {
    Reason.TOO_MANY_ROWS: TOO_LARGE,
    Reason.EMPTY: gettext_lazy("The file is empty. The first row must be: participant,observer,score."),
    Reason.ONLY_HEADINGS: gettext_lazy("The file has headings but no ratings. Add them below."),
    Reason.NOT_A_TABLE: gettext_lazy("The file is not csv. Save the ratings as “CSV UTF-8”."),
    Reason.UNKNOWN_ENCODING: gettext_lazy("Some characters in the file cannot be read. Save it as “CSV UTF-8”."),
    Reason.CELL_OUTSIDE: gettext_lazy(
        "Row %(row)s has more cells than there are headings. Quote decimal commas, or separate cells by semicolons."
    ),
    Reason.BROKEN_QUOTES: gettext_lazy(
        "Row %(row)s: a quotation mark is opened and not closed as csv wants it. Mend it, or leave out the quotes."
    ),
}
_NUMBER: Final = re.compile(r"[-+]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)(e[-+]?[0-9]{1,2})?", re.IGNORECASE)


class RatingsRefused(DomainError):
    """The file does not hold ratings; ``errors`` says where, as far as that is known."""

    code: ClassVar[str] = "ratings_refused"

    def __init__(self, message: str, errors: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(message)
        self.errors = list(errors) or [{"row": None, "column": None, "message": message}]


class ScoreCell(Widget):
    """A number on any scale, with a decimal comma or point."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> float | None:
        """Return the number; an empty cell is none."""
        text = tidied(value)
        written = text.replace(" ", "").replace("\u2212", "-")
        if written and not _NUMBER.fullmatch(written):
            raise CellRefused(gettext_noop("“%(value)s” is not a number. Write it like 87.5 or 87,5."), value=text)
        return float(written.replace(",", ".")) if written else None


class RatingList(ListResource):
    """Who gave whom which score."""

    participant = Column("deltaker", TextCell(200), label=gettext_lazy("Participant"), required=True)
    observer = Column("observatør", TextCell(200), label=gettext_lazy("Observer"), required=True)
    score = Column("poeng", ScoreCell(), label=gettext_lazy("Score"), required=True)


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings as arrays: places among the participants and observers, in the order they first occur in."""

    participants: list[str]
    observers: list[str]
    participant: Ints
    observer: Ints
    score: Floats


def read_ratings(content: bytes) -> Ratings:
    """Return the ratings of a csv file, or say in one line where it is wrong and how to mend it."""
    table = _table(content)
    try:
        RatingList().check(Sheet(table.header_row, table.headings, []))
        columns = [_values(table, name) for name in ("participant", "observer", "score")]
    except HeadingsRefused as error:
        wanted = _("The first row must be: participant,observer,score.")
        raise RatingsRefused(" ".join([*error.sentences, wanted])) from None
    except CellRefused:
        lines = [Line(*row) for row in table.rows]
        raise _refusal(RatingList().check(Sheet(table.header_row, table.headings, lines))) from None
    participants, participant = _numbered(columns[0])
    observers, observer = _numbered(columns[1])
    return Ratings(participants, observers, participant, observer, np.array(columns[2], np.float64))


def _table(content: bytes) -> Table:
    if len(content) > MOST_BYTES:
        raise RatingsRefused(str(TOO_LARGE))
    table = Table(on_step=lambda: None, most_rows=MOST_RATINGS)
    try:
        delimited.fill(table, content)
        table.finished()
    except Refusal as refusal:
        raise RatingsRefused(_sentence(refusal)) from None
    return table


def _values(table: Table, name: str) -> list[Any]:
    """Return the values of one column; a text that occurs often is looked at once."""
    column = RatingList.columns()[name]
    named = [column.is_named(tidied(unescape_cell(heading))) for heading in table.headings]
    texts = [cells[named.index(True)] for _number, cells in table.rows]
    values = {text: column.clean({name: unescape_cell(text)}) for text in dict.fromkeys(texts)}
    if any(value in EMPTY for value in values.values()):
        raise CellRefused(MISSING_CELL)
    return [values[text] for text in texts]


def _sentence(refusal: Refusal) -> str:
    words = {name: number(value) if isinstance(value, int) else value for name, value in refusal.detail.items()}
    sentence = OWN_SENTENCES.get(refusal.reason) or SENTENCES[refusal.reason]
    return str(sentence) % words


def _refusal(rows: Sequence[CheckedRow]) -> RatingsRefused:
    """Say what is wrong with the first cell that is, and how many more are."""
    wrong = [(row, problem) for row in rows for problem in row.problems]
    told = [
        {"row": row.number, "column": problem.column, "message": problem.sentence()}
        for row, problem in wrong[:MOST_SHOWN]
    ]
    message = _("Row %(row)s, column “%(column)s”: %(message)s") % told[0]
    more = len(wrong) - 1
    if more:
        text = ngettext("There is %(count)s more mistake.", "There are %(count)s more mistakes.", more)
        message = f"{message} {text % {'count': number(more)}}"
    return RatingsRefused(message, told)


def _numbered(names: Sequence[str]) -> tuple[list[str], Ints]:
    places: dict[str, int] = {}
    numbers = [places.setdefault(name, len(places)) for name in names]
    return list(places), np.array(numbers, np.int64)
