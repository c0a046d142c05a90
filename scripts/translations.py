"""Keeps the Norwegian catalogues in step with the strings of the code."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polib

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = "nb"
SOURCES = {"django": (".py", ".html", ".txt"), "djangojs": (".js",)}
PACKAGES = (
    "assignments",
    "ksp",
    "observers",
    "participants",
    "reports",
    "responses",
    "scoring",
    "templates",
)
VENDORED = ("ksp/static/vendor",)
CONTEXT_SEPARATOR = "\x04"
LIBRARY_NOTE = "library: "
PLACEHOLDER = re.compile(r"%\(\w+\)[-+0-9.]*[a-z]|%[sd]|{\w*}")
HEADER = {
    "Project-Id-Version": "kundeserviceprisen",
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


class Key(NamedTuple):
    """What a catalogue finds a message by."""

    context: str | None
    text: str


class Refused(Exception):
    """The command cannot be carried out; the text says why."""


def catalogue_path(domain: str, *, root: Path = ROOT) -> Path:
    """Return where the catalogue of one domain lies."""
    return root / "locale" / LANGUAGE / "LC_MESSAGES" / f"{domain}.po"


def key_of(entry: polib.POEntry) -> Key:
    """Return what an entry is found by."""
    return Key(entry.msgctxt or None, entry.msgid)


def load(path: Path) -> dict[Key, polib.POEntry]:
    """Read a catalogue, or begin an empty one."""
    if not path.exists():
        return {}
    return {key_of(entry): entry for entry in polib.pofile(str(path)) if not entry.obsolete}


def save(path: Path, entries: Mapping[Key, polib.POEntry]) -> None:
    """Write a catalogue in alphabetical order, and beside it the compiled one."""
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = HEADER
    ordered = sorted(entries, key=lambda key: (key.text.casefold(), key.text, key.context or ""))
    catalogue.extend(entries[key] for key in ordered)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_whole(path, str(catalogue).rstrip("\n").encode() + b"\n")
    _write_whole(path.with_suffix(".mo"), catalogue.to_binary())


def _write_whole(path: Path, content: bytes) -> None:
    """Replace a file, so that a reader sees the old or the new one and nothing between."""
    if path.exists() and path.read_bytes() == content:
        return
    draft = path.with_name(path.name + ".new")
    draft.write_bytes(content)
    draft.replace(path)


@contextlib.contextmanager
def locked(root: Path = ROOT) -> Iterator[None]:
    """Keep other runs away from the catalogues."""
    lock = root / "var" / "translations.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


# Reading translations from a JSON file


def entries_of(words: Mapping[str, str | list[str]], *, library: str = "") -> list[polib.POEntry]:
    """Turn ``{"text": "tekst", "one|many": ["én", "flere"]}`` into entries."""
    return [_entry(text, words[text], library=library) for text in words]


def _entry(text: str, translation: str | list[str], *, library: str) -> polib.POEntry:
    context, _, msgid = text.rpartition(CONTEXT_SEPARATOR)
    entry = polib.POEntry(msgid=msgid, msgctxt=context or None)
    if library:
        entry.tcomment = LIBRARY_NOTE + library
    if isinstance(translation, str):
        entry.msgstr = translation
        return entry
    entry.msgid, bar, entry.msgid_plural = msgid.partition("|")
    if not bar or len(translation) != 2:  # noqa: PLR2004 -- Norwegian has two forms
        message = f"Give plurals as {{'one|many': ['én', 'flere']}}: {text!r}"
        raise Refused(message)
    entry.msgstr_plural = dict(enumerate(translation))
    return entry


def merge(entries: dict[Key, polib.POEntry], new: list[polib.POEntry], *, replace: bool) -> list[str]:
    """Put new translations into a catalogue; return the texts that already had another one."""
    kept = []
    for entry in new:
        old = entries.get(key_of(entry))
        if old is None or is_empty(old) or replace or (entry.msgid_plural and not old.msgid_plural):
            entry.flags = [flag for flag in (old.flags if old else []) if flag != "fuzzy"]
            entries[key_of(entry)] = entry
        elif translations_of(old)[0] != translations_of(entry)[0]:
            kept.append(entry.msgid)
    return kept


def translations_of(entry: polib.POEntry) -> list[str]:
    """Return the one text of an entry, or its plural forms."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def is_empty(entry: polib.POEntry) -> bool:
    """Say whether any form of a translation is missing, or only guessed."""
    return entry.fuzzy or not all(translations_of(entry))


# Reading the code


