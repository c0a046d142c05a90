"""Writes a table as a file for a spreadsheet; no text in it can become a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from ksp.lib.escaping import escape_cell

Value = str | float | int | None
LONGEST_NAME: Final = 31
NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\]")


def written_csv(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return the table as a Norwegian spreadsheet reads it: semicolons, decimal commas, UTF-8 with its mark."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(map(escape_cell, headings))
    writer.writerows([_as_text(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def written_xlsx(title: str, headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return a workbook of one sheet, whose numbers are numbers with all their decimals."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(NOT_IN_NAMES.sub("", title)[:LONGEST_NAME])
    sheet.append([escape_cell(heading) for heading in headings])
    for row in rows:
        sheet.append([escape_cell(value) if isinstance(value, str) else value for value in row])
    for position, heading in enumerate(headings, start=1):
        sheet.cell(row=1, column=position).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(position)].width = max(14, len(heading) + 2)
    sheet.freeze_panes = "A2"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _as_text(value: Value) -> str:
    if value is None:
        return ""
    return escape_cell(value) if isinstance(value, str) else str(value).replace(".", ",")
