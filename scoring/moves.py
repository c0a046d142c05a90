"""What other rules would move in a season: results, places and awards, from one reading of its approved reports."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from participants.models import Enrolment, Season
from participants.season_settings import SeasonSettings
from scoring.batteries import scoring_rules
from scoring.computing import compute_season, computed_by
from scoring.engine.battery import WAITING, Floats
from scoring.engine.layout import Layout
from scoring.engine.ranks import BEST_IN_TEST, BEST_ON_METHOD, CLASS_WINNER, NEAR
from scoring.engine.rules import Rules
from scoring.engine.sister import BEST_OF_BOTH
from scoring.fingerprints import rules_fingerprint
from scoring.rule_words import method_names, rules_in_words, scored_areas
from scoring.selectors import ALL_METHODS, GivenAward, ParticipantResult, SeasonResults, computed_results

SHOWN = 20
AWARDS = (BEST_IN_TEST, BEST_OF_BOTH, CLASS_WINNER, BEST_ON_METHOD)


@dataclass(frozen=True, slots=True)
class NumberMove:
    """A result or a place before and after; None is none."""

    before: float | None
    after: float | None

    @property
    def difference(self) -> float | None:
        """After minus before, where there are both."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def size(self) -> float:
        """How far it moved; what comes or goes has moved furthest."""
        if self.before is None and self.after is None:
            return 0.0
        return inf if self.difference is None else abs(self.difference)

    @property
    def is_move(self) -> bool:
        """Whether it moved by more than the last bits of a mean."""
        return self.size > NEAR


@dataclass(frozen=True, slots=True)
class ParticipantMove:
    """One participant whose total (0–100) or place moves."""

    enrolment: Enrolment
    total: NumberMove
    in_class: NumberMove
    overall: NumberMove


@dataclass(frozen=True, slots=True)
class FigureMoves:
    """One kind of result: how many participants have another, and the largest change with its participant."""

    name: str
    participants: int
    largest: float | None
    whose: Enrolment


@dataclass(frozen=True, slots=True)
class AwardMove:
    """One award whose winners are others: their names before and after, none where it is not given."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """All that moves; ``reports`` approved reports were computed by both rules."""

    reports: int
    figures: Sequence[FigureMoves]
    participants: Sequence[ParticipantMove]
    awards: Sequence[AwardMove]

    @property
    def is_any(self) -> bool:
        """Whether anything moves at all."""
        return bool(self.figures or self.participants or self.awards)


@dataclass(frozen=True, slots=True)
class Trial:
    """Rules that are tried: which sentences they change, before and after, and what moves.

    ``based_on`` is the fingerprint of the rules that they were compared with.
    """

    sentences: Sequence[tuple[str, str]]
    moves: Moves
    based_on: str

    @property
    def first(self) -> Sequence[ParticipantMove]:
        """The participants that are shown at once."""
        return self.moves.participants[:SHOWN]

    @property
    def rest(self) -> Sequence[ParticipantMove]:
        """Those that are folded away."""
        return self.moves.participants[SHOWN:]


def tried(season: Season, settings: Mapping[str, Any]) -> Trial:
    """Return what the season would have with these of its settings changed; nothing is written."""
    before = scoring_rules(season.settings)
    after = scoring_rules(SeasonSettings.from_dict({**season.settings.to_dict(), **settings}))
    areas = scored_areas(season)
    pairs = zip(rules_in_words(before, areas), rules_in_words(after, areas), strict=True)
    return Trial(
        sentences=[(old, new) for old, new in pairs if old != new],
        moves=what_moves(season, after),
        based_on=rules_fingerprint(season),
    )


def what_moves(season: Season, rules: Rules) -> Moves:
    """Return what these rules move against the season's own, both computed now."""
    current = compute_season(season)
    before, after = computed_results(current), computed_results(computed_by(current, rules))
    return Moves(
        reports=len(current.reports),
        figures=_figure_moves(current.book.layout, before, after, scored_areas(season)),
        participants=_participant_moves(before, after),
        awards=_award_moves(before.awards, after.awards),
    )


