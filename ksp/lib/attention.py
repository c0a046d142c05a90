"""What waits for the administrator, as each app sees it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to know about, with the page where something can be done.

    ``tone`` is danger (something went wrong), warning (somebody waits) or info (how things stand); ``is_post``
    where the action is done by pressing, not by reading another page.
    """

    title: Words
    text: Words
    url: str
    action: Words
    tone: str = "info"
    state: str = ""
    state_label: Words = ""
    is_post: bool = False

    @property
    def is_urgent(self) -> bool:
        """Somebody has to do something."""
        return self.tone != "info"


Source = Callable[[Any], Iterable[Item]]
_sources: list[Source] = []


def register_attention(source: Source) -> None:
    """Ask this source too, with the reader, whenever the administrator's home is shown."""
    _sources.append(source)


def items_for(user: object) -> list[Item]:
    """Return what all apps have to say to the reader: what went wrong first, then what waits."""
    order = {"danger": 0, "warning": 1, "info": 2}
    found = [item for source in _sources for item in source(user)]
    return sorted(found, key=lambda item: order[item.tone])
