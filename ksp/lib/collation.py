"""Sorts names as Norwegian does: æ, ø and å last, upper and lower case together."""

from functools import lru_cache
from typing import Any, Final

from django.db.backends.signals import connection_created
from django.db.models import F
from django.db.models.functions import Collate

# PostgreSQL has it from ICU; for SQLite it is registered below under the same name.
NORWEGIAN: Final = "nb-x-icu"
_AFTER_Z: Final = str.maketrans({"æ": "z{", "ä": "z{", "ø": "z|", "ö": "z|", "å": "z}"})


def norwegian(field: str) -> Collate:
    """Return what a list is ordered by, so that Ås comes after Øy, and both after Zoo."""
    return Collate(F(field), NORWEGIAN)


@lru_cache(maxsize=20_000)
def _key(text: str) -> str:
    return text.casefold().replace("aa", "å").translate(_AFTER_Z)


def _compare(one: str, other: str) -> int:
    left, right = (_key(one), one), (_key(other), other)
    return (left > right) - (left < right)


def register(*, connection: Any, **_signal: Any) -> None:
    """Give a new connection to SQLite the collation that PostgreSQL has."""
    if connection.vendor == "sqlite":
        connection.connection.create_collation(NORWEGIAN, _compare)


connection_created.connect(register, dispatch_uid="lib.register_norwegian_collation")
