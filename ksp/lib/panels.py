"""Parts of a page that apps above the page's own app put there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Panel:
    """One part: its template, and what the template finds under ``panel``."""

    template: str
    content: Mapping[str, Any]


Builder = Callable[[Any, Any], Panel | None]
_builders: dict[str, list[Builder]] = {}


def register_panel(page: str, builder: Builder) -> None:
    """Let the page (by the name of its URL) show what the builder returns for its subject and the reader."""
    _builders.setdefault(page, []).append(builder)


def panels(page: str, subject: object, *, user: object) -> list[Panel]:
    """Return the parts that others put on this page, in the order in which the apps registered them."""
    built = (builder(subject, user) for builder in _builders.get(page, []))
    return [panel for panel in built if panel is not None]
