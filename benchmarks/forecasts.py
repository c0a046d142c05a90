"""How often a season's forecast holds what then happens, in made-up seasons: ``python -m benchmarks.forecasts``."""

from dataclasses import dataclass

import numpy as np

from scoring.engine.battery import Ints
from scoring.statistics.forecast import Pace, Range, forecast

WEEKS, DAYS_IN_WEEK, HORIZON = 17, 5, 160
SEED = 2022


@dataclass(frozen=True)
class Habits:
    """How a season's contacts are made and read; chances are by contact, lags in working days.

    ``unsteady`` is how much the pace of reading differs between weeks, on the logarithm.
    """

    contacts: int = 4_700
    late: float = 0.08
    very_late: float = 0.01
    returned: float = 0.06
    rejected: float = 0.01
    read: float = 0.5
    unsteady: float = 0.3


WORLDS = {
    "usual": Habits(),
    "steady": Habits(unsteady=0.0),
    "unsteady": Habits(unsteady=0.6),
    "slow and late": Habits(read=0.25, late=0.2, very_late=0.03),
    "many rejected": Habits(rejected=0.06),
    "a tenth of the size": Habits(contacts=470),
}


@dataclass(frozen=True, eq=False)
class Played:
    """A whole season: the week each contact was planned for, when it was approved, and when one was rejected."""

    week: Ints
    known_from: Ints
    approved_on: Ints
    rejected_on: Ints

    def until(self, today: int) -> Pace:
        """Return what is seen of it at the end of that day."""
        is_known = (self.known_from <= today) & (self.rejected_on > today)
        week, approved_on = self.week[is_known], self.approved_on[is_known]
        weeks = int(self.week.max()) + 1
        is_done = approved_on <= today
        approved = np.zeros((weeks, today + 1), np.int64)
        np.add.at(approved, (week[is_done], approved_on[is_done]), 1)
        return Pace(
            begins=np.arange(weeks) * DAYS_IN_WEEK,
            contacts=np.bincount(week, minlength=weeks),
            approved=approved,
            lost=int((self.rejected_on <= today).sum()),
            week_of_day=np.arange(HORIZON) // DAYS_IN_WEEK,
        )

    @property
    def finished_on(self) -> int:
        """The day on which nothing was left."""
        return int(self.approved_on[self.rejected_on == HORIZON].max())

    def approved_by(self, day: int) -> int:
        """How many were approved then."""
        return int((self.approved_on <= day).sum())


def play(habits: Habits, rng: np.random.Generator) -> Played:
    """Make a season contact by contact; what is rejected is made anew a week later."""
    speed = np.exp(rng.normal(0, habits.unsteady, size=HORIZON // DAYS_IN_WEEK + 1))
    week = np.sort(rng.integers(WEEKS, size=habits.contacts))
    known_from = np.zeros(len(week), np.int64)
    rounds = []
    while len(week):
        decided = _decided_on(week, habits, speed, rng)
        is_rejected = rng.random(len(week)) < habits.rejected
        never = np.full(len(week), HORIZON)
        approved = np.where(is_rejected, never, decided)
        rounds.append((week, known_from, approved, np.where(is_rejected, decided, never)))
        known_from = decided[is_rejected]
        week = known_from // DAYS_IN_WEEK + 1
        known_from, week = known_from[week < HORIZON // DAYS_IN_WEEK], week[week < HORIZON // DAYS_IN_WEEK]
    return Played(*(np.concatenate(column) for column in zip(*rounds, strict=True)))


def _decided_on(week: Ints, habits: Habits, speed: np.ndarray, rng: np.random.Generator) -> Ints:
    """Return the day on which each report is approved or rejected."""
    size = len(week)
    made = week * DAYS_IN_WEEK + rng.integers(DAYS_IN_WEEK, size=size)
    made += np.where(rng.random(size) < habits.late, rng.geometric(0.2, size=size), 0)
    made += np.where(rng.random(size) < habits.very_late, rng.integers(10, 25, size=size), 0)
    submitted = made + rng.choice([0, 1, 2, 3], p=[0.45, 0.3, 0.15, 0.1], size=size)
    submitted += np.where(rng.random(size) < habits.returned, rng.integers(3, 7, size=size), 0)
    decided, is_waiting = submitted.copy(), np.ones(size, np.bool_)
    while is_waiting.any():
        decided[is_waiting] += 1
        chance = 1 - (1 - habits.read) ** speed[np.minimum(decided // DAYS_IN_WEEK, len(speed) - 1)]
        is_waiting &= rng.random(size) > chance
    return np.minimum(decided, HORIZON - 1)


def coverage(habits: Habits, *, today: int, seasons: int, seed: int = SEED) -> dict[str, float]:
    """Return how often (per cent) the intervals held the number on the last day and the day of the finish."""
    last, held, widths = WEEKS * DAYS_IN_WEEK - 1, np.zeros(2), np.zeros(2)
    for number in range(seasons):
        played = play(habits, np.random.default_rng([seed, number]))
        found = forecast(played.until(today), (last,), seed=number)
        count = found.approved[last] if found else Range(None, None, None)
        finish = found.finish if found and found.finish else Range(None, None, None)
        held += [_holds(count, played.approved_by(last)), _holds(finish, played.finished_on)]
        widths += [_width(count), _width(finish)]
    number_held, day_held = 100 * held / seasons
    number_wide, days_wide = widths / seasons
    return {"number": number_held, "wide": number_wide, "day": day_held, "days wide": days_wide}


def _holds(bounds: Range, truth: int) -> bool:
    return (HORIZON if bounds.low is None else bounds.low) <= truth <= (HORIZON if bounds.high is None else bounds.high)


def _width(bounds: Range) -> int:
    return (HORIZON if bounds.high is None else bounds.high) - (HORIZON if bounds.low is None else bounds.low)


if __name__ == "__main__":
    for name, habits in WORLDS.items():
        for today in (34, 44, 69):
            figures = coverage(habits, today=today, seasons=300)
            print(f"{name:20} day {today:3}", {key: round(value, 1) for key, value in figures.items()})
