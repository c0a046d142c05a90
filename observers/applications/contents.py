"""What an observer writes in an application."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Work:
    """How, when and how much the observer offers to work, and what else is good to know."""

    methods: Collection[str] = ()
    weeks: Collection[str] = ()
    weekly_capacity: int = 4
    season_capacity: int | None = None
    county: str = ""
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Ties:
    """Whom the observer is tied to, with the kind, by the participant's key; and the classes of which nobody is."""

    kinds: Mapping[int, str] = field(default_factory=dict)
    none_in: Collection[int] = ()
