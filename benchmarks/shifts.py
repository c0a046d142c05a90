"""How often a control chart calls on a quiet season, and how soon on a shift: ``python -m benchmarks.shifts``."""

from dataclasses import dataclass, replace

import numpy as np

from scoring.engine.battery import Floats, Ints
from scoring.statistics.control_charts import (
    GROUP_LIMITS,
    SEASON_LIMITS,
    Chart,
    Contacts,
    Expected,
    expected_scores,
    expected_shares,
    score_chart,
    share_chart,
)

PARTICIPANTS, CLASSES, OBSERVERS, METHODS, DAYS = 188, 23, 100, 3, 85
SPREADS = {"participant": 5.0, "class": 3.0, "observer": 4.0, "method": 4.0, "contact": 13.0}
SEED = 2022


@dataclass(frozen=True)
class Shift:
    """What changes from one day on: points of the scores, and the share that is not answered."""

    day: int = DAYS
    points: float = 0.0
    share: float | None = None


@dataclass(frozen=True, eq=False)
class Season:
    """A season's contacts: who, how, by whom and when, with what is answered and scored."""

    base: Contacts
    unanswered: Floats
    score: Floats

    @property
    def shares(self) -> Contacts:
        """Every contact, 1 where nobody answered."""
        return replace(self.base, value=self.unanswered)

    @property
    def scores(self) -> Contacts:
        """The answered ones with their scores."""
        return part_of(replace(self.base, value=self.score), self.unanswered == 0)


def part_of(contacts: Contacts, rows: Ints) -> Contacts:
    """Return these contacts alone."""
    names = ("day", "value", "award_class", "participant", "method", "observer")
    return Contacts(**{name: getattr(contacts, name)[rows] for name in names})


def play(rng: np.random.Generator, shift: Shift, *, a_day: float = 50, drifting_mix: bool = False) -> Season:
    """Make a season; with a drifting mix the better half of the participants is contacted early, the worse late."""
    day = np.repeat(np.arange(DAYS), rng.poisson(a_day, DAYS))
    size = len(day)
    in_class = rng.integers(CLASSES, size=PARTICIPANTS)
    of_class = rng.normal(0, SPREADS["class"], CLASSES)
    quality = rng.normal(0, SPREADS["participant"], PARTICIPANTS) + of_class[in_class]
    missed = rng.beta(0.8, 19.2, PARTICIPANTS)
    participant = rng.integers(PARTICIPANTS, size=size)
    if drifting_mix:
        # From mostly the best half on the first days to mostly the worst half on the last ones.
        is_worse = rng.random(size) < 0.2 + 0.6 * day / DAYS
        half = PARTICIPANTS // 2
        participant = np.argsort(-quality)[rng.integers(half, size=size) + half * is_worse]
    method, observer = rng.integers(METHODS, size=size), rng.integers(OBSERVERS, size=size)
    of_method = rng.normal(0, SPREADS["method"], METHODS)
    severity = rng.normal(0, SPREADS["observer"], OBSERVERS)
    noise = rng.normal(0, SPREADS["contact"], size)
    score = 70 + quality[participant] + of_method[method] + severity[observer] + noise
    score -= np.where(day >= shift.day, shift.points, 0.0)
    chance = missed[participant]
    if shift.share is not None:
        chance = np.where(day >= shift.day, shift.share, chance)
    unanswered = (rng.random(size) < chance).astype(float)
    base = Contacts(day, unanswered, in_class[participant], participant, method, observer)
    return Season(base, unanswered, np.clip(score, 0, 100))


def charts(season: Season) -> dict[str, list[Chart]]:
    """Return the charts of the whole season and of its classes and methods."""
    shares, scores = season.shares, season.scores
    of_shares, of_scores = expected_shares(shares), expected_scores(scores)
    found = {
        "shares": [share_chart(shares, of_shares, SEASON_LIMITS)],
        "scores": [score_chart(scores, of_scores, SEASON_LIMITS)],
        "groups": [],
    }
    for groups, name in ((CLASSES, "award_class"), (METHODS, "method")):
        for one in range(groups):
            found["groups"].append(_of_group(shares, of_shares, getattr(shares, name) == one, share_chart))
            found["groups"].append(_of_group(scores, of_scores, getattr(scores, name) == one, score_chart))
    return found


def _of_group(contacts: Contacts, expected: Expected, rows: Ints, draw) -> Chart:  # noqa: ANN001
    own = Expected(expected.value[rows], expected.variance[rows], expected.is_judged[rows])
    return draw(part_of(contacts, rows), own, GROUP_LIMITS)


def false_alarms(*, seasons: int, drifting_mix: bool = False, seed: int = SEED) -> dict[str, float]:
    """Return how many signals a season without a shift has on average."""
    counts = dict.fromkeys(("shares", "scores", "groups"), 0)
    for number in range(seasons):
        season = play(np.random.default_rng([seed, number]), Shift(), drifting_mix=drifting_mix)
        for name, found in charts(season).items():
            counts[name] += sum(int(chart.is_signal.sum()) for chart in found)
    return {name: count / seasons for name, count in counts.items()}


def seen(shift: Shift, *, seasons: int, within: int = 1, a_day: float = 50, seed: int = SEED) -> dict[str, float]:
    """Return in how many per cent of the seasons a shift was signalled within so many days, the same day being 1."""
    counts = {"shares": 0, "scores": 0}
    for number in range(seasons):
        season = play(np.random.default_rng([seed, number]), shift, a_day=a_day)
        shares = share_chart(season.shares, expected_shares(season.shares), SEASON_LIMITS)
        scores = score_chart(season.scores, expected_scores(season.scores), SEASON_LIMITS)
        for name, chart in (("shares", shares), ("scores", scores)):
            is_then = (chart.day >= shift.day) & (chart.day < shift.day + within)
            counts[name] += int(chart.is_signal[is_then].any())
    return {name: 100 * count / seasons for name, count in counts.items()}


if __name__ == "__main__":
    print("signals a quiet season:", false_alarms(seasons=400))
    print("the same, the mix drifting:", false_alarms(seasons=100, drifting_mix=True))
    for shift in (Shift(45, share=0.3), Shift(45, share=0.2), Shift(45, points=10), Shift(45, points=5)):
        for a_day in (50, 25):
            days = {within: seen(shift, seasons=300, within=within, a_day=a_day) for within in (1, 3, 5)}
            print(shift, f"{a_day} contacts a day, seen within days:", days)
