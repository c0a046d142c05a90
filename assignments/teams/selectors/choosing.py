"""Proposes a team: who would be chosen by the wishes, how it would be mixed, and what it could do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assignments.planning import team
from assignments.planning.quotas import Cell, Quotas
from assignments.plans.explanations import shortage_in_words, stored_shortages
from assignments.teams.pools import Candidates, candidates_of
from assignments.teams.selectors.mixes import Mix, cell_name, mixes_of
from assignments.teams.wishes import Wishes
from observers.demographics import AgeGroup, age_group
from observers.models import Observer
from participants.models import Season

# So often the cells are weighed trait by trait; then all shares are met to a thousandth.
FITTINGS = 20


@dataclass(frozen=True, slots=True)
class Chosen:
    """One observer of a proposed team."""

    observer: Observer
    age: AgeGroup | None
    score: float
    room: int
    weeks: int
    open_to: int
    is_member: bool
    has_applied: bool


@dataclass(frozen=True, slots=True)
class CellRow:
    """One cell of the mix: how many were wanted, how many there were to choose from, and how many were chosen."""

    name: str
    wanted: int
    there: int
    got: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A team as it would be."""

    chosen: list[Chosen]
    mixes: list[Mix]
    cells: list[CellRow]
    pool: int
    participants: int
    season_weeks: int
    room: int
    contacts: int
    score: float
    unassigned: int
    shortages: list[str]

    @property
    def new(self) -> list[Chosen]:
        """Those who are not on the team yet."""
        return [one for one in self.chosen if not one.is_member]


def propose(season: Season, wishes: Wishes) -> Proposal:
    """Choose a team by the wishes, and say how it would be; nothing is written."""
    found = candidates_of(season, source=wishes.source, least_score=wishes.least_score)
    problem = found.situation.problem
    is_in = found.is_member if wishes.keeps_team else np.zeros(len(found.is_member), bool)
    pool = team.Pool(season=problem, is_in=is_in, is_out=~found.may_be_chosen)
    chosen = team.choose(pool, wishes.size, _quotas(found, wishes))
    traits = problem.traits
    return Proposal(
        chosen=_people(found, chosen.chosen.tolist()),
        mixes=mixes_of(traits[chosen.chosen], traits, wishes.shares),
        cells=[CellRow(cell_name(one.levels, wishes.traits), one.wanted, one.there, one.got) for one in chosen.cells],
        pool=int(found.may_be_chosen.sum()),
        participants=len(problem.quotas),
        season_weeks=problem.weeks,
        room=chosen.capacity,
        contacts=chosen.contacts,
        score=chosen.score,
        unassigned=chosen.unassigned,
        shortages=[shortage_in_words(one) for one in stored_shortages(chosen.shortages, found.situation)],
    )


def _quotas(found: Candidates, wishes: Wishes) -> Quotas:
    """Return the quotas: the pool's own cells, or those that are nearest to them with the wished shares."""
    if not wishes.shares:
        return Quotas(traits=wishes.traits)
    traits = found.situation.problem.traits[found.may_be_chosen][:, list(wishes.traits)]
    weights = {cell: float(count) for cell, count in Counter(map(tuple, traits.tolist())).items()}
    wished = {wishes.traits.index(trait): shares for trait, shares in wishes.shares.items()}
    for _ in range(FITTINGS):
        for place, shares in wished.items():
            weights = _fitted(weights, place, shares)
    return Quotas(traits=wishes.traits, shares=weights)


def _fitted(weights: Mapping[Cell, float], place: int, shares: Sequence[float]) -> dict[Cell, float]:
    """Weigh the cells so that the known levels of one trait have these shares; those not known stay as they are."""
    sums = [sum(weight for cell, weight in weights.items() if cell[place] == level) for level in range(len(shares))]
    known, whole = sum(sums), sum(shares)
    factors = [share / whole * known / there if there else 0.0 for share, there in zip(shares, sums, strict=True)]
    return {cell: weight * (factors[cell[place]] if cell[place] >= 0 else 1.0) for cell, weight in weights.items()}


def _people(found: Candidates, places: Sequence[int]) -> list[Chosen]:
    """Return the chosen, those who are on the team first, then the best."""
    situation, problem = found.situation, found.situation.problem
    year, room, weeks = situation.season.starts_on.year, problem.capacity(), problem.available.sum(axis=1)
    open_to = problem.pairs().sum(axis=1)
    people = [
        Chosen(
            observer=situation.observers[place],
            age=age_group(situation.observers[place].birth_year, year=year),
            score=float(problem.scores[place]),
            room=int(room[place]),
            weeks=int(weeks[place]),
            open_to=int(open_to[place]),
            is_member=bool(found.is_member[place]),
            has_applied=bool(found.has_applied[place]),
        )
        for place in places
    ]
    return sorted(people, key=lambda one: (not one.is_member, -one.score, -one.room))
