"""Files are read right, and hostile ones are answered in one sentence, by a process with limits."""

import io
import re
import struct
import subprocess
import zipfile
from datetime import date, datetime

import pytest
from django.utils import translation
from openpyxl import Workbook

from ksp.lib.sheets import reader, reading
from ksp.lib.sheets.reading import FileRefused, Line, read_sheet
from ksp.lib.sheets.table import MOST_BYTES, MOST_ROWS, Reason, Refusal, column_letters

SHEET = "xl/worksheets/sheet1.xml"


def workbook(*rows, change=None):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def tampered(content, part, change, *, method=zipfile.ZIP_DEFLATED):
    """Give the workbook with one part changed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return changed.getvalue()


def with_strings(
    texts, *, rows=b'<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
):
    """Give a workbook that keeps its texts in a part of their own, as Excel does."""
    relation = b'<Relationship Id="rId99" Type="http://x/relationships/sharedStrings" Target="sharedStrings.xml"/>'
    content = tampered(
        LIST, SHEET, lambda old: re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>" + rows + b"</sheetData>", old)
    )
    content = tampered(
        content,
        "xl/_rels/workbook.xml.rels",
        lambda old: old.replace(b"</Relationships>", relation + b"</Relationships>"),
    )
    changed = io.BytesIO(content)
    with zipfile.ZipFile(changed, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", b"<sst>" + texts + b"</sst>")
    return changed.getvalue()


def archive(**parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return content.getvalue()


LIST = workbook(["deltaker", "navn"], ["A1", "Fjellvakt"])


def with_rows(xml):
    """Put raw XML in front of the rows of a workbook."""
    return tampered(LIST, SHEET, lambda old: old.replace(b"<sheetData>", b"<sheetData>" + xml))


def far_away(*cells):
    def place(book):
        for cell in cells:
            book.active[cell] = 1

    return place


def lying_size():
    """Give a workbook whose directory says that the sheet is small, while it is not."""
    content = bytearray(tampered(LIST, SHEET, lambda old: old + b" " * 60_000_000))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = -1
        while (place := content.find(signature, place + 1)) >= 0:
            if struct.unpack_from("<L", content, place + offset)[0] > 1_000_000:
                struct.pack_into("<L", content, place + offset, 900)
    return bytes(content)


HOSTILE = {
    "nothing": (lambda: b"", Reason.EMPTY),
    "white space": (lambda: b" \r\n\r\n", Reason.EMPTY),
    "headings alone": (lambda: b"deltaker;navn\r\n", Reason.ONLY_HEADINGS),
    "a renamed program": (lambda: b"MZ\x90\x00\x03" + bytes(range(256)), Reason.PROGRAM),
    "another program": (lambda: b"\x7fELF\x02\x01\x01", Reason.PROGRAM),
    "a pdf": (lambda: b"%PDF-1.7\n%\xe2\xe3", Reason.DOCUMENT),
    "a web page": (lambda: b"<html><table><tr><td>deltaker</table>", Reason.DOCUMENT),
    "a png": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(20), Reason.PICTURE),
    "a jpeg": (lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF", Reason.PICTURE),
    "a gif": (lambda: b"GIF89a", Reason.PICTURE),
    "a gzip": (lambda: b"\x1f\x8b\x08", Reason.ARCHIVE),
    "nul bytes": (lambda: b"deltaker;navn\nA1;\x00\n", Reason.NOT_A_TABLE),
    "a bell": (lambda: b"deltaker;navn\nA1;\x07\n", Reason.CONTROL_CHARACTER),
    "no encoding": (lambda: b"deltaker;navn\nA1;\x81\xff\n", Reason.UNKNOWN_ENCODING),
    "half of utf-16": (lambda: b"\xff\xfed\x00e", Reason.UNKNOWN_ENCODING),
    "an open quotation mark": (lambda: b'deltaker;navn\nA1;"Fjellvakt', Reason.BROKEN_QUOTES),
    "text after a quotation mark": (lambda: b'deltaker;navn\nA1;"Fjell"vakt\n', Reason.BROKEN_QUOTES),
    "ten million quotation marks": (lambda: b"deltaker;navn\n" + b'"' * 9_999_000, Reason.CELL_TOO_LONG),
    "ten million letters": (lambda: b"x" * 9_999_000, Reason.CELL_TOO_LONG),
    "two million separators": (lambda: b";" * 2_000_000, Reason.EMPTY),
    "two million separators and a letter": (lambda: b";" * 2_000_000 + b"x", Reason.TOO_MANY_COLUMNS),
    "two million rows": (lambda: b"a;b\n" + b"1;2\n" * 2_400_000, Reason.TOO_MANY_ROWS),
    "a row too many": (lambda: b"a;b\n" + b"1;2\n" * (MOST_ROWS + 1), Reason.TOO_MANY_ROWS),
    "too many columns": (lambda: b";".join(b"k%d" % n for n in range(61)) + b"\n1\n", Reason.TOO_MANY_COLUMNS),
    "text beside the list": (lambda: b"deltaker;navn\nA1;Fjellvakt;her\n", Reason.CELL_OUTSIDE),
    "too big": (lambda: b"a" * (MOST_BYTES + 1), Reason.TOO_BIG),
    "old xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Reason.OLD_WORKBOOK),
    "a password": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        Reason.ENCRYPTED,
    ),
    "a zip of something": (lambda: archive(note="hei"), Reason.NOT_A_WORKBOOK),
    "a text document": (
        lambda: archive(**{"_rels/.rels": "<Relationships/>", "word/document.xml": "<w/>"}),
        Reason.NOT_A_WORKBOOK,
    ),
    "an OpenDocument": (lambda: archive(**{"content.xml": "<x/>"}), Reason.OTHER_SPREADSHEET),
    "an xlsb": (lambda: archive(**{"xl/workbook.bin": "x"}), Reason.OTHER_SPREADSHEET),
    "half a zip": (lambda: LIST[: len(LIST) // 2], Reason.BROKEN_WORKBOOK),
    "a cut directory": (lambda: LIST[:-10], Reason.BROKEN_WORKBOOK),
    "many entries": (lambda: archive(**{f"x{n}": "" for n in range(300)}), Reason.TOO_MANY_ENTRIES),
    "a bomb of spaces": (lambda: with_rows(b" " * 45_000_000), Reason.BOMB),
    "a bomb of rows": (lambda: with_rows(b"<row/>" * 8_000_000), Reason.BOMB),
    "a bomb that lies about its size": (lying_size, Reason.BROKEN_WORKBOOK),
    "a part in a strange packing": (
        lambda: tampered(LIST, SHEET, lambda old: old, method=zipfile.ZIP_LZMA),
        Reason.BROKEN_WORKBOOK,
    ),
    "entities": (
        lambda: tampered(LIST, SHEET, lambda old: b'<!DOCTYPE x [<!ENTITY a "aaa">]>' + old.partition(b"?>")[2]),
        Reason.ENTITIES,
    ),
    "external entities": (
        lambda: tampered(
            LIST, "xl/workbook.xml", lambda old: b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + old.partition(b"?>")[2]
        ),
        Reason.ENTITIES,
    ),
    "broken XML": (lambda: with_rows(b"<row><c>"), Reason.BROKEN_WORKBOOK),
    "very deep XML": (lambda: with_rows(b"<a>" * 200_000), Reason.BROKEN_WORKBOOK),
    "a cell without a place": (lambda: with_rows(b'<row><c r="?"><v>1</v></c></row>'), Reason.BROKEN_WORKBOOK),
    "cells out of order": (
        lambda: with_rows(b'<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>'),
        Reason.BROKEN_WORKBOOK,
    ),
    "a text that is not there": (
        lambda: with_rows(b'<row r="1"><c r="A1" t="s"><v>999</v></c></row>'),
        Reason.BROKEN_WORKBOOK,
    ),
    "the last cell alone": (lambda: workbook(change=far_away("XFD1048576")), Reason.CELL_OUTSIDE),
    "the last cell too": (lambda: workbook(["deltaker"], ["A1"], change=far_away("XFD1048576")), Reason.CELL_OUTSIDE),
    "the last column": (lambda: workbook(["deltaker"], ["A1"], change=far_away("XFD2")), Reason.CELL_OUTSIDE),
    "a huge cell": (lambda: workbook(["deltaker"], ["x" * 32_000]), Reason.CELL_TOO_LONG),
    "an empty sheet": (workbook, Reason.EMPTY),
    "no sheet to see": (
        lambda: tampered(LIST, "xl/workbook.xml", lambda old: old.replace(b'state="visible"', b'state="hidden"')),
        Reason.NO_SHEET,
    ),
    "a million texts alike": (lambda: with_strings(b"<si><t>deltaker</t></si>" * 1_500_000), Reason.BOMB),
}


@pytest.mark.parametrize(("make", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_file_is_refused_for_what_it_is(make, reason):
    content = make()

    with pytest.raises(Refusal) as refused:
        reader.read(content, lambda: None)

    assert refused.value.reason == reason


@pytest.mark.parametrize("name", ["a renamed program", "the last cell too", "a bomb of rows", "entities", "a password"])
def test_hostile_file_is_answered_by_the_process_in_a_sentence(name):
    make, reason = HOSTILE[name]

    with translation.override("nb"), pytest.raises(FileRefused) as refused:
        read_sheet(make())

    assert refused.value.reason == reason
    assert str(refused.value).endswith("Ingenting er importert.")


def test_the_sentence_names_row_and_column():
    with translation.override("nb"), pytest.raises(FileRefused) as refused:
        read_sheet(HOSTILE["the last cell too"][0]())

    assert str(refused.value) == (
        "Rad 1\u202f048\u202f576, kolonne XFD: Det står tekst utenfor listen. Slett den, eller gi kolonnen en "
        "overskrift. Ingenting er importert."
    )


def test_every_reason_has_a_sentence():
    assert set(reading.SENTENCES) == set(Reason)


@pytest.mark.parametrize(
    "work",
    [
        "while True: pass",
        "x = bytearray(400_000_000)",
        "open('/tmp/ksp-written', 'w').write('x' * 10)",
        "print([1])",
        "print('')",
    ],
)
def test_a_reader_that_goes_wild_is_ended_by_its_limits(monkeypatch, work):
    limits = reading.PROGRAM.replace("reader.main()", f"reader.limit_itself()\nif True:\n    {work}\n")
    monkeypatch.setattr(reading, "PROGRAM", limits)

    with pytest.raises(FileRefused) as refused:
        read_sheet(LIST)

    assert refused.value.reason == Reason.TOO_HEAVY


def test_a_reader_that_does_nothing_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(reading, "PATIENCE", 0.1)
    monkeypatch.setattr(reading, "PROGRAM", "import time; time.sleep(60)")

    with pytest.raises(FileRefused) as refused:
        read_sheet(LIST)

    assert refused.value.reason == Reason.TOO_HEAVY


def test_the_reader_loads_neither_django_nor_the_project():
    check = "; import sys; assert not {'django', 'celery', 'openpyxl', 'numpy'} & set(sys.modules)"
    program = reading.PROGRAM.replace("reader.main()", f"reader.main(){check}")

    done = subprocess.run(
        [reading.sys.executable, "-I", "-c", program, str(reading.PACKAGE)],
        input=LIST,
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")


def test_a_workbook_is_read_as_people_see_it():
    content = workbook(
        ["a", "b", "c", "d", "e"],
        [date(2021, 12, 24), datetime(2021, 12, 24, 13, 5), 987654321, 47.5, True],  # noqa: DTZ001 -- as spreadsheets have it
        [None, None, None, None, None],
        ["=SUM(C2:D2)", "+47 21 49 00 00", "00815", "æøå\nny linje", None],
    )

    sheet = read_sheet(content)

    assert sheet.headings == ["a", "b", "c", "d", "e"]
    assert sheet.lines == [
        Line(2, ["2021-12-24", "2021-12-24T13:05:00", "987654321", "47.5", "true"]),
        Line(4, ["=SUM(C2:D2)", "+47 21 49 00 00", "00815", "æøå\nny linje", ""]),
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (b'<c r="A2"><v>9.87654321E8</v></c>', "987654321"),
        (b'<c r="A2"><v>1E+20</v></c>', "1e+20"),
        (b'<c r="A2"><v>0.1</v></c>', "0.1"),
        (b'<c r="A2"><v>x</v></c>', "x"),
        (b'<c r="A2" t="b"><v>0</v></c>', "false"),
        (b'<c r="A2" t="e"><v>#N/A</v></c>', "#N/A"),
        (b'<c r="A2" t="str"><f>A1&amp;"x"</f><v>deltakerx</v></c>', '=A1&"x"'),
        (b'<c r="A2" t="inlineStr"><is><r><t>Fjell</t></r><r><t>vakt</t></r></is></c>', "Fjellvakt"),
        (b'<c r="A2" t="inlineStr"><is><t>a_x000D_b_x0000_c_xD800_</t></is></c>', "a\rb_x0000_c_xD800_"),
        (b"<c><v>5</v></c>", "5"),
    ],
)
def test_a_cell_becomes_the_text_it_shows(cell, text):
    content = tampered(
        workbook(["deltaker"]),
        SHEET,
        lambda old: old.replace(b"</sheetData>", b'<row r="2">' + cell + b"</row></sheetData>"),
    )

    assert reader.read(content, lambda: None)["rows"] == [(2, [text])]


def test_prefixed_names_and_dates_of_1904_are_read():
    def prefixed(old):
        return re.sub(rb"<(/?)(\w)", rb"<\1x:\2", old).replace(b"xmlns=", b"xmlns:x=")

    content = workbook(["dag"], [date(2021, 12, 24)])
    content = tampered(content, SHEET, prefixed)
    content = tampered(
        content, "xl/workbook.xml", lambda old: old.replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
    )

    assert reader.read(content, lambda: None)["rows"] == [(2, ["2025-12-25"])]


def test_texts_that_cells_share_are_read():
    plain = b"<si><t>deltaker</t></si>"
    formatted = b"<si><r><t>Fjell</t></r><rPh><t>uttale</t></rPh><r><t>_x0041_</t></r></si>"

    read = reader.read(with_strings(plain + formatted), lambda: None)

    assert (read["headings"], read["rows"]) == (["deltaker"], [(2, ["FjellA"])])


def test_the_first_visible_sheet_is_read():
    def two(book):
        book.active.sheet_state = "hidden"
        book.create_sheet("Liste").append(["deltaker"])
        book.worksheets[1].append(["A1"])

    assert read_sheet(workbook(["hemmelig"], ["x"], change=two)).headings == ["deltaker"]


@pytest.mark.parametrize(
    "content",
    [
        "deltaker;navn\r\nÆ1;Blåbær\r\n".encode("cp1252"),
        "deltaker;navn\r\nÆ1;Blåbær\r\n".encode("utf-8-sig"),
        "deltaker,navn\nÆ1,Blåbær\n".encode(),
        "deltaker\tnavn\nÆ1\tBlåbær".encode(),
        "deltaker\tnavn\r\nÆ1\tBlåbær\r\n".encode("utf-16"),
        "sep=;\r\ndeltaker;navn\r\nÆ1;Blåbær\r\n".encode("cp1252"),
        'deltaker;"navn"\r\n"Æ1";"Blåbær"\r\n\r\n;;\r\n'.encode("cp1252"),
        "deltaker;navn\rÆ1;Blåbær\r".encode("cp1252"),
        b"\r\n;\r\n" + "deltaker;navn;\r\n\r\nÆ1;Blåbær;\r\n".encode("cp1252"),
    ],
    ids=["windows-1252", "bom", "comma", "tab", "utf-16", "named separator", "quoted", "old mac", "blank rows"],
)
def test_csv_is_read_as_spreadsheets_save_it(content):
    sheet = read_sheet(content)

    assert sheet.headings == ["deltaker", "navn"]
    assert [line.cells for line in sheet.lines] == [["Æ1", "Blåbær"]]


def test_rows_are_numbered_as_the_spreadsheet_numbers_them():
    sheet = read_sheet(b'deltaker;navn\r\nA1;"to\r\nlinjer"\r\n\r\nA2;Fjellvakt\r\n')

    assert [line.number for line in sheet.lines] == [2, 4]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_honest_list_of_20_000_rows_is_read(kind):
    rows = [["deltaker", *"bcd"], *([f"A{n}", *(f"Fjellvakt {n} {m}" for m in range(3))] for n in range(MOST_ROWS))]
    content = workbook(*rows) if kind == "xlsx" else "\n".join(map(";".join, rows)).encode()

    sheet = read_sheet(content)

    assert (len(sheet.lines), sheet.lines[-1].number) == (MOST_ROWS, MOST_ROWS + 1)


def test_columns_are_named_as_spreadsheets_name_them():
    assert [column_letters(n) for n in (0, 25, 26, 51, 52, 701, 702, 16_383)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip
