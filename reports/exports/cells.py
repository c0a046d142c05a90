"""Keeps a spreadsheet from taking a text for a formula, in a way that can be undone exactly."""

from typing import Final

MARK: Final = "'"
# What a cell that is, or hides, a formula begins with.
DANGEROUS: Final = frozenset("=+-@\t\r\n \uff1d\uff0b\uff0d\uff20")


def escape_cell(text: str) -> str:
    """Return the text with a mark in front where a spreadsheet could run it."""
    return MARK + text if _needs_mark(text) else text


def original_cell(text: str) -> str:
    """Return what was escaped; a text that never was stays as it is."""
    return text.removeprefix(MARK) if text.startswith(MARK) and _needs_mark(text) else text


def _needs_mark(text: str) -> bool:
    """A text that begins with marks and then something dangerous is marked once more, so that one can be taken off."""
    first = text.lstrip(MARK)[:1]
    return first != "" and first in DANGEROUS
