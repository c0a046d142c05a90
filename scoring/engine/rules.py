"""The season's settings for scores, ranks and awards, with Kundeserviceprisen's defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

Mean = Literal["contacts", "pooled"]
MEANS: tuple[Mean, ...] = ("contacts", "pooled")


class InvalidRulesError(ValueError):
    """The scoring settings of the season cannot be followed."""


@dataclass(frozen=True)
class Rules:
    """How scores become results.

    ``mean``: "contacts" takes the mean of the contacts' percentages, "pooled" all points over all
    possible points. The rest are the fewest approved contacts to be ranked, the fewest on a method
    to be best on it, and the fewest enrolled participants of a class that has a winner.
    """

    mean: Mean = "contacts"
    min_contacts_ranked: int = 20
    min_contacts_method: int = 5
    min_class_size: int = 3

    def __post_init__(self) -> None:
        """Refuse settings that cannot be followed."""
        if self.mean not in MEANS:
            message = f"The mean is “contacts” or “pooled”, not “{self.mean}”."
            raise InvalidRulesError(message)
        for field in fields(self)[1:]:
            number = getattr(self, field.name)
            if type(number) is not int or number < 1:
                message = f"“{field.name}” is a whole number from 1, not {number!r}."
                raise InvalidRulesError(message)

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON can hold them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Self:
        """The settings, with defaults for those that are missing; unknown ones are refused."""
        unknown = sorted(set(settings) - {field.name for field in fields(cls)})
        if unknown:
            message = f"Unknown scoring setting “{unknown[0]}”."
            raise InvalidRulesError(message)
        return cls(**settings)
