import io

from openpyxl import load_workbook

from ksp.lib.sheets.writing import written_csv, written_xlsx

HEADINGS = ["Deltaker", "=Effekt", "Antall"]
ROWS = [["=1+1", -0.5, 25], ["Ås; strøm", None, 3]]


def test_csv_is_what_a_norwegian_spreadsheet_reads_and_holds_no_formula():
    content = written_csv(HEADINGS, ROWS)

    assert content.decode("utf-8-sig") == ("Deltaker;'=Effekt;Antall\r\n'=1+1;-0,5;25\r\n\"Ås; strøm\";;3\r\n")
    assert content.startswith(b"\xef\xbb\xbf")


def test_workbook_holds_numbers_as_numbers_and_no_formula():
    sheet = load_workbook(io.BytesIO(written_xlsx("Er [vinneren] best?" * 3, HEADINGS, ROWS))).active

    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Deltaker", "'=Effekt", "Antall"],
        ["'=1+1", -0.5, 25],
        ["Ås; strøm", None, 3],
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n"}
    assert sheet.title == "Er vinneren bestEr vinneren bes"
