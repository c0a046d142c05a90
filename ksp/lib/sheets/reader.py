"""Reads one spreadsheet from standard input and writes its rows as JSON, within narrow limits of time and memory.

It is run as a program of its own, because nobody knows what the file does to whoever opens it; it knows neither
Django nor the project, so that it starts quickly.
"""

import io
import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parent))

MOST_SECONDS = 1.7
MOST_MEMORY = 320 * 1024 * 1024
SIGNATURES = {
    b"MZ": "program",
    b"\x7fELF": "program",
    b"%PDF": "pdf",
    b"\x89PNG": "picture",
    b"GIF8": "picture",
    b"\xff\xd8\xff": "picture",
    b"BM": "picture",
    b"RIFF": "picture",
    b"{\\rtf": "document",
    b"\x1f\x8b": "archive",
    b"Rar!": "archive",
    b"7z\xbc\xaf": "archive",
}
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
