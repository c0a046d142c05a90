"""When a season will be finished, and how many contacts will be approved when, if it goes on as it has.

A contact becomes approved as a life ends in a life table: by its age, in working days since the week began that it is
planned for. What the season has shown of that is drawn again with its uncertainty, each week a little faster or slower
than the mean as the weeks so far have been, and what is rejected is made anew. Given a draw, the rest is closed form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from scoring.engine.battery import Floats, Ints

# Ages in working days that share one hazard: each day of the first three weeks its own, then longer and longer.
AGES: Final = (*range(15), 15, 20, 30)
# A tail that nobody has reached yet goes on as the last age that was, as if so many contacts had told of it.
KNOWN_TAIL: Final = 4
# Before the weeks have told, they differ by this much (on the logarithm), which weighs as much as three weeks.
USUAL_SPREAD, USUAL_WEIGHT = 0.15, 3
# A contact that is rejected is planned for another observer, a week later.
MADE_ANEW_AFTER: Final = 5
LEAST_APPROVED: Final = 50
LEAST_WEEKS: Final = 3
# The day of the finish is that of the slowest contact: nothing is said of it before some have had six weeks.
LEAST_AGE: Final = 30
LEAST_EXPECTED: Final = 3.0
DRAWS: Final = 1_000
BOUNDS: Final = (0.025, 0.5, 0.975)


@dataclass(frozen=True, eq=False)
class Pace:
    """A season so far, in working days from its first one (0); the last column of ``approved`` is today.

    ``contacts`` are planned for weeks that begin on the days ``begins``; ``approved`` (weeks x days) is when those of
    each week were; ``lost`` had to be made anew. ``week_of_day`` goes as far ahead as is worth looking.
    """

    begins: Ints
    contacts: Ints
    approved: Ints
    lost: int
    week_of_day: Ints

    @property
    def today(self) -> int:
        """The number of the last day that is counted."""
        return int(self.approved.shape[1]) - 1

    @property
    def open(self) -> Ints:
        """How many contacts of each week are not approved."""
        left: Ints = np.maximum(self.contacts - self.approved.sum(axis=1), 0)
        return left


@dataclass(frozen=True, slots=True)
class Range:
    """A number with its 95 % prediction interval; none of the three where it lies beyond what was looked at."""

    low: int | None
    middle: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """On which day all is approved, if that can be told, and how many are on each day that was asked for."""

    finish: Range | None
    approved: dict[int, Range]
    draws: int


@dataclass(frozen=True, eq=False)
class _Table:
    """The life table: at each age, how many contacts were not yet approved, and how many then were."""

    at_risk: Floats
    events: Floats

    @property
    def hazard(self) -> Floats:
        return np.divide(self.events, self.at_risk, out=np.zeros_like(self.events), where=self.at_risk > 0)

    def drawn(self, draws: int, rng: np.random.Generator) -> Floats:
        """Return hazards (draws x ages) that could have brought this, as -log(1 - hazard)."""
        events, rest = self.events + 0.5, self.at_risk - self.events + 0.5
        hazard = np.clip(rng.beta(events, rest, size=(draws, len(events))), 1e-9, 1 - 1e-9)
        return -np.log1p(-hazard)


def forecast(pace: Pace, days: tuple[int, ...], *, draws: int = DRAWS, seed: int = 2022) -> Forecast | None:
    """Return what comes if the season goes on as it has; none while it has shown too little.

    ``days`` are those for which the number of approved contacts is wanted, all of them after today.
    """
    table = _life_table(pace)
    ratio = _week_by_week(pace, table)
    if pace.approved.sum() < LEAST_APPROVED or len(ratio) < LEAST_WEEKS:
        return None
    rng = np.random.default_rng(seed)
    speed = np.exp(_drawn_weeks(pace, ratio, draws, rng))
    rates = table.drawn(draws, rng)
    lost = _drawn_losses(pace, draws, rng)
    return _Future(pace, rates, speed, lost, table, rng).forecast(days)


@dataclass(eq=False)
class _Future:
    """All draws of what is to come."""

    pace: Pace
    rates: Floats
    speed: Floats
    lost: Floats
    table: _Table
    rng: np.random.Generator

    def forecast(self, days: tuple[int, ...]) -> Forecast:
        first, open_ = self.pace.today + 1, self.pace.open
        ahead = len(self.pace.week_of_day) - first
        draws = len(self.rates)
        all_done, flow = np.zeros((draws, ahead)), np.zeros((draws, ahead))
        counts = np.full((draws, len(days)), float(self.pace.approved.sum()))
        columns = np.array(days, np.int64) - first
        for row in np.flatnonzero(open_):
            done = -np.expm1(-self._intensity(int(row)))
            with np.errstate(divide="ignore"):
                all_done += open_[row] * np.log(done)
            flow += open_[row] * np.diff(done, axis=1, prepend=0.0)
            counts += self.rng.binomial(open_[row], done[:, columns] * (1 - self.lost))
        again, outstanding = self._made_anew(flow * self.lost)
        counts += self.rng.poisson(again[:, columns])
        whole = int(self.pace.contacts.sum())
        approved = {day: _range(np.minimum(counts[:, place], whole)) for place, day in enumerate(days)}
        return Forecast(self._finish(all_done - outstanding, first), approved, draws)

    def _intensity(self, row: int) -> Floats:
        """Return, for each day ahead, -log of the chance that a contact of this week is still not approved."""
        day = np.arange(self.pace.today + 1, len(self.pace.week_of_day))
        age = day - self.pace.begins[row]
        rates = self.rates[:, _age_group(age)] * self.speed[:, self.pace.week_of_day[day]]
        rates[:, age < 0] = 0.0
        return np.cumsum(rates, axis=1)

    def _made_anew(self, flow: Floats) -> tuple[Floats, Floats]:
        """Return how many of the rejected ones are approved in the end, and how many still are not, day by day."""
        ahead = flow.shape[1]
        age = np.arange(ahead) - MADE_ANEW_AFTER
        still = np.cumprod(1 - np.where(age >= 0, self.table.hazard[_age_group(np.maximum(age, 0))], 0.0))
        delay = np.subtract.outer(np.arange(ahead), np.arange(ahead))
        waits = np.where(delay >= 0, still[np.maximum(delay, 0)], 0.0)
        outstanding = flow @ waits.T
        return np.cumsum(flow, axis=1) - outstanding, outstanding

    def _finish(self, log_chance: Floats, first: int) -> Range | None:
        """Return the day on which nothing is left; none while no week is old enough to tell, or no day is left."""
        is_young = self.pace.today - self.pace.begins.min(initial=self.pace.today) < LEAST_AGE
        if is_young or not log_chance.shape[1]:
            return None
        reached = log_chance >= np.log(self.rng.random(len(log_chance)))[:, None]
        day = np.where(reached.any(axis=1), first + reached.argmax(axis=1), len(self.pace.week_of_day))
        return _range(day.astype(np.float64), beyond=len(self.pace.week_of_day))


def _range(values: Floats, *, beyond: int | None = None) -> Range:
    low, middle, high = (int(one) for one in np.quantile(values, np.array(BOUNDS), method="closest_observation"))
    return Range(*(None if beyond is not None and one >= beyond else one for one in (low, middle, high)))


def _age_group(age: Ints) -> Ints:
    return np.maximum(np.searchsorted(np.array(AGES), age, side="right") - 1, 0)


def _life_table(pace: Pace) -> _Table:
    day, before = np.arange(pace.approved.shape[1]), np.cumsum(pace.approved, axis=1) - pace.approved
    age = day[None, :] - pace.begins[:, None]
    is_lived = age >= 0
    group = _age_group(age[is_lived])
    at_risk = np.bincount(group, np.maximum(pace.contacts[:, None] - before, 0)[is_lived], minlength=len(AGES))
    events = np.minimum(np.bincount(group, pace.approved[is_lived], minlength=len(AGES)), at_risk)
    known = np.flatnonzero(at_risk >= KNOWN_TAIL)
    if len(known):
        last = known[-1]
        at_risk[last + 1 :], events[last + 1 :] = KNOWN_TAIL, KNOWN_TAIL * events[last] / at_risk[last]
    return _Table(at_risk.astype(np.float64), events.astype(np.float64))


def _week_by_week(pace: Pace, table: _Table) -> Floats:
    """Return approved and expected contacts of each week so far that was to bring some (weeks x 2)."""
    day = np.arange(pace.approved.shape[1])
    age = day[None, :] - pace.begins[:, None]
    open_ = np.maximum(pace.contacts[:, None] - np.cumsum(pace.approved, axis=1) + pace.approved, 0)
    expected = np.where(age >= 0, open_ * table.hazard[_age_group(np.maximum(age, 0))], 0.0).sum(axis=0)
    observed = np.where(age >= 0, pace.approved, 0).sum(axis=0)
    week = pace.week_of_day[day]
    both: Floats = np.stack([np.bincount(week, observed), np.bincount(week, expected)], axis=1).astype(np.float64)
    return both[both[:, 1] >= LEAST_EXPECTED]


def _drawn_weeks(pace: Pace, ratio: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Return how much faster than the mean each week is (draws x weeks), on the logarithm.

    The weeks so far vary by chance and by more than that; how much more is uncertain, and so is their mean.
    """
    observed, expected = ratio[:, 0], ratio[:, 1]
    weeks = len(ratio)
    surplus = ((observed - expected) ** 2 / expected).sum() - (weeks - 1)
    found = max(surplus / expected.sum(), 0.0)
    freedom = weeks - 1 + USUAL_WEIGHT
    mean_square = ((weeks - 1) * found + USUAL_WEIGHT * USUAL_SPREAD**2) / freedom
    spread = np.sqrt(mean_square * freedom / rng.chisquare(freedom, size=(draws, 1)))
    level = rng.normal(size=(draws, 1)) * spread / np.sqrt(weeks)
    drawn: Floats = level + spread * rng.normal(size=(draws, int(pace.week_of_day.max()) + 1))
    return drawn


def _drawn_losses(pace: Pace, draws: int, rng: np.random.Generator) -> Floats:
    done = float(pace.approved.sum())
    return rng.beta(pace.lost + 0.5, done + 0.5, size=(draws, 1))
