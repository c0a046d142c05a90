"""Who makes each contact: the least loaded who may, and chains of exchanges where nobody is left."""

import numpy as np

from assignments.planning.frame import Frame
from assignments.planning.problem import Bools, Ints, Problem

NOBODY = -1
# How many exchanges a chain may have. Three find what can be found in seasons of the usual tightness.
LONGEST_CHAIN = 4


def find_observers(problem: Problem, frame: Frame) -> Ints:
    """Return an observer for each contact by every hard rule; ``NOBODY`` where even exchanges find none.

    The contacts with the fewest possible observers choose first. The same problem gives the same roster.
    """
    roster = Roster(problem, frame)
    scarcity = roster.possible.sum(axis=1)
    waiting = [contact for contact in np.argsort(scarcity, kind="stable").tolist() if not roster.place(contact)]
    for contact in waiting:
        roster.exchange(contact, depth=LONGEST_CHAIN, tried=set())
    return roster.observer


class Roster:
    """Observers by contact, with what each of them has taken on so far."""

    def __init__(self, problem: Problem, frame: Frame) -> None:
        observers, participants = problem.met.shape
        self.problem, self.frame = problem, frame
        self.observer = np.full(len(frame), NOBODY, np.int64)
        self.possible = _possible(problem, frame)
        self.meets = np.full((observers, participants), NOBODY, np.int64)
        self.in_week = np.zeros((observers, problem.weeks), np.int64)
        self.in_season = np.zeros(observers, np.int64)
        self._share = 1 / np.maximum(problem.capacity(), 1)

    def place(self, contact: int) -> bool:
        """Give the contact to the least loaded observer who may make it; tell whether there was one."""
        week, participant = self.frame.week[contact], self.frame.participant[contact]
        free = (
            self.possible[contact]
            & (self.meets[:, participant] == NOBODY)
            & (self.in_week[:, week] < self.problem.weekly_capacity)
            & (self.in_season < self.problem.season_capacity)
        )
        if not free.any():
            return False
        load = self.in_season * self._share + 1e-3 * self.in_week[:, week] / self.problem.weekly_capacity.clip(min=1)
        self._give(contact, int(np.where(free, load, np.inf).argmin()))
        return True

    def exchange(self, contact: int, *, depth: int, tried: set[int]) -> bool:
        """Place the contact with an observer who hands another one over, which is placed the same way."""
        if self.place(contact):
            return True
        if not depth:
            return False
        able = [item for item in np.flatnonzero(self.possible[contact]).tolist() if item not in tried]
        for observer in sorted(able, key=lambda item: float(self.in_season[item] * self._share[item])):
            tried.add(observer)
            for other in self._in_the_way(contact, observer):
                self._take(other)
                self._give(contact, observer)
                if self.exchange(other, depth=depth - 1, tried=tried):
                    return True
                self._take(contact)
                self._give(other, observer)
        return False

    def _in_the_way(self, contact: int, observer: int) -> list[int]:
        """Return the observer's contacts of which one, handed over, would make room for this one."""
        week = self.frame.week[contact]
        own = self.observer == observer
        if self.in_week[observer, week] >= self.problem.weekly_capacity[observer]:
            own &= self.frame.week == week
        met = int(self.meets[observer, self.frame.participant[contact]])
        if met != NOBODY:
            return [met] if own[met] else []
        found: list[int] = np.flatnonzero(own).tolist()
        return found

    def _give(self, contact: int, observer: int) -> None:
        self.observer[contact] = observer
        self._count(contact, observer, 1, contact)

    def _take(self, contact: int) -> None:
        observer = int(self.observer[contact])
        self.observer[contact] = NOBODY
        self._count(contact, observer, -1, NOBODY)

    def _count(self, contact: int, observer: int, change: int, meets: int) -> None:
        self.in_week[observer, self.frame.week[contact]] += change
        self.in_season[observer] += change
        self.meets[observer, self.frame.participant[contact]] = meets


def _possible(problem: Problem, frame: Frame) -> Bools:
    """Tell for each contact (rows) which observers may make it, whatever else they have taken on."""
    possible: Bools = (
        problem.pairs().T[frame.participant]
        & problem.offers.T[frame.method]
        & problem.available.T[frame.week]
        & (problem.weekly_capacity > 0)
        & (problem.season_capacity > 0)
    )
    return possible
