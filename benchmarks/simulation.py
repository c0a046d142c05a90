"""How often intervals, places and probabilities are right, in seasons whose truth is known."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln, logit, stdtrit

from benchmarks.worlds import CONTACTS, PARTICIPANTS, MadeSeason, World, make_season, part_of
from scoring.engine.battery import Floats, Ints
from scoring.statistics.crossed import CrossedFit, fit_crossed
from scoring.statistics.intervals import (
    Intervals,
    Spread,
    contrast_interval,
    moderated_covariance,
    participant_intervals,
)
from scoring.statistics.nps import NpsCounts, nps_interval
from scoring.statistics.ranks import probability_first, rank_intervals
from scoring.statistics.reliability import estimate_components, reliability_of

SEED = 2022
SEASONS = 80
PAIRS = 60
BINS = 10
WORLDS = {
    "severity .35, 3 % unanswered": World(0.35, 0.03),
    "severity .7, 3 %": World(0.7, 0.03),
    "severity .35, 0 %": World(0.35, 0.0),
    "severity .35, 1 %": World(0.35, 0.01),
    "severity .35, 8 %": World(0.35, 0.08),
}
# Not among the promised ones: no severity, and a risk that differs between participants.
MORE_WORLDS = {
    "severity 0, 3 %": World(0.0, 0.03),
    "severity .35, 3 %, uneven": World(0.35, 0.03, uneven=0.7),
}
RECOMMENDED, RAW_Z, RAW_T, RAW_LOGIT, POOLED = "moderated logit-t", "raw z", "raw t", "raw logit-t", "pooled Wald"
# Participants and contacts each: a season that has just begun, and small ones.
YOUNG = ((188, 3), (188, 4), (188, 10), (20, 10), (20, 25), (8, 5), (8, 25))
# True NPS, with the shares of promoters and detractors.
NPS_TRUTHS = {95: (0.955, 0.005), 82: (0.85, 0.03), 50: (0.6, 0.1), 0: (0.35, 0.35), -59: (0.1, 0.69)}


class Tried(NamedTuple):
    """One season with what was estimated from it."""

    season: MadeSeason
    fit: CrossedFit
    intervals: Intervals


class Said(NamedTuple):
    """What was said to be probable of some, and whether it was so."""

    probable: list[float]
    was: list[bool]

    def note(self, probable: Floats, was: NDArray[np.bool_]) -> None:
        """Add some."""
        self.probable.extend(probable.tolist())
        self.was.extend(was.tolist())

    @property
    def figures(self) -> dict[str, float]:
        """What was said on average, how often it was so, and the mean distance between both (ECE)."""
        said, was = np.array(self.probable), np.array(self.was, float)
        return {"said": float(said.mean()), "was": float(was.mean()), "ece": calibration_error(said, was)}


def calibration_error(said: Floats, was: Floats) -> float:
    """The mean distance of what was said from what happened, over ten bins of probabilities of equal size."""
    order = np.argsort(said, kind="stable")
    bins = np.array_split(order, min(BINS, len(order)))
    return float(sum(abs(said[rows].mean() - was[rows].mean()) * len(rows) for rows in bins) / len(order))


def try_season(world: World, rng: np.random.Generator) -> Tried:
    """Make a season and estimate it."""
    return estimate(make_season(world, rng))


def estimate(season: MadeSeason) -> Tried:
    """Estimate a season from its contacts alone."""
    fit = fit_crossed(season.participant, season.observer, season.score)
    return Tried(season, fit, participant_intervals(fit, season.participant, season.score))


def rival_intervals(tried: Tried) -> dict[str, Spread]:
    """The recommended interval of every participant, and those of simpler methods."""
    season, fit = tried.season, tried.fit
    scores = season.score.reshape(-1, CONTACTS)
    means, errors = scores.mean(axis=1), scores.std(axis=1, ddof=1) / CONTACTS**0.5
    z, t = 1.96, float(stdtrit(CONTACTS - 1, 0.975))
    inner = np.clip(means / 100, 0.005, 0.995)
    half = t * errors / 100 / (inner * (1 - inner))
    return {
        RECOMMENDED: Spread(tried.intervals.low, tried.intervals.high),
        RAW_Z: Spread(means - z * errors, means + z * errors),
        RAW_T: Spread(means - t * errors, means + t * errors),
        RAW_LOGIT: Spread(100 * expit(logit(inner) - half), 100 * expit(logit(inner) + half)),
        POOLED: Spread(fit.means - z * fit.standard_errors, fit.means + z * fit.standard_errors),
    }


def covered(spread: Spread, truth: Floats) -> NDArray[np.bool_]:
    """Whether each truth lies within."""
    within: NDArray[np.bool_] = (spread.low <= truth) & (truth <= spread.high)
    return within


def coverage(world: World, *, seasons: int, seed: int = SEED) -> dict[str, dict[str, Any]]:
    """Each method's coverage in percent: of all, and by quarter of the participants by true value, lowest first."""
    rng = np.random.default_rng(seed)
    hits: dict[str, list[NDArray[np.bool_]]] = {}
    widths = []
    for _ in range(seasons):
        tried = try_season(world, rng)
        order = np.argsort(tried.season.truth)
        widths.append((tried.intervals.high - tried.intervals.low).mean() / 2)
        for name, spread in rival_intervals(tried).items():
            hits.setdefault(name, []).append(covered(spread, tried.season.truth)[order])
    figures = {}
    for name, rows in hits.items():
        by_place = np.array(rows).mean(axis=0) * 100
        quarters = [float(part.mean()) for part in np.array_split(by_place, 4)]
        figures[name] = {"all": float(by_place.mean()), "quarters": quarters}
    figures[RECOMMENDED]["half_width"] = float(np.mean(widths))
    return figures


