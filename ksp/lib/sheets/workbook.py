"""Reads the first sheet of an xlsx workbook without trusting anything it says about itself."""

import posixpath
import re
import struct
import zipfile
import zlib
from typing import IO, Any, Final
from xml.sax import SAXException  # nosec B406 -- only the name of an error
from xml.sax.handler import ContentHandler  # nosec B406 -- defusedxml parses; this only takes what it gives

from defusedxml import DefusedXmlException
from defusedxml import sax as safe_sax

from ksp.lib.sheets.cells import EPOCH, EPOCH_OF_1904, SheetCells, decoded
from ksp.lib.sheets.table import Reason, Refusal, Table

MOST_ENTRIES: Final = 200
MOST_DIRECTORY: Final = 64_000
MOST_UNPACKED: Final = 50_000_000
MOST_RATIO: Final = 100
# Below this a high ratio is a small file with much white space, not a bomb.
HARMLESS: Final = 1_000_000
BLOCK: Final = 65_536

_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE: Final = b"PK\x05\x06"
_LONG_DIRECTORY: Final = b"PK\x06\x07"
_NOT_DATE = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_BUILT_IN_DATES: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    SAXException,
    EOFError,
    LookupError,
    NotImplementedError,
    ValueError,
)


def fill(table: Table, content: IO[bytes]) -> None:
    """Fill the table from the first visible sheet."""
    try:
        package = Package(content)
        book = package.parse(_Workbook(), package.main_part())
        strings, styles = _Strings(), _Styles()
        for kind, handler in (("sharedStrings", strings), ("styles", styles)):
            part = package.related(book.part, kind)
            if part:
                package.parse(handler, part)
        package.parse(SheetCells(table, strings.texts, styles.dates, epoch=book.epoch), package.sheet(book))
    except DefusedXmlException:
        raise Refusal(Reason.ENTITIES) from None
    except BROKEN:
        raise Refusal(Reason.BROKEN_WORKBOOK) from None


class _Reader(ContentHandler):
    """A handler that sees names without their prefix."""

    part = ""
    _cut = -1

    def local(self, name: str) -> str:
        if self._cut < 0:
            self._cut = name.find(":") + 1
        return name[self._cut :] if self._cut else name


class Package:
    """A zip archive of XML parts, checked before anything is unpacked."""

    def __init__(self, content: IO[bytes]) -> None:
        _check_directory(content)
        self._zip = zipfile.ZipFile(content)
        self._left = MOST_UNPACKED
        packed = unpacked = 0
        for entry in self._zip.infolist():
            packed, unpacked = packed + entry.compress_size, unpacked + entry.file_size
            if entry.flag_bits & 1:
                raise Refusal(Reason.ENCRYPTED)
            if entry.file_size > max(HARMLESS, MOST_RATIO * entry.compress_size):
                raise Refusal(Reason.BOMB)
        if unpacked > MOST_UNPACKED or unpacked > max(HARMLESS, MOST_RATIO * packed):
            raise Refusal(Reason.BOMB)

    def parse(self, handler: Any, part: str) -> Any:
        """Let the handler read a part, and return the handler."""
        handler.part = part
        try:
            entry = self._zip.getinfo(part)
        except KeyError:
            raise Refusal(Reason.NOT_A_WORKBOOK) from None
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Refusal(Reason.BROKEN_WORKBOOK)
        with self._zip.open(entry) as stream:
            safe_sax.parse(_Limited(stream, self), handler, forbid_dtd=True)
        return handler

    def take(self, count: int) -> None:
        """Count unpacked bytes, whatever the archive's directory said about them."""
        self._left -= count
        if self._left < 0:
            raise Refusal(Reason.BOMB)

    def main_part(self) -> str:
        """Return the part that lists the sheets."""
        names = self._zip.NameToInfo
        if "xl/workbook.bin" in names or "content.xml" in names:
            raise Refusal(Reason.OTHER_SPREADSHEET)
        found = self.related("", "officeDocument")
        if not found.startswith("xl/"):
            raise Refusal(Reason.NOT_A_WORKBOOK)
        return found

    def relations(self, part: str) -> "_Relations":
        """Return what a part points to."""
        folder, name = posixpath.split(part)
        listing = posixpath.join(folder, "_rels", f"{name}.rels")
        found = _Relations(folder)
        if listing in self._zip.NameToInfo:
            self.parse(found, listing)
        return found

    def related(self, part: str, kind: str) -> str:
        """Return the part of that kind that a part points to, or nothing."""
        return self.relations(part).by_kind.get(kind, "")

    def sheet(self, book: "_Workbook") -> str:
        """Return the part of the first visible sheet with cells."""
        relations = self.relations(book.part)
        for key in book.sheets:
            kind, target = relations.by_key.get(key, ("", ""))
            if kind == "worksheet":
                return target
        raise Refusal(Reason.NO_SHEET)


