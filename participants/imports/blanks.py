"""Empty lists with the right headings, for people to fill in."""

import csv
import io
from typing import Final

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from participants.imports.kinds import ListKind

CSV: Final = "csv"
XLSX: Final = "xlsx"
PREPARED_ROWS: Final = 500
AS_TEXT: Final = "@"


def template_csv(kind: ListKind) -> bytes:
    """Return the headings as a Norwegian spreadsheet reads and saves them: semicolons, UTF-8 with its mark."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerow([column.norwegian for column in kind.resource.columns().values()])
    return text.getvalue().encode("utf-8-sig")


def template_xlsx(kind: ListKind) -> bytes:
    """Return a workbook with the headings on the first sheet and what they mean on the second."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet, notes = book.create_sheet(str(kind.label)), book.create_sheet(_("What the columns mean"))
    notes.append([_("Column"), _("Required"), _("What it holds")])
    for position, column in enumerate(kind.resource.columns().values(), start=1):
        heading = sheet.cell(row=1, column=position, value=column.norwegian)
        heading.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(position)].width = 20
        # As text, so that no spreadsheet takes zeros or a plus sign away from the front of a number.
        for row in range(2, PREPARED_ROWS + 2):
            sheet.cell(row=row, column=position).number_format = AS_TEXT
        notes.append([column.norwegian, _("yes") if column.required else "", str(column.about or column.label)])
    for cell in notes[1]:
        cell.font = Font(bold=True)
    for letter, width in (("A", 20), ("B", 12), ("C", 80)):
        notes.column_dimensions[letter].width = width
    for (cell,) in notes.iter_rows(min_col=3, max_col=3):
        cell.alignment = Alignment(wrap_text=True)
    sheet.freeze_panes = "A2"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
