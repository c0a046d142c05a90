"""Reads one spreadsheet from standard input and writes its rows as JSON, within narrow limits of time and memory.

It runs in a process of its own, because nobody knows what a file does to whoever opens it. It knows neither Django
nor the rest of the project, so that it starts quickly.
"""

import io
import json
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any, Final

from ksp.lib.sheets import delimited, workbook
from ksp.lib.sheets.table import MOST_BYTES, Reason, Refusal, Table

MOST_SECONDS: Final = 1.7
# A list that gives rows may take longer as long as it gives them; nothing may take longer than this.
SECONDS_TO_A_STEP: Final = 0.5
MOST_SECONDS_EVER: Final = 6
MOST_MEMORY: Final = 160 * 1024 * 1024
SIGNATURES: Final = {
    b"MZ": Reason.PROGRAM,
    b"\x7fELF": Reason.PROGRAM,
    b"%PDF": Reason.DOCUMENT,
    b"{\\rtf": Reason.DOCUMENT,
    b"\x89PNG": Reason.PICTURE,
    b"GIF8": Reason.PICTURE,
    b"\xff\xd8\xff": Reason.PICTURE,
    b"RIFF": Reason.PICTURE,
    b"\x1f\x8b": Reason.ARCHIVE,
    b"Rar!": Reason.ARCHIVE,
    b"7z\xbc\xaf": Reason.ARCHIVE,
    b"<": Reason.DOCUMENT,
}
ZIPPED: Final = b"PK\x03\x04"
COMPOUND: Final = b"\xd0\xcf\x11\xe0"
ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


def limit_itself() -> None:
    """Let the system end this process when it takes more time or memory than any honest list needs."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS_EVER, MOST_SECONDS_EVER))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)


def allow_next_rows() -> None:
    """Leave time for the next rows, since rows are coming."""
    left, _interval = signal.getitimer(signal.ITIMER_PROF)
    signal.setitimer(signal.ITIMER_PROF, max(left, SECONDS_TO_A_STEP))


def read(content: bytes, on_step: Callable[[], None]) -> dict[str, Any]:
    """Return the table in a file, whatever its name says; or refuse the file."""
    table = Table(on_step)
    _fill(table, content)
    return table.finished()


def _fill(table: Table, content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise Refusal(Reason.TOO_BIG, most=MOST_BYTES // 1024**2)
    if not content.strip():
        raise Refusal(Reason.EMPTY)
    if content.startswith(ZIPPED):
        workbook.fill(table, io.BytesIO(content))
        return
    if content.startswith(COMPOUND):
        raise Refusal(Reason.ENCRYPTED if ENCRYPTED in content else Reason.OLD_WORKBOOK)
    for signature, kind in SIGNATURES.items():
        if content.startswith(signature):
            raise Refusal(kind)
    delimited.fill(table, content)


def main() -> None:
    """Answer with one JSON object: the table, or why there is none."""
    limit_itself()
    try:
        answer = read(sys.stdin.buffer.read(MOST_BYTES + 1), allow_next_rows)
    except Refusal as refusal:
        answer = {"refusal": refusal.reason, "detail": refusal.detail}
    except (MemoryError, RecursionError):
        answer = {"refusal": Reason.TOO_HEAVY, "detail": {}}
    sys.stdout.write(json.dumps(answer))
