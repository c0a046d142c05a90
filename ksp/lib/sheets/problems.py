"""What can be wrong with one row of a list, kept so that every reader is told in their own language."""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or worth a look, in one cell or in the row as a whole."""

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)
    column: str = ""
    is_warning: bool = False

    def sentence(self) -> str:
        """Say what is wrong and how to mend it, in the reader's language."""
        return _(self.text) % self.params

    def to_dict(self) -> dict[str, Any]:
        """Return plain values to store."""
        return {"text": self.text, "params": dict(self.params), "column": self.column, "warning": self.is_warning}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what was stored."""
        return cls(stored["text"], stored["params"], column=stored["column"], is_warning=stored["warning"])


class CellRefused(ValueError):
    """A cell does not hold what its column wants; ``text`` is a message id, so that it can be said in any language."""

    def __init__(self, text: str, **params: Any) -> None:
        super().__init__(text)
        self.text = text
        self.params = params


def closest(value: str, known: Collection[str]) -> str:
    """Return the known word that the value was probably meant to be, or nothing."""
    by_folded = {word.casefold(): word for word in known}
    found = difflib.get_close_matches(value.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else ""
