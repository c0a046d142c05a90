"""What a plan rests on, as arrays: the contacts to be made, the weeks, the observers and what they may do."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WEEKDAYS = (1, 2, 3, 4, 5)
SLOTS = ("09", "11", "13")


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem:
    """Everybody and everything by number, each array by the axes that its name is followed by.

    ``quotas`` (participants × methods) is the distribution key; ``role_plays`` (participants) how many role-plays
    there are to choose from; ``mornings`` (methods) which must be begun before noon; ``open_days`` (weeks × weekdays)
    when contacts can be made. ``met`` and ``customers`` are observers × participants, ``offers`` observers × methods,
    ``available`` observers × weeks; ``traits`` (observers × traits) numbers each observer's level of gender, age,
    region and so on, from 0, and is −1 where it is not known; the rest has one value for each observer, ``scores``
    from 0 to 100.
    """

    quotas: Ints
    role_plays: Ints
    mornings: Bools
    open_days: Bools
    met: Bools
    customers: Bools
    offers: Bools
    available: Bools
    may_work: Bools
    weekly_capacity: Ints
    season_capacity: Ints
    scores: Floats
    traits: Ints

    @property
    def weeks(self) -> int:
        """How many weeks there are."""
        return len(self.open_days)

    def pairs(self) -> Bools:
        """Tell which observers (rows) may contact which participants (columns) at all."""
        allowed: Bools = ~self.met & ~self.customers & self.may_work[:, None]
        return allowed

    def capacity(self) -> Ints:
        """Return how many contacts each observer could make in the whole season: none who may not work."""
        capacity: Ints = np.minimum(self.available.sum(axis=1) * self.weekly_capacity, self.season_capacity)
        return capacity * self.may_work

    def contacts(self) -> Ints:
        """Return how many contacts each participant is to have."""
        contacts: Ints = self.quotas.sum(axis=1)
        return contacts

    def days(self) -> Ints:
        """Return on how many days of each week contacts can be made."""
        days: Ints = self.open_days.sum(axis=1)
        return days

    def open_weeks(self) -> Ints:
        """Return the weeks with a day on which contacts can be made."""
        return np.flatnonzero(self.open_days.any(axis=1))
