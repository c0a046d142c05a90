"""Chooses a season's team from everybody who applied: quotas by cell, the best of each, and a flow that proves it."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from assignments.planning.plan import Shortage
from assignments.planning.problem import Bools, Floats, Ints, Problem
from assignments.planning.quotas import Cell, Quotas, spilled
from assignments.planning.recruits import Advice, Recruit, help_at_most, only, profiles_short, what_each_adds
from assignments.planning.shortage_flow import usable
from assignments.planning.shortages import find

__all__ = ["Advice", "Pool", "Quotas", "Recruit", "Team", "TeamCell", "choose", "profiles_short", "what_each_adds"]

# How often somebody is exchanged for somebody who fills a gap, and how many are tried each time.
EXCHANGES, TRIED = 60, 4


@dataclass(frozen=True, eq=False, kw_only=True)
class Pool:
    """The season with everybody who can be chosen as its observers; some are in the team already, or cannot be."""

    season: Problem
    is_in: Bools
    is_out: Bools

    @classmethod
    def of(cls, season: Problem) -> "Pool":
        """Return the pool with nobody chosen or ruled out yet."""
        return cls(season=season, is_in=np.zeros(len(season.scores), bool), is_out=np.zeros(len(season.scores), bool))


@dataclass(frozen=True, kw_only=True)
class TeamCell:
    """One cell of the quotas: how many were wanted of it, how many there were to choose from, and how many it got."""

    levels: Cell
    wanted: int
    there: int
    got: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Team:
    """Who is chosen (numbers in the pool), what the team is made of, and what it can do.

    ``values`` are what everybody in the pool is worth (score, breadth and capacity, each from 0 to 1);
    ``unassigned`` is how many contacts such a team leaves without an observer at the least, ``shortages`` says why.
    """

    chosen: Ints
    cells: tuple[TeamCell, ...]
    values: Floats
    capacity: int
    contacts: int
    score: float
    unassigned: int
    shortages: tuple[Shortage, ...]


def choose(pool: Pool, size: int, quotas: Quotas) -> Team:
    """Return a team of this size (all there are, if fewer) with each cell's share, the best of each cell.

    Those who are in stay in. If the season's contacts cannot all be made, members are exchanged for others of their
    cell who fill the gaps, as long as that helps. The same pool gives the same team.
    """
    season, values = pool.season, worth(pool.season)
    can = (season.may_work & (season.capacity() > 0) & ~pool.is_out) | pool.is_in
    size = max(size, int(pool.is_in.sum()))
    cells = quotas.cells(season.traits)
    wanted = quotas.wanted(season.traits[can], size)
    chosen = _best_of_each(pool, values, can, (cells, wanted, size))
    chosen, found = _exchanged(pool, values, can, (cells, chosen))
    return Team(
        chosen=chosen,
        cells=tuple(_team_cells(cells, wanted, can, chosen)),
        values=values,
        capacity=int(season.capacity()[chosen].sum()),
        contacts=int(season.quotas.sum()),
        score=float(season.scores[chosen].mean()) if len(chosen) else 0.0,
        unassigned=sum(item.lacking for item in found),
        shortages=found,
    )


def worth(season: Problem) -> Floats:
    """Return what each observer is worth to a team: score, how many can be contacted, and room, each up to 1."""
    pairs, _offers = usable(season)
    breadth = pairs.sum(axis=1) / max(len(season.quotas), 1)
    capacity = season.capacity()
    worth: Floats = season.scores / 100 + breadth + capacity / max(int(capacity.max(initial=0)), 1)
    return worth


def _best_of_each(pool: Pool, values: Floats, can: Bools, plan: tuple[list[Cell], dict[Cell, int], int]) -> Ints:
    """Return the members who are in, and of each cell the best others up to its share."""
    cells, wanted, size = plan
    kept = Counter(cells[row] for row in np.flatnonzero(pool.is_in).tolist())
    others = np.flatnonzero(can & ~pool.is_in)
    order = others[np.argsort(-values[others], kind="stable")].tolist()
    open_places = {cell: max(number - kept[cell], 0) for cell, number in wanted.items()}
    places = size - sum(kept.values())
    there = dict(Counter(cells[row] for row in order))
    left = spilled(_reduced(open_places, places), there, places)
    chosen = np.flatnonzero(pool.is_in).tolist()
    for row in order:
        if left.get(cells[row], 0):
            left[cells[row]] -= 1
            chosen.append(row)
    return np.sort(np.array(chosen, np.int64))


def _reduced(places: dict[Cell, int], most: int) -> dict[Cell, int]:
    """Take from the largest cells what members of other cells, who are in already, have taken."""
    reduced = dict(places)
    for _ in range(sum(reduced.values()) - most):
        largest = max(reduced, key=lambda cell: (reduced[cell], cell))
        reduced[largest] -= 1
    return reduced


def _exchanged(
    pool: Pool, values: Floats, can: Bools, team: tuple[list[Cell], Ints]
) -> tuple[Ints, tuple[Shortage, ...]]:
    """Exchange members for others of the same cell who can make what is lacking, as long as less is lacking."""
    cells, chosen = team
    found = find(only(pool.season, chosen))
    for _ in range(EXCHANGES):
        better = None if not found else _better(pool, values, can, (cells, chosen, found))
        if better is None:
            break
        chosen, found = better
    return chosen, found


def _better(
    pool: Pool, values: Floats, can: Bools, team: tuple[list[Cell], Ints, tuple[Shortage, ...]]
) -> tuple[Ints, tuple[Shortage, ...]] | None:
    cells, chosen, found = team
    outside = can.copy()
    outside[chosen] = False
    others = np.flatnonzero(outside)
    helps = help_at_most(pool.season, found, others)
    inside = [row for row in chosen.tolist() if not pool.is_in[row]]
    lacking = sum(item.lacking for item in found)
    for place in np.lexsort((-values[others], -helps))[:TRIED].tolist():
        comes = int(others[place])
        same = [row for row in inside if cells[row] == cells[comes]] or inside
        for goes in _least_useful(pool.season, found, same, values):
            after = np.sort(np.append(chosen[chosen != goes], comes))
            shortages = find(only(pool.season, after))
            if sum(item.lacking for item in shortages) < lacking:
                return after, shortages
    return None


def _least_useful(season: Problem, found: tuple[Shortage, ...], rows: list[int], values: Floats) -> list[int]:
    """Return the members who do least for what is lacking, the least worth first."""
    if not rows:
        return []
    helps = help_at_most(season, found, np.array(rows))
    return [rows[place] for place in np.lexsort((values[rows], helps))[:TRIED].tolist()]


def _team_cells(cells: list[Cell], wanted: dict[Cell, int], can: Bools, chosen: Ints) -> list[TeamCell]:
    there = Counter(cells[row] for row in np.flatnonzero(can).tolist())
    got = Counter(cells[row] for row in chosen.tolist())
    return [
        TeamCell(levels=cell, wanted=wanted.get(cell, 0), there=there[cell], got=got[cell])
        for cell in sorted({*wanted, *there, *got})
    ]