def messages_in_code(domain: str, *, root: Path = ROOT) -> dict[Key, polib.POEntry]:
    """Return every message that the sources of one domain mark for translation."""
    if not shutil.which("xgettext"):
        message = "xgettext is missing: install the package gettext."
        raise Refused(message)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        _copy_sources(root, copy, suffixes=SOURCES[domain])
        (copy / "locale" / LANGUAGE).mkdir(parents=True)
        command = ["django", "makemessages", "--locale", LANGUAGE, "--domain", domain]
        subprocess.run(
            [sys.executable, "-m", *command, "--no-location", "--no-wrap"],
            cwd=copy,
            env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return load(catalogue_path(domain, root=copy))


def _copy_sources(root: Path, copy: Path, *, suffixes: tuple[str, ...]) -> None:
    """Lay the sources where the extractor's by-products disturb nobody."""
    for package in PACKAGES:
        for path in (root / package).rglob("*"):
            name = path.relative_to(root)
            if path.suffix not in suffixes or str(name).startswith(VENDORED):
                continue
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy / name)


def brought_up_to_date(
    entries: Mapping[Key, polib.POEntry], code: Mapping[Key, polib.POEntry]
) -> dict[Key, polib.POEntry]:
    """Return the catalogue with the code's messages, translations kept, and libraries' own."""
    result = {key: entry for key, entry in entries.items() if entry.tcomment.startswith(LIBRARY_NOTE)}
    for key, entry in code.items():
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
        entry.comment = ""
        old = entries.get(key)
        if old and old.msgid_plural == entry.msgid_plural and not old.fuzzy:
            entry.msgstr, entry.msgstr_plural = old.msgstr, old.msgstr_plural
        result[key] = entry
    return result


# Finding what is wrong


def faults(entries: Mapping[Key, polib.POEntry], code: Mapping[Key, polib.POEntry]) -> Iterator[str]:
    """Name every message that is missing, empty, left over, or whose placeholders differ."""
    for key in sorted(code.keys() - entries.keys(), key=lambda key: key.text):
        yield f"not in the catalogue: {key.text!r}"
    for key, entry in entries.items():
        if is_empty(entry):
            yield f"not translated: {key.text!r}"
        elif any(_placeholders(text) != _placeholders(key.text) for text in _comparable(entry)):
            yield f"placeholders differ: {key.text!r}"
        if key not in code and not entry.tcomment.startswith(LIBRARY_NOTE):
            yield f"no longer in the code: {key.text!r}"
        if key in code and code[key].msgid_plural != entry.msgid_plural:
            yield f"plural differs from the code: {key.text!r}"


def _comparable(entry: polib.POEntry) -> list[str]:
    """Return the forms that need the placeholders of the singular: "one" may leave out its number."""
    return [entry.msgstr] if not entry.msgid_plural else []


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


# The commands


def add(options: argparse.Namespace) -> None:
    """Put the translations of a JSON file into the catalogue."""
    words = json.loads(options.file.read_text(encoding="utf-8"))
    path = catalogue_path(options.domain)
    with locked():
        entries = load(path)
        before = len(entries)
        new = entries_of(words, library=options.library)
        kept = merge(entries, new, replace=options.replace)
        save(path, entries)
    for text in kept:
        print(f"kept the earlier translation of {text!r}", file=sys.stderr)
    print(f"{len(entries) - before} new messages, {len(entries)} in all.")


def extract(_options: argparse.Namespace) -> None:
    """Bring the catalogues in step with the code: new messages come in empty, old ones go."""
    for domain in _domains():
        code = messages_in_code(domain)
        path = catalogue_path(domain)
        with locked():
            entries = brought_up_to_date(load(path), code)
            save(path, entries)
        empty = sum(is_empty(entry) for entry in entries.values())
        print(f"{domain}: {len(entries)} messages, {empty} to translate.")


def compile_all(_options: argparse.Namespace) -> None:
    """Write the compiled catalogues that the site reads."""
    with locked():
        for domain in _domains():
            path = catalogue_path(domain)
            save(path, load(path))


def check(_options: argparse.Namespace) -> None:
    """Fail when a message of the code has no Norwegian text."""
    found = [
        f"{domain}: {fault}"
        for domain in _domains()
        for fault in faults(load(catalogue_path(domain)), messages_in_code(domain))
    ]
    if found:
        raise Refused("\n".join(found))
    print("Every message has its Norwegian text.")


def _domains() -> list[str]:
    """Return the domains in use: the browser's modules have one only once they mark messages."""
    return [domain for domain in SOURCES if domain == "django" or catalogue_path(domain).exists()]


def read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, run in (("extract", extract), ("compile", compile_all), ("check", check)):
        commands.add_parser(name, help=run.__doc__).set_defaults(run=run)
    adding = commands.add_parser("add", help=add.__doc__)
    adding.add_argument("file", type=Path, help='{"text": "tekst", "one|many": ["én", "flere"]}')
    adding.add_argument("--domain", choices=list(SOURCES), default="django")
    adding.add_argument("--library", default="", help="the package that the texts come from")
    adding.add_argument("--replace", action="store_true", help="overwrite other translations")
    adding.set_defaults(run=add)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command; return the exit status."""
    options = read_arguments(arguments)
    try:
        options.run(options)
    except Refused as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
