"""Tells a class that is new from one whose name was mistyped."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext_noop

from ksp.lib.sheets.widgets import folded
from participants.imports.kinds import ListRow

MISTYPED: Final = gettext_noop("“%(value)s” does not exist. Did you mean “%(suggestion)s”?")
LEAST_LENGTH: Final = 5
MOST_COMPARED: Final = 500
MOST_DIFFERENCE: Final = 6
# How names are written where the keyboard lacks the letters; only for telling likeness.
_PLAIN: Final = str.maketrans({"æ": "a", "ä": "a", "ø": "o", "ö": "o", "å": "a", "é": "e", "è": "e", "ü": "u"})


def refuse_mistyped(rows: Sequence[ListRow], existing: Iterable[str]) -> None:
    """Refuse rows whose class is not there but nearly so: in the season, or oftener in the list itself."""
    known = set(existing)
    uses = Counter(row.full["award_class"] for row in rows)
    meant = _meant(uses, known)
    for row in rows:
        name = row.full["award_class"]
        if name in meant:
            row.refuse(MISTYPED, "award_class", value=name, suggestion=meant[name])


def _meant(uses: Counter[str], known: set[str]) -> dict[str, str]:
    """Return for each mistyped name the one that was meant."""
    trusted = {_plain(name): name for name in sorted(known, reverse=True)}
    meant = {}
    # The name that most rows use is the right one; the first of two that are used alike.
    for name, _count in uses.most_common():
        if name in known:
            continue
        near = trusted.get(_plain(name)) or _near(name, trusted.values())
        if near:
            meant[name] = near
        else:
            trusted[_plain(name)] = name
    return meant


def _near(name: str, trusted: Collection[str]) -> str:
    """Return a trusted name that this one nearly is, or nothing; among very many names nobody can tell."""
    if len(trusted) > MOST_COMPARED:
        return ""
    return next((other for other in trusted if is_near(name, other)), "")


def is_near(name: str, other: str) -> bool:
    """Tell whether two names differ by no more than a slip of the finger; numbers and letters that count do not."""
    if abs(len(name) - len(other)) > MOST_DIFFERENCE:
        return False
    if _plain(name) == _plain(other):
        return True
    words, others = name.casefold().split(), other.casefold().split()
    if len(words) != len(others):
        return False
    return all(word == twin or _is_slip(word, twin) for word, twin in zip(words, others, strict=True))


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    text = folded(name).translate(_PLAIN)
    return text.replace("aa", "a").replace("ae", "a").replace("oe", "o")


def _is_slip(word: str, other: str) -> bool:
    if min(len(word), len(other)) < LEAST_LENGTH or not (word.isalpha() and other.isalpha()):
        return False
    return _plain(word) == _plain(other) or _one_apart(word, other)


def _one_apart(word: str, other: str) -> bool:
    """Tell whether one letter was left out, added or replaced, or two changed places."""
    start = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    rest, twin = word[start:], other[start:]
    if rest[1:] == twin[1:] or rest[1:] == twin or rest == twin[1:]:
        return True
    return rest[:2] == twin[:2][::-1] and rest[2:] == twin[2:]