def young_coverage(world: World, *, participants: int, contacts: int, seasons: int, seed: int = SEED) -> float:
    """The recommended interval's coverage in percent, of some participants with their first contacts."""
    rng = np.random.default_rng(seed)
    hits = []
    for _ in range(seasons):
        season = part_of(make_season(world, rng), participants=participants, contacts=contacts, rng=rng)
        found = estimate(season).intervals
        hits.append(covered(Spread(found.low, found.high), season.truth))
    return 100 * float(np.concatenate(hits).mean())


def places(world: World, *, seasons: int, seed: int = SEED) -> dict[str, Any]:
    """What is said of firsts, and how often it is so; how often places and differences hold their truth (percent)."""
    rng = np.random.default_rng(seed)
    said = {name: Said([], []) for name in ("leader by total", "leader by adjusted total", "everyone", "best of all")}
    held: dict[str, list[NDArray[np.bool_]]] = {}
    for _ in range(seasons):
        tried = try_season(world, rng)
        _note_firsts(tried, said)
        for name, rows in (_held_places(tried) | _held_differences(tried, rng)).items():
            held.setdefault(name, []).append(rows)
    return {
        "first": {name: each.figures for name, each in said.items()},
        "held": {name: 100 * float(np.concatenate(rows).mean()) for name, rows in held.items()},
    }


def _note_firsts(tried: Tried, said: dict[str, Said]) -> None:
    season, means = tried.season, tried.fit.means
    first = probability_first(means, moderated_covariance(tried.fit, tried.intervals), season.classes)
    truly = rank_in(season.truth, season.classes) == 1
    totals = season.score.reshape(-1, CONTACTS).mean(axis=1)
    for name, values in (("leader by total", totals), ("leader by adjusted total", means)):
        leads = rank_in(values, season.classes) == 1
        said[name].note(first.in_class[leads], truly[leads])
    said["everyone"].note(first.in_class, truly)
    leads = first.overall == first.overall.max()
    said["best of all"].note(first.overall[leads], season.truth[leads] == season.truth.max())


def _held_places(tried: Tried) -> dict[str, NDArray[np.bool_]]:
    """Whether the places of each class, and those of the season, were all right at once."""
    season = tried.season
    found = rank_intervals(tried.fit.means, moderated_covariance(tried.fit, tried.intervals), season.classes)
    in_class = rank_in(season.truth, season.classes)
    overall = rank_in(season.truth, np.zeros_like(season.classes))
    wrong = (in_class < found.class_low) | (found.class_high < in_class)
    right = (found.overall_low <= overall) & (overall <= found.overall_high)
    return {
        "places in class": np.bincount(season.classes, wrong) == 0,
        "places of all": np.array([right.all()]),
    }


def _held_differences(tried: Tried, rng: np.random.Generator) -> dict[str, NDArray[np.bool_]]:
    """Whether differences held their truth: of pairs of a class, and to the mean of the class."""
    classes = tried.season.classes
    pairs, to_mean = [], []
    for row in rng.permutation(len(classes))[:PAIRS]:
        others = np.flatnonzero(classes == classes[row])
        weights = np.zeros(len(classes))
        weights[others] = -1 / len(others)
        weights[row] += 1
        to_mean.append(_holds(tried, weights))
        weights = np.zeros(len(classes))
        weights[[row, rng.choice(others[others != row])]] = 1, -1
        pairs.append(_holds(tried, weights))
    return {"pair differences": np.array(pairs), "differences to class mean": np.array(to_mean)}


def _holds(tried: Tried, weights: Floats) -> bool:
    _, low, high = contrast_interval(tried.fit, tried.intervals, weights)
    return bool(low <= weights @ tried.season.truth <= high)


