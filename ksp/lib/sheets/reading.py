"""Reads a list that somebody sent: in a process of its own with limits, and answered in words if it cannot be read."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ksp.lib.errors import DomainError
from ksp.lib.formatting import number
from ksp.lib.sheets.table import MOST_BYTES, Reason

PACKAGE: Final = Path(__file__).resolve().parents[2]
# The package is entered by its folder, so that nothing of the project itself, Django least of all, is loaded.
PROGRAM: Final = """
import sys, types
package = types.ModuleType("ksp")
package.__path__ = [sys.argv[1]]
sys.modules["ksp"] = package
from ksp.lib.sheets import reader
reader.main()
"""
# The process ends itself after two seconds of work; waiting longer means that the machine is busy.
PATIENCE: Final = 15

TOO_HEAVY: Final = gettext_lazy(
    "The file takes too long to read: it unpacks to far more than a list. Copy the rows into a new sheet and save that."
)
SENTENCES: Final[Mapping[Reason, str | Promise]] = {
    Reason.TOO_BIG: gettext_lazy("The file is larger than %(most)s MB. Split the list into several files."),
    Reason.EMPTY: gettext_lazy("The file is empty. Choose a file with headings in the first row and the list below."),
    Reason.ONLY_HEADINGS: gettext_lazy("The file has headings but no rows. Fill in the list and save the file first."),
    Reason.ENCRYPTED: gettext_lazy("The workbook is protected with a password. Save a copy without a password."),
    Reason.OLD_WORKBOOK: gettext_lazy("This is a workbook of the old kind (xls). Save it as xlsx or csv."),
    Reason.OTHER_SPREADSHEET: gettext_lazy("This spreadsheet is of a kind we do not read. Save it as xlsx or csv."),
    Reason.PROGRAM: gettext_lazy("This is a program, not a list. Choose an xlsx or csv file."),
    Reason.DOCUMENT: gettext_lazy("This is a document, not a list. Save the list as xlsx or csv."),
    Reason.PICTURE: gettext_lazy("This is a picture, not a list. Choose an xlsx or csv file."),
    Reason.ARCHIVE: gettext_lazy("This is an archive, not a list. Unpack it and choose the xlsx or csv file."),
    Reason.NOT_A_WORKBOOK: gettext_lazy(
        "This is an archive or a document, not a workbook. Choose an xlsx or csv file."
    ),
    Reason.NOT_A_TABLE: gettext_lazy("The file is neither a workbook nor text. Choose an xlsx or csv file."),
    Reason.UNKNOWN_ENCODING: gettext_lazy(
        "Some characters in the file cannot be read. Save it as “CSV UTF-8” or xlsx."
    ),
    Reason.BROKEN_WORKBOOK: gettext_lazy(
        "The workbook is damaged. Open it in a spreadsheet and save it as a new xlsx file."
    ),
    Reason.NO_SHEET: gettext_lazy("The workbook has no visible sheet. Show the sheet with the list and save the file."),
    Reason.TOO_MANY_ENTRIES: gettext_lazy(
        "The workbook consists of more than %(most)s parts. Copy the list into a new workbook and save that."
    ),
    Reason.BOMB: TOO_HEAVY,
    Reason.TOO_HEAVY: TOO_HEAVY,
    Reason.ENTITIES: gettext_lazy(
        "The workbook contains XML declarations that no spreadsheet writes. Copy the list into a new workbook."
    ),
    Reason.TOO_MANY_COLUMNS: gettext_lazy("The sheet has more than %(most)s columns. Keep only those of the list."),
    Reason.TOO_MANY_ROWS: gettext_lazy("The list has more than %(most)s rows. Split it into several files."),
    Reason.CELL_OUTSIDE: gettext_lazy(
        "Row %(row)s, column %(column)s: there is text outside the list. Delete it, or give the column a heading."
    ),
    Reason.CELL_TOO_LONG: gettext_lazy("Row %(row)s: a cell has more than %(most)s characters. Shorten it."),
    Reason.CONTROL_CHARACTER: gettext_lazy(
        "Row %(row)s, column %(column)s: the cell contains a character that cannot be shown. Type the text anew."
    ),
    Reason.BROKEN_QUOTES: gettext_lazy(
        "Row %(row)s: a quotation mark is opened and not closed as csv wants it. Save the list as xlsx instead."
    ),
}


class FileRefused(DomainError):
    """The file is not a list that can be read; the reason names what was wrong with it."""

    code: ClassVar[str] = "file_refused"

    def __init__(self, reason: Reason, detail: Mapping[str, Any] | None = None) -> None:
        written = {name: number(value) if isinstance(value, int) else value for name, value in (detail or {}).items()}
        super().__init__(f"{str(SENTENCES[reason]) % written} {_('Nothing has been imported.')}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list: its number in the file, and the text of its cells."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list as it was read: headings, and rows that are as wide as those."""

    header_row: int
    headings: list[str]
    lines: list[Line]


def read_sheet(content: bytes) -> Sheet:
    """Return the list in an xlsx or csv file, or say in one sentence why there is none."""
    if len(content) > MOST_BYTES:
        raise FileRefused(Reason.TOO_BIG, {"most": MOST_BYTES // 1024**2})
    answer = _ask_reader(content)
    if "refusal" in answer:
        raise FileRefused(Reason(answer["refusal"]), answer["detail"])
    lines = [Line(number, cells) for number, cells in answer["rows"]]
    return Sheet(answer["header_row"], answer["headings"], lines)


def _ask_reader(content: bytes) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603 -- our own program; the file is its input, not its argument
            [sys.executable, "-I", "-c", PROGRAM, str(PACKAGE)],
            input=content,
            capture_output=True,
            check=False,
            timeout=PATIENCE,
            cwd="/",
            env={},
        )
        answer = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        # It was ended by one of its limits before it could answer.
        raise FileRefused(Reason.TOO_HEAVY) from None
    if not isinstance(answer, dict):
        raise FileRefused(Reason.TOO_HEAVY)
    return answer