# Participants


def _participant_moves(before: SeasonResults, after: SeasonResults) -> list[ParticipantMove]:
    """Return who moves, the longest move in a class first."""
    pairs = zip(before.participants, after.participants, strict=True)
    found = [_participant_move(old, new) for old, new in pairs if old.results.rows]
    moved = [move for move in found if move.total.is_move or move.in_class.is_move or move.overall.is_move]
    return sorted(moved, key=lambda move: (-move.in_class.size, -move.overall.size, -move.total.size))


def _participant_move(old: ParticipantResult, new: ParticipantResult) -> ParticipantMove:
    first, second = old.results, new.results
    return ParticipantMove(
        enrolment=old.enrolment,
        total=NumberMove(first.rows[ALL_METHODS].total, second.rows[ALL_METHODS].total),
        in_class=NumberMove(first.rank_class, second.rank_class),
        overall=NumberMove(first.rank_overall, second.rank_overall),
    )


# Kinds of results


def _figure_moves(
    layout: Layout, before: SeasonResults, after: SeasonResults, areas: Mapping[str, str]
) -> list[FigureMoves]:
    whose = [item.enrolment for item in before.participants if item.results.rows]
    old, new = _vectors(layout, before.participants), _vectors(layout, after.participants)
    found = [_moves_of(name, whose, old[:, place], new[:, place]) for place, name in _named(layout, areas)]
    return [moves for moves in found if moves is not None]


def _vectors(layout: Layout, participants: Iterable[ParticipantResult]) -> Floats:
    return layout.matrix(item.results.rows[ALL_METHODS].vector for item in participants if item.results.rows)


def _named(layout: Layout, areas: Mapping[str, str]) -> list[tuple[int, str]]:
    """Return the place and the name of every result that rules decide."""
    named = [(layout.total, _("Total result")), (layout.answered_score, _("Answered score"))]
    named += [(layout.area_scores.start + place, areas[code]) for place, code in enumerate(layout.areas)]
    if WAITING in areas:
        named.append((layout.waiting_all, _("%(area)s, all contacts") % {"area": areas[WAITING]}))
    return named


def _moves_of(name: str, whose: Sequence[Enrolment], old: Floats, new: Floats) -> FigureMoves | None:
    differences = new - old
    moved = (np.abs(differences) > NEAR) | (np.isnan(old) != np.isnan(new))
    if not moved.any():
        return None
    sizes = np.nan_to_num(np.abs(differences), nan=0.0)
    place = int(np.argmax(np.where(moved, sizes, -1.0)))
    largest = float(differences[place])
    return FigureMoves(
        name=name,
        participants=int(moved.sum()),
        largest=None if np.isnan(largest) else largest,
        whose=whose[place],
    )


# Awards


def _award_moves(before: Sequence[GivenAward], after: Sequence[GivenAward]) -> list[AwardMove]:
    """Return the awards that others win, that are new, or that are no longer given."""
    old, new = _winners(before), _winners(after)
    keys = sorted({*old, *new}, key=lambda key: (AWARDS.index(key[0]), key[1:]))
    return [
        AwardMove(_award_name(*key), old.get(key, ()), new.get(key, ()))
        for key in keys
        if old.get(key, ()) != new.get(key, ())
    ]


def _winners(given: Iterable[GivenAward]) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """Return the names of the winners of each award, class and method."""
    winners: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for award in given:
        key = (award.award, award.award_class.name if award.award_class else "", award.method)
        winners[key] = (*winners.get(key, ()), award.winner.enrolment.participant.name)
    return winners


def _award_name(award: str, award_class: str, method: str) -> str:
    if award == CLASS_WINNER:
        return _("Class winner, %(award_class)s") % {"award_class": award_class}
    if award == BEST_ON_METHOD:
        return _("Best on %(method)s") % {"method": method_names([method])[0]}
    return _("Norway’s best customer centre") if award == BEST_OF_BOTH else _("Best in test")