def rank_in(values: Floats, classes: Ints) -> Ints:
    """Each one's place in its class, 1 the highest."""
    higher = (values[None, :] > values[:, None]) & (classes[None, :] == classes[:, None])
    place: Ints = 1 + higher.sum(axis=1)
    return place


def dependability(world: World, *, seasons: int, seed: int = SEED) -> dict[str, float]:
    """The mean Φ of seasons, beside the squared correlation of totals and truth."""
    rng = np.random.default_rng(seed)
    estimated, true = [], []
    for _ in range(seasons):
        season = make_season(world, rng)
        components = estimate_components(season.participant, season.observer, season.score)
        estimated.append(reliability_of(components, participants=PARTICIPANTS, contacts=CONTACTS).absolute or 0.0)
        totals = season.score.reshape(-1, CONTACTS).mean(axis=1)
        true.append(np.corrcoef(totals, season.truth)[0, 1] ** 2)
    return {"estimated": float(np.mean(estimated)), "true": float(np.mean(true))}


def nps_coverage(promoters: float, detractors: float, *, answers: int = CONTACTS) -> float:
    """The exact coverage (percent) of the interval of an NPS with these true shares: every possible outcome counts."""
    truth, covered_share = 100 * (promoters - detractors), 0.0
    for high in range(answers + 1):
        for low in range(answers + 1 - high):
            interval = nps_interval(NpsCounts(high, low, answers))
            if interval is not None and interval.low <= truth <= interval.high:
                covered_share += _multinomial((high, low, answers - high - low), (promoters, detractors))
    return 100 * covered_share


def _multinomial(counts: tuple[int, int, int], shares: tuple[float, float]) -> float:
    chances = np.array([*shares, 1 - sum(shares)])
    numbers = np.array(counts)
    ways = float(gammaln(numbers.sum() + 1) - gammaln(numbers + 1).sum())
    return float(np.exp(ways + (numbers * np.log(chances)).sum()))


def simulate(seasons: int = SEASONS) -> dict[str, Any]:
    """Every figure of docs/statistics.md, as can be written to JSON."""
    started = time.perf_counter()
    return {
        "seed": SEED,
        "seasons": seasons,
        "coverage": {name: coverage(world, seasons=seasons) for name, world in (WORLDS | MORE_WORLDS).items()},
        "young": {
            f"{participants} participants, {contacts} contacts": {
                name: young_coverage(
                    world,
                    participants=participants,
                    contacts=contacts,
                    # The fewer participants, the more seasons, so that chance is alike.
                    seasons=max(1, seasons * PARTICIPANTS // (4 * participants)),
                )
                for name, world in WORLDS.items()
            }
            for participants, contacts in YOUNG
        },
        "places": {name: places(world, seasons=seasons) for name, world in (WORLDS | MORE_WORLDS).items()},
        "dependability": {
            f"severity {severity:g}": dependability(World(severity, 0.03), seasons=seasons)
            for severity in (0.0, 0.35, 0.7)
        },
        "nps": {str(truth): nps_coverage(*shares) for truth, shares in NPS_TRUTHS.items()},
        "seconds": time.perf_counter() - started,
    }


def show(figures: dict[str, Any]) -> None:
    """Print the figures as tables."""
    print(f"Simulated seasons: {figures['seasons']} of each world, seed {figures['seed']}")
    print("Coverage of 95 % intervals, per cent: all | quarters by true value, lowest first")
    for world, methods in figures["coverage"].items():
        print(f"  {world}")
        for method, row in methods.items():
            quarters = " ".join(f"{part:5.1f}" for part in row["quarters"])
            width = f"   half width {row['half_width']:.1f}" if "half_width" in row else ""
            print(f"    {method:20}{row['all']:6.1f} | {quarters}{width}")
    print("Coverage of the first while a season is young or small, in the worlds of the same order")
    for name, worlds in figures["young"].items():
        print(f"  {name:32}" + " ".join(f"{share:5.1f}" for share in worlds.values()))
    print("Probability of being first: said, was, calibration error; coverage of places and differences, per cent")
    for world, row in figures["places"].items():
        print(f"  {world}")
        for name, first in row["first"].items():
            print(f"    {name:28}" + "".join(f"{first[key]:8.3f}" for key in ("said", "was", "ece")))
        for name, held in row["held"].items():
            print(f"    {name:28}{held:8.1f}")
    print("Dependability Φ: mean estimate, true r²")
    for world, row in figures["dependability"].items():
        print(f"  {world:20}{row['estimated']:8.3f}{row['true']:8.3f}")
    print("NPS at 25 answers: exact coverage of the adjusted Wald interval, per cent")
    print("  " + "  ".join(f"{truth}: {share:.1f}" for truth, share in figures["nps"].items()))
    print(f"  took {figures['seconds']:.0f} s")


if __name__ == "__main__":
    show(simulate())
