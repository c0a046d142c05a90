"""Makes text inert before a spreadsheet opens it, and gives the same text back when it is read again."""

import re
from typing import Final

# What a spreadsheet may take for a formula, or for white space that it strips from one.
PREFIXES: Final = "=+-@\t\r\n\0 ＝＋－＠\u00a0\u200b\ufeff|%"
_LIVE = re.compile(rf"'*[{re.escape(PREFIXES)}]")


def escape_cell(text: str) -> str:
    """Return the text as it may stand in an export: what could be a formula gets an apostrophe in front."""
    return f"'{text}" if _LIVE.match(text) else text


def unescape_cell(text: str) -> str:
    """Return the text that was escaped for an export; any other text as it is."""
    return text[1:] if text.startswith("'") and _LIVE.match(text) else text
