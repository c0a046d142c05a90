"""Reads csv as spreadsheets save it: semicolons, commas or tabs, in UTF-8, UTF-16 or Windows-1252."""

import csv
import io
import re
from typing import Any, Final

from ksp.lib.sheets.table import MOST_CHARACTERS, Refusal, Table

SEPARATORS: Final = (";", "\t", ",")
_QUOTED = re.compile(r'"[^"]*"')
_NAMED_SEPARATOR = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)


def read(content: bytes) -> dict[str, Any]:
    """Return the table of a csv file."""
    text = _decoded(content)
    named = _NAMED_SEPARATOR.match(text)
    separator = named[1] if named and named[1] in SEPARATORS else _separator(text)
    csv.field_size_limit(2 * MOST_CHARACTERS)
    table = Table()
    number = 0
    records = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        number += 1
        try:
            cells = next(records)
        except StopIteration:
            return table.finished()
        except csv.Error as error:
            code = "cell_too_long" if "field limit" in str(error) else "broken_quotes"
            raise Refusal(code, row=number, column="", most=MOST_CHARACTERS) from None
        if number > 1 or not named:
            table.add(number, cells)


def _decoded(content: bytes) -> str:
    """Return the text, whose encoding its own bytes give away."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _in_encoding(content, "utf-16")
    if b"\0" in content:
        raise Refusal("not_a_table")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _in_encoding(content, "cp1252")


def _in_encoding(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Refusal("unknown_encoding") from None


def _separator(text: str) -> str:
    """Return the separator that the line of headings has most of; none at all is a list of one column."""
    first = next((line for line in text[:100_000].splitlines() if line.strip()), "")
    first = _QUOTED.sub("", first)
    return max(SEPARATORS, key=first.count)
