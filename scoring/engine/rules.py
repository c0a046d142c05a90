"""The season's settings for scores, ranks and awards, with Kundeserviceprisen's defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

from scoring.engine.battery import METHODS

Mean = Literal["contacts", "pooled"]
MEANS: tuple[Mean, ...] = ("contacts", "pooled")
Tie = Literal["answered_score", "agent"]
TIES: tuple[Tie, ...] = ("answered_score", "agent")


class InvalidRulesError(ValueError):
    """The scoring settings of the season cannot be followed."""


@dataclass(frozen=True)
class Rules:
    """How scores become results.

    ``mean``: "contacts" takes the mean of the contacts' percentages, "pooled" all points over all
    possible points. ``areas_over_all``: the areas whose score counts an unanswered contact as 0; the
    others are over answered contacts. ``ties``: what decides between equal totals, in this order;
    who is equal in all shares the place. ``best_on``: the methods with an award «Best på». The numbers
    are the fewest approved contacts to be ranked, the fewest on a method to be best on it, and the
    fewest enrolled participants of a class that has a winner.
    """

    mean: Mean = "contacts"
    min_contacts_ranked: int = 20
    min_contacts_method: int = 5
    min_class_size: int = 3
    areas_over_all: tuple[str, ...] = ()
    ties: tuple[Tie, ...] = TIES
    best_on: tuple[str, ...] = METHODS

    def __post_init__(self) -> None:
        """Refuse settings that cannot be followed."""
        if self.mean not in MEANS:
            message = f"The mean is “contacts” or “pooled”, not “{self.mean}”."
            raise InvalidRulesError(message)
        for name in ("min_contacts_ranked", "min_contacts_method", "min_class_size"):
            number = getattr(self, name)
            if type(number) is not int or number < 1:
                message = f"“{name}” is a whole number from 1, not {number!r}."
                raise InvalidRulesError(message)
        _check_names("ties", self.ties, TIES)
        _check_names("best_on", self.best_on, METHODS)
        _check_names("areas_over_all", self.areas_over_all, self.areas_over_all)

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON can hold them."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Self:
        """The settings, with defaults for those that are missing; unknown ones are refused."""
        unknown = sorted(set(settings) - {field.name for field in fields(cls)})
        if unknown:
            message = f"Unknown scoring setting “{unknown[0]}”."
            raise InvalidRulesError(message)
        known: dict[str, Any] = {name: _hashable(value) for name, value in settings.items()}
        return cls(**known)


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _check_names(setting: str, names: tuple[str, ...], known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known or names.count(name) > 1:
            message = f"“{setting}” names “{name}”, which is unknown or there twice."
            raise InvalidRulesError(message)
