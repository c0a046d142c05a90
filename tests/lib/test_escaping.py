"""Exports are inert, and read again they are what they were."""

import csv
import io

import pytest

from ksp.lib.escaping import PREFIXES, escape_cell, unescape_cell

LIVE = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\0=1+1",
    "＝1+1",
    '=HYPERLINK("https://ksp.example")',
    "%0A=1+1",
    "|calc",
    "\u00a0=1+1",
    "\ufeff=1+1",
]
PLAIN = ["", "Strøm", "1+1", "12,5", "a=b", "'sitat'", "'", "“=1”", "987654321"]


@pytest.mark.parametrize("text", LIVE)
def test_live_text_gets_an_apostrophe_and_comes_back_as_it_was(text):
    escaped = escape_cell(text)

    assert escaped == f"'{text}"
    assert unescape_cell(escaped) == text


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_prefix_is_made_inert_alone_and_escaped_twice(prefix):
    once = escape_cell(prefix)
    twice = escape_cell(once)

    assert (once, twice) == (f"'{prefix}", f"''{prefix}")
    assert unescape_cell(unescape_cell(twice)) == prefix


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_stays_as_it_is(text):
    assert escape_cell(text) == text
    assert unescape_cell(text) == text


def test_a_csv_file_of_live_cells_has_none_and_gives_the_same_texts_back():
    written = io.StringIO()
    csv.writer(written).writerows([[escape_cell(text)] for text in LIVE])

    cells = [row[0] for row in csv.reader(io.StringIO(written.getvalue(), newline=""))]

    assert [cell[0] for cell in cells] == ["'"] * len(LIVE)
    assert [unescape_cell(cell) for cell in cells] == LIVE
