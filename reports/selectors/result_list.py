"""The result list as it was frozen: winners, awards and places, as everybody may see them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ksp.lib.alphabet import norwegian_order
from ksp.lib.weeks import IsoWeek
from participants.models import Season
from reports.models import Publication
from reports.selectors.combined_list import CombinedRow, combined_rows
from scoring.engine.battery import AGENT, METHODS
from scoring.engine.ranks import BEST_IN_TEST, BEST_ON_METHOD, CLASS_WINNER
from scoring.engine.rules import Rules
from scoring.engine.sister import BEST_OF_BOTH
from scoring.statistics.intervals import Interval
from scoring.visibility import Reader, shows_intervals, shows_probabilities


@dataclass(frozen=True)
class Row:
    """One participant of the list; ``place`` is in what is listed: a class, or all. None is not ranked.

    ``interval`` of the total and ``places`` are there for who may see them, ``first`` (the chance of being truly best,
    0–1) in the list of a class alone.
    """

    participant: str
    place: int | None
    is_shared: bool
    places: Interval | None
    interval: Interval | None
    first: float | None
    name: str
    award_class: str
    contacts: int
    total: float | None
    answered_score: float | None
    agent: float | None


@dataclass(frozen=True)
class ListedAward:
    """One award to one participant; ``score`` won it. ``shared`` when others have the same.

    ``first`` is the chance (0–1) of being truly best in the class, for who may see it.
    """

    name: str
    award_class: str
    score: float
    shared: bool
    first: float | None


@dataclass(frozen=True)
class MethodAward:
    """Who is best on a contact method."""

    method: str
    awards: Sequence[ListedAward]


@dataclass(frozen=True)
class ListedClass:
    """One class, and how many participants it has."""

    name: str
    enrolled: int


@dataclass(frozen=True)
class ResultList:
    """What the page shows of one version; ``award_class`` is empty where all classes are listed together."""

    publication: Publication
    season: Season
    rules: Rules
    weeks: tuple[IsoWeek, IsoWeek]
    centres: int
    contacts: int
    classes: Sequence[ListedClass]
    award_class: str
    rows: Sequence[Row]
    not_ranked: Sequence[Row]
    best_in_test: Sequence[ListedAward]
    best_of_both: Sequence[ListedAward]
    best_on: Sequence[MethodAward]
    class_winners: Sequence[ListedAward]
    combined: Sequence[CombinedRow]

    @property
    def tells_chances(self) -> bool:
        """Whether the reader sees how probable it is that a class winner is truly best."""
        return any(award.first is not None for award in self.class_winners)


def result_list(publication: Publication, *, award_class: str = "", reader: Reader) -> ResultList:
    """Return the frozen list of the class with this name, or of all classes when it is none of them: no query."""
    season, found = publication.season, publication.results
    classes = [ListedClass(one["award_class"], one["enrolled"]) for one in found["classes"]]
    chosen = award_class if award_class in {one.name for one in classes} else ""
    listed = [row for row in found["participants"] if not chosen or row["award_class"] == chosen]
    shown = _Shown(shows_intervals(reader, season), shows_probabilities(reader, season), is_class=bool(chosen))
    rows = _rows(listed, shown)
    return ResultList(
        publication=publication,
        season=season,
        rules=Rules.from_dict(found["rules"]),
        weeks=(IsoWeek.of(season.starts_on), IsoWeek.of(season.ends_on)),
        centres=len(found["participants"]),
        contacts=found["season_result"]["contacts"],
        classes=classes,
        award_class=chosen,
        rows=[row for row in rows if row.place],
        not_ranked=[row for row in rows if not row.place],
        best_in_test=_awards(found, BEST_IN_TEST),
        best_of_both=_awards(found, BEST_OF_BOTH),
        best_on=_best_on(found),
        class_winners=_awards(found, CLASS_WINNER, with_chance=shown.chances),
        combined=() if chosen else combined_rows(found, season, reader),
    )


Frozen = Mapping[str, Any]


class _Shown(NamedTuple):
    """What of certainty the reader may see, and whether one class is listed or all."""

    intervals: bool
    chances: bool
    is_class: bool

    @property
    def place(self) -> str:
        """Which place is that of the list."""
        return "rank_class" if self.is_class else "rank_overall"


def _rows(listed: Iterable[Frozen], shown: _Shown) -> list[Row]:
    """Return the rows by place, those without one last; equals and the rest by name."""
    listed = list(listed)
    counts = Counter(row[shown.place] for row in listed)
    rows = [_row(row, shown, is_shared=counts[row[shown.place]] > 1) for row in listed]
    return sorted(rows, key=lambda row: (row.place or len(rows) + 1, norwegian_order(row.name)))


def _row(row: Frozen, shown: _Shown, *, is_shared: bool) -> Row:
    place = row[shown.place]
    return Row(
        participant=row["participant"],
        place=place,
        is_shared=place is not None and is_shared,
        places=_interval(row.get(f"{shown.place}_interval")) if shown.intervals else None,
        interval=_interval(row["total_interval"]) if shown.intervals else None,
        first=row["probability_first"] if shown.chances and shown.is_class else None,
        name=row["name"],
        award_class=row["award_class"],
        contacts=row["contacts"],
        total=row["total"],
        answered_score=row["answered_score"],
        agent=row["areas"][AGENT]["score"] if AGENT in row["areas"] else None,
    )


def _interval(bounds: Sequence[float] | None) -> Interval | None:
    return None if bounds is None else Interval(*bounds)


def _awards(found: Frozen, award: str, method: str | None = None, *, with_chance: bool = False) -> list[ListedAward]:
    """Return one kind of award in the order of classes and names."""
    owners = {row["participant"]: row for row in found["participants"]}
    given = [
        ListedAward(
            name=owners[one["participant"]]["name"],
            award_class=owners[one["participant"]]["award_class"],
            score=one["score"],
            shared=one["shared"],
            first=owners[one["participant"]]["probability_first"] if with_chance else None,
        )
        for one in found["awards"]
        if one["award"] == award and one["method"] == method
    ]
    return sorted(given, key=lambda one: (norwegian_order(one.award_class), norwegian_order(one.name)))


def _best_on(found: Frozen) -> list[MethodAward]:
    by_method = [MethodAward(method, _awards(found, BEST_ON_METHOD, method)) for method in METHODS]
    return [one for one in by_method if one.awards]
