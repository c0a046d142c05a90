"""The frame of a season: each participant's contacts spread over weeks, methods, role-plays, weekdays and hours."""

from dataclasses import dataclass, fields

import numpy as np

from assignments.planning.problem import Ints, Problem


@dataclass(frozen=True, eq=False)
class Frame:
    """One row for each contact, a participant's in order of time; weekday and slot are numbers, and advice.

    A week of −1 is none: the season has no week with an open day.
    """

    participant: Ints
    week: Ints
    method: Ints
    role_play: Ints
    weekday: Ints
    slot: Ints

    def __len__(self) -> int:
        """Count the contacts."""
        return len(self.participant)

    def taken(self, rows: Ints) -> "Frame":
        """Return these rows, in this order."""
        return Frame(**{name: getattr(self, name)[rows] for name in self.names()})

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Name the columns."""
        return tuple(column.name for column in fields(cls))


def deal(problem: Problem, seed: int = 1) -> Frame:
    """Return the frame: methods exactly by the key, all else as even as whole numbers, days and capacity let it be."""
    from assignments.planning.dealing import dealt, in_time  # noqa: PLC0415 -- compiles, which loads slowly

    return in_time(dealt(problem, seed=seed)).frame


def golden_step(places: int) -> int:
    """Return a step that visits all places in turn, the next always far from those just visited."""
    near = max(round(places * 0.6180339887498949), 1)
    steps = sorted(range(1, max(places, 2)), key=lambda step: (abs(step - near), step))
    return next(step for step in steps if np.gcd(step, max(places, 1)) == 1)
