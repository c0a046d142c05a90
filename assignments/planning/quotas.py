"""What a team should be made of: how many of each cell of gender, age, region and the like."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from assignments.planning.problem import Ints

Cell = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Quotas:
    """The traits (by number) whose levels make the cells, and each cell's share; without shares, the pool's own.

    A level of −1 is one that is not known; nobody is wanted of it unless the shares say so.
    """

    traits: tuple[int, ...]
    shares: Mapping[Cell, float] | None = None

    @classmethod
    def of_levels(cls, traits: Sequence[int], shares: Sequence[Sequence[float]]) -> "Quotas":
        """Return quotas from the share of each level of each trait, as if the traits had nothing to do with another."""
        cells = product(*(range(len(levels)) for levels in shares))
        return cls(
            traits=tuple(traits),
            shares={
                cell: float(np.prod([levels[level] for levels, level in zip(shares, cell, strict=True)]))
                for cell in cells
            },
        )

    def cells(self, traits: Ints) -> list[Cell]:
        """Return the cell of each row of traits."""
        return [tuple(row) for row in traits[:, list(self.traits)].tolist()]

    def wanted(self, traits: Ints, size: int) -> dict[Cell, int]:
        """Return how many of each cell a team of this size should have; the traits are those of the pool."""
        return largest_remainders(self._weights(traits), size)

    def _weights(self, traits: Ints) -> dict[Cell, float]:
        if self.shares is not None:
            return dict(self.shares)
        return {cell: float(number) for cell, number in Counter(self.cells(traits)).items()}


def largest_remainders(weights: Mapping[Cell, float], size: int) -> dict[Cell, int]:
    """Share out so many by weight in whole numbers: the whole parts, then one each to the largest remainders."""
    total = sum(weights.values())
    if total <= 0:
        return dict.fromkeys(weights, 0)
    exact = {cell: size * weight / total for cell, weight in weights.items()}
    shared = {cell: int(number) for cell, number in exact.items()}
    order = sorted(exact, key=lambda cell: (shared[cell] - exact[cell], cell))
    for cell in order[: size - sum(shared.values())]:
        shared[cell] += 1
    return shared


def spilled(wanted: Mapping[Cell, int], there: Mapping[Cell, int], size: int) -> dict[Cell, int]:
    """Return the wanted numbers with what a cell cannot fill given to the cells that are most like it."""
    given = {cell: min(number, there.get(cell, 0)) for cell, number in wanted.items()}
    given |= {cell: 0 for cell in there if cell not in given}
    for cell, number in sorted(wanted.items()):
        for _ in range(number - given[cell]):
            open_cells = [other for other, most in there.items() if given[other] < most]
            if not open_cells or sum(given.values()) >= size:
                return given
            given[min(open_cells, key=lambda other: _unlike(cell, other, given, there))] += 1
    return given


def _unlike(cell: Cell, other: Cell, given: Mapping[Cell, int], there: Mapping[Cell, int]) -> tuple[int, float, Cell]:
    """Tell how far a cell is from another: levels that differ, then how much of it is taken already."""
    return sum(a != b for a, b in zip(cell, other, strict=True)), given[other] / there[other], other