class _Limited:
    """A stream that counts what it gives."""

    def __init__(self, stream: IO[bytes], package: Package) -> None:
        self._stream, self._package = stream, package

    def read(self, count: int = -1, /) -> bytes:
        block = self._stream.read(count)
        self._package.take(len(block))
        return block

    def close(self) -> None:
        self._stream.close()


def _check_directory(content: IO[bytes]) -> None:
    """Refuse an archive with many entries before its directory is read."""
    size = content.seek(0, 2)
    content.seek(max(0, size - BLOCK - _END.size))
    tail = content.read()
    place = tail.rfind(_END_SIGNATURE)
    if place < 0 or len(tail) < place + _END.size:
        raise Refusal(Reason.BROKEN_WORKBOOK)
    _signature, _disk, _start, _here, entries, length, _offset, _comment = _END.unpack_from(tail, place)
    if entries > MOST_ENTRIES or length > MOST_DIRECTORY or _LONG_DIRECTORY in tail[max(0, place - 20) : place]:
        raise Refusal(Reason.TOO_MANY_ENTRIES, most=MOST_ENTRIES)


class _Relations(_Reader):
    """The parts that one part points to, by key and by kind."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder
        self.by_key: dict[str, tuple[str, str]] = {}
        self.by_kind: dict[str, str] = {}

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 -- SAX names it
        if self.local(name) != "Relationship" or attrs.get("TargetMode") == "External":
            return
        kind = attrs["Type"].rpartition("/")[2]
        target = posixpath.normpath(posixpath.join(f"/{self.folder}", attrs["Target"])).lstrip("/")
        self.by_key[attrs["Id"]] = (kind, target)
        self.by_kind.setdefault(kind, target)


class _Workbook(_Reader):
    """The visible sheets in their order, and how dates are counted."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[str] = []
        self.epoch = EPOCH

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 -- SAX names it
        local = self.local(name)
        if local == "sheet" and attrs.get("state", "visible") == "visible":
            keys = [value for key, value in attrs.items() if key.endswith(":id")]
            self.sheets += keys[:1]
        elif local == "workbookPr" and attrs.get("date1904", "0") in {"1", "true"}:
            self.epoch = EPOCH_OF_1904


class _Styles(_Reader):
    """Which styles show a number as a date."""

    def __init__(self) -> None:
        super().__init__()
        self.dates: set[str] = set()
        self._formats: dict[str, str] = {}
        self._in_cells = False
        self._count = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 -- SAX names it
        local = self.local(name)
        if local == "numFmt":
            self._formats[attrs.get("numFmtId", "")] = attrs.get("formatCode", "")
        elif local == "cellXfs":
            self._in_cells = True
        elif local == "xf" and self._in_cells:
            if self._is_date(attrs.get("numFmtId", "0")):
                self.dates.add(str(self._count))
            self._count += 1

    def endElement(self, name: str) -> None:  # noqa: N802 -- SAX names it
        if self.local(name) == "cellXfs":
            self._in_cells = False

    def _is_date(self, key: str) -> bool:
        if key in self._formats:
            return any(mark in "dmyhs" for mark in _NOT_DATE.sub("", self._formats[key].casefold()))
        return key.isdecimal() and int(key) in _BUILT_IN_DATES


class _Strings(_Reader):
    """The texts that cells point to."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._takes = False

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 -- SAX names it
        local = self.local(name)
        if local == "t":
            self._takes = True
        elif local == "si":
            self._parts = []
        elif local == "rPh":
            # How a text is pronounced is not part of it: keep what came before, and drop the rest.
            self._parts = ["".join(self._parts)]

    def characters(self, content: str) -> None:
        if self._takes:
            self._parts.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 -- SAX names it
        local = self.local(name)
        if local == "t":
            self._takes = False
        elif local == "rPh":
            del self._parts[1:]
        elif local == "si":
            self.texts.append(decoded("".join(self._parts)))
