"""How a team is mixed beside those it is chosen from: shares of each level of gender, age and region."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from assignments.planning.problem import Ints
from assignments.plans.traits import TRAITS


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a trait: how many of the team have it, and the shares (0–100) of the team and as wished."""

    name: str
    count: int
    share: float
    wished: float


@dataclass(frozen=True, slots=True)
class Mix:
    """One trait with its levels."""

    code: str
    name: str
    levels: list[Level]
    unknown: int


def mixes_of(team: Ints, pool: Ints, shares: Mapping[int, Sequence[float]] | None = None) -> list[Mix]:
    """Compare a team with its pool, or with the shares that are wished, trait by trait; unknown levels are left out."""
    return [_mix(trait, team[:, trait], pool[:, trait], (shares or {}).get(trait)) for trait in range(len(TRAITS))]


def _mix(trait: int, team: Ints, pool: Ints, wished: Sequence[float] | None) -> Mix:
    kind = TRAITS[trait]
    size = len(kind.levels)
    counts = np.bincount(team[team >= 0], minlength=size)
    there = np.bincount(pool[pool >= 0], minlength=size).astype(float) if wished is None else np.array(wished, float)
    own, other = 100 * counts / max(counts.sum(), 1), 100 * there / max(there.sum(), 1)
    levels = [
        Level(str(name), int(counts[place]), float(own[place]), float(other[place]))
        for place, name in enumerate(kind.levels)
    ]
    return Mix(kind.code, str(kind.name), levels, int((team < 0).sum()))


def cell_name(levels: Sequence[int], traits: Sequence[int]) -> str:
    """Return what the people in one cell of several traits are called."""
    names = [
        str(TRAITS[trait].levels[level]) if level >= 0 else _("%(trait)s not known") % {"trait": TRAITS[trait].name}
        for trait, level in zip(traits, levels, strict=True)
    ]
    return ", ".join(names)
