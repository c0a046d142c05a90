"""The list of both surveys: this one, its sister NBK, and their mean, which decides «Norges beste kundesenter»."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ksp.lib.alphabet import norwegian_order
from participants.models import Season
from scoring.statistics.intervals import Interval
from scoring.visibility import Reader, shows_intervals, shows_probabilities

FULL: Final = 100


@dataclass(frozen=True)
class CombinedRow:
    """One participant that has both results; ``interval`` and ``probability_first`` only for who may see them."""

    place: int
    is_shared: bool
    name: str
    award_class: str
    total: float
    sister: float
    mean: float
    interval: Interval | None
    probability_first: float | None

    @property
    def chance(self) -> float | None:
        """The probability in per cent."""
        return None if self.probability_first is None else FULL * self.probability_first


def combined_rows(results: Mapping[str, Any], season: Season, reader: Reader) -> list[CombinedRow]:
    """Return those who have both in the frozen results by place, equals by name: no query."""
    owners = {row["participant"]: row for row in results["participants"]}
    with_interval, with_probability = shows_intervals(reader, season), shows_probabilities(reader, season)
    rows = [
        CombinedRow(
            place=one["place"],
            is_shared=one["shared"],
            name=owners[one["participant"]]["name"],
            award_class=owners[one["participant"]]["award_class"],
            total=one["total"],
            sister=one["sister"],
            mean=one["mean"],
            interval=Interval(*one["interval"]) if one["interval"] and with_interval else None,
            probability_first=one["probability_first"] if with_probability else None,
        )
        for one in results["combined"]
    ]
    return sorted(rows, key=lambda row: (row.place, norwegian_order(row.name)))
