"""Places and awards: ties are found exactly, whatever the last bit of a mean says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from scoring.engine.battery import Floats, Ints, Stored
from scoring.engine.layout import Layout
from scoring.engine.measures import GROUPS, Exact, exact
from scoring.engine.rules import Rules

CLASS_WINNER, BEST_IN_TEST, BEST_ON_METHOD = "class_winner", "best_in_test", "best_on_method"
# Means this near each other may be equal and are compared as fractions.
NEAR = 1e-9


@dataclass(frozen=True, eq=False)
class Standings:
    """What places rest on: enrolments with their class, and by group ("", methods) their results.

    ``contacts`` and ``totals`` are enrolments x groups, ``sums`` the same in one row.
    """

    enrolments: Ints
    classes: Ints
    contacts: Ints
    totals: Floats
    sums: Sequence[Stored]

    @classmethod
    def of(
        cls, layout: Layout, *, enrolments: Ints, classes: Ints, matrix: Floats, sums: Sequence[Stored]
    ) -> Standings:
        """The standings from summaries, new or stored (enrolments x groups x layout)."""
        return cls(
            enrolments=enrolments,
            classes=classes,
            contacts=matrix[..., layout.contacts].astype(np.int64),
            totals=matrix[..., layout.total],
            sums=sums,
        )


@dataclass(frozen=True, eq=False)
class Ranks:
    """Places of the standings' enrolments in class and overall, 1 the best; 0 is not ranked."""

    rank_class: Ints
    rank_overall: Ints

    @property
    def ranked(self) -> NDArray[np.bool_]:
        """Whether each enrolment has enough approved contacts to be ranked."""
        return self.rank_overall > 0


@dataclass(frozen=True)
class Award:
    """One award of one participant; ``score`` is the total (0-100) that won it."""

    award: str
    award_class: int | None
    method: str
    enrolment: int
    score: float
    shared: bool


def rank(standings: Standings, rules: Rules) -> Ranks:
    """Kundeserviceprisen's order: Totalresultat, then the ties of the rules (Score for Besvarte, Kundebehandleren).

    Participants equal in all of them share a place, and the next places are skipped (1, 2, 2, 4).
    Those with too few approved contacts have no place.
    """
    rows = np.flatnonzero(standings.contacts[:, 0] >= rules.min_contacts_ranked)
    levels = _levels(standings, rows, 0, rules)
    rank_class = np.zeros(len(standings.enrolments), np.int64)
    rank_overall = rank_class.copy()
    rank_overall[rows] = _places(levels, np.zeros_like(rows))
    rank_class[rows] = _places(levels, standings.classes[rows])
    return Ranks(rank_class=rank_class, rank_overall=rank_overall)


def awards(standings: Standings, ranks: Ranks, rules: Rules, *, class_sizes: Mapping[int, int]) -> list[Award]:
    """Class winners, «Best i test» and «Best på» the methods of the rules; equals share an award.

    ``class_sizes`` counts the enrolled participants of each class. A class that is too small has no
    winner; on a method only participants with enough approved contacts on it compete.
    """
    return [
        *_class_winners(standings, ranks, rules, class_sizes),
        *_given(standings, np.flatnonzero(ranks.rank_overall == 1), BEST_IN_TEST),
        *(award for group in _methods(rules) for award in _best_on(standings, rules, group)),
    ]


def _methods(rules: Rules) -> list[int]:
    return [group for group, method in enumerate(GROUPS) if method in rules.best_on]


def _class_winners(standings: Standings, ranks: Ranks, rules: Rules, class_sizes: Mapping[int, int]) -> list[Award]:
    winners = []
    for award_class in np.unique(standings.classes).tolist():
        if class_sizes.get(award_class, 0) < rules.min_class_size:
            continue
        first = (ranks.rank_class == 1) & (standings.classes == award_class)
        winners += _given(standings, np.flatnonzero(first), CLASS_WINNER, award_class=award_class)
    return winners


def _best_on(standings: Standings, rules: Rules, group: int) -> list[Award]:
    rows = np.flatnonzero(standings.contacts[:, group] >= rules.min_contacts_method)
    best = _places(_levels(standings, rows, group, rules), np.zeros_like(rows)) == 1
    return _given(standings, rows[best], BEST_ON_METHOD, group=group)


def _given(
    standings: Standings, rows: Ints, award: str, *, award_class: int | None = None, group: int = 0
) -> list[Award]:
    return [
        Award(
            award=award,
            award_class=award_class,
            method=GROUPS[group],
            enrolment=int(standings.enrolments[row]),
            score=float(standings.totals[row, group]),
            shared=len(rows) > 1,
        )
        for row in sorted(rows.tolist(), key=lambda row: int(standings.enrolments[row]))
    ]


def _levels(standings: Standings, rows: Ints, group: int, rules: Rules) -> Ints:
    """A number for each row, lower for better, the same only for those that are exactly equal."""
    totals = np.nan_to_num(standings.totals[rows, group], nan=-1.0)
    order = np.argsort(-totals, kind="stable")
    falls = np.diff(-totals[order]) > NEAR
    levels = np.empty(len(rows), np.int64)
    starts = np.flatnonzero(np.concatenate([[True], falls])[: len(rows)])
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(rows)], strict=False):
        members = order[start:end]
        levels[members] = start
        if len(members) > 1:
            levels[members] += _order_exactly(standings, rows[members], group, rules)
    return levels


def _order_exactly(standings: Standings, rows: Ints, group: int, rules: Rules) -> Ints:
    """0 for the best of near equals, 1 for the next that differs, and so on."""
    sums = [bytes(standings.sums[row * len(GROUPS) + group]) for row in rows.tolist()]
    results = {packed: _decisive(exact(packed), rules) for packed in set(sums)}
    places = {result: n for n, result in enumerate(sorted(set(results.values()), reverse=True))}
    return np.array([places[results[packed]] for packed in sums], np.int64)


def _decisive(results: Exact, rules: Rules) -> tuple[Fraction, ...]:
    return (results.total, *(getattr(results, name) for name in rules.ties))


def _places(levels: Ints, classes: Ints) -> Ints:
    """Competition places within each class: one more than the number that are better."""
    _, place = np.unique(classes, return_inverse=True)
    span = 1 + levels.max(initial=0)
    keys = place * span + levels
    ordered = np.sort(keys)
    better: Ints = np.searchsorted(ordered, keys) - np.searchsorted(ordered, place * span)
    return better + 1
