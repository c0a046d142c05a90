"""Reads csv as spreadsheets save it: semicolons, commas or tabs, in UTF-8, UTF-16 or Windows-1252."""

import csv
import re
from collections.abc import Iterator
from typing import Final

from ksp.lib.sheets.table import MOST_CHARACTERS, Reason, Refusal, Table

SEPARATORS: Final = (";", "\t", ",")
_QUOTED = re.compile(r'"[^"]*"')
_NAMED_SEPARATOR = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)


def fill(table: Table, content: bytes) -> None:
    """Fill the table from a csv file."""
    text = _decoded(content)
    named = _NAMED_SEPARATOR.match(text)
    separator = named[1] if named and named[1] in SEPARATORS else _separator(text)
    csv.field_size_limit(2 * MOST_CHARACTERS)
    number = 0
    records = csv.reader(_lines(text), delimiter=separator, strict=True)
    while True:
        number += 1
        try:
            cells = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            reason = Reason.CELL_TOO_LONG if "field limit" in str(error) else Reason.BROKEN_QUOTES
            raise Refusal(reason, row=number, column="", most=MOST_CHARACTERS) from None
        if number > 1 or not named:
            table.add(number, cells)


def _lines(text: str) -> Iterator[str]:
    """Give the lines one by one, so that the text lies in memory once only."""
    mark = "\n" if "\n" in text else "\r"
    begin = 0
    while begin < len(text):
        end = text.find(mark, begin) + 1 or len(text)
        yield text[begin:end]
        begin = end


def _decoded(content: bytes) -> str:
    """Return the text, whose encoding its own bytes give away."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _in_encoding(content, "utf-16")
    if b"\0" in content:
        raise Refusal(Reason.NOT_A_TABLE)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _in_encoding(content, "cp1252")


def _in_encoding(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Refusal(Reason.UNKNOWN_ENCODING) from None


def _separator(text: str) -> str:
    """Return the separator that the line of headings has most of; none at all is a list of one column."""
    first = next((line for line in text[:100_000].splitlines() if line.strip()), "")
    first = _QUOTED.sub("", first)
    return max(SEPARATORS, key=first.count)
