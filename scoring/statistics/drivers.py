"""What drives satisfaction: how much of it each area and each performance accounts for."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from scoring.engine.battery import Battery, Floats, Ints
from scoring.engine.reports import Reports
from scoring.engine.scores import ReportScores
from scoring.statistics.worth import counted_questions, worth

OUTCOMES = ("csat", "ces", "nps")
REPLICATES, SEED = 200, 20_211_129
LEVEL = 95
# 2^k regressions: more areas than this take too long to be called exact.
MOST_FOR_LMG = 12
# Below this, what is left of a predictor once others are known is rounding, not information.
NOTHING = 1e-9
# The usual least for a regression to say anything: ten cases a predictor; and for a bootstrap over observers.
LEAST_REPORTS_EACH, LEAST_OBSERVERS = 10, 10


class TooManyPredictorsError(ValueError):
    """The exact decomposition is for a handful of predictors."""


@dataclass(frozen=True)
class Driver:
    """One area or question: its part of R², the same as a share of R² with 95 % interval, and its correlation.

    Shares (0-1) are None where nothing is explained, and their bounds also where all reports are one observer's.
    A negative ``correlation`` says that satisfaction falls where this rises: an importance has no direction.
    """

    code: str
    raw: float
    share: float | None
    low: float | None
    high: float | None
    correlation: float


@dataclass(frozen=True)
class Explained:
    """How much of the outcome's variance (``r_squared``, 0-1) these predictors account for, and each one's part.

    ``few`` warns of fewer than 10 reports for each predictor that varies, or fewer than 10 observers.
    """

    r_squared: float
    few: bool
    drivers: tuple[Driver, ...]


@dataclass(frozen=True)
class Drivers:
    """What an outcome ("csat", "ces" or "nps") goes with, from n reports of so many observers."""

    outcome: str
    n: int
    observers: int
    areas: Explained
    items: Explained


@dataclass(frozen=True, eq=False)
class Observations:
    """Answered reports (rows) with who was contacted and by whom; columns are areas, items, then outcomes.

    Percentages (0-100) and outcomes on their own scales; NaN where there is none.
    """

    areas: tuple[str, ...]
    items: tuple[str, ...]
    outcomes: tuple[str, ...]
    participant: Ints
    observer: Ints
    values: Floats

    def take(self, rows: NDArray[Any]) -> Observations:
        """Only these rows, say the contacts of one class."""
        kept = self.participant[rows], self.observer[rows], self.values[rows]
        return Observations(self.areas, self.items, self.outcomes, *kept)


def lmg(predictors: Floats, outcome: Floats) -> Floats:
    """The part of R² that each predictor (N x k, k at most 12) accounts for, averaged over all orders of entry.

    Lindeman, Merenda & Gold (1980), the Shapley value of R²; Grömping (2006), J. Stat. Softw. 17(1). Exact; the
    parts add up to R². A constant predictor gets 0.
    """
    parts: Floats = _lmg(_products(predictors, outcome), 1)[0, 0]
    return parts


def johnson(predictors: Floats, outcome: Floats) -> Floats:
    """The relative weight of each predictor (N x k): its part of R²; the parts add up to R².

    Johnson (2000), Multivar. Behav. Res. 35(1), equal to Genizi (1993): with the correlations R = V D V',
    L = V sqrt(D) V' and b = L^-1 r, the weights are L² b² (squares by element). Predictors may be collinear; a
    constant one gets 0.
    """
    parts: Floats = _johnson(_products(predictors, outcome), 1)[0, 0]
    return parts


def observe(battery: Battery, reports: Reports, *, scores: ReportScores, observer: Ints) -> Observations:
    """The answered ones of N reports; ``scores`` are of the same reports, ``observer`` (N) says who made each.

    Predictors are the percentages of areas and of the questions that count.
    """
    rows = np.flatnonzero(reports.answered)
    answered = reports.take(rows)
    items = counted_questions(battery)
    outcomes = [scale for scale in battery.scales if scale.code in OUTCOMES]
    columns = [
        scores.area_score[rows],
        100 * worth(battery, answered, items).share,
        *(_on_scale(battery, answered, scale.question)[:, None] for scale in outcomes),
    ]
    return Observations(
        areas=battery.areas,
        items=tuple(battery.questions[item] for item in items.tolist()),
        outcomes=tuple(scale.code for scale in outcomes),
        participant=np.unique(answered.enrolment, return_inverse=True)[1],
        observer=observer[rows],
        values=np.concatenate(columns, axis=1),
    )


def importances(observations: Observations, *, replicates: int = REPLICATES, seed: int = SEED) -> tuple[Drivers, ...]:
    """What each outcome goes with inside participants: LMG for areas, relative weights for items.

    All values are deviations from the participant's own mean, so that differences between centres explain
    nothing; a question that was not asked or not applicable says nothing (deviation 0). Reports without the
    outcome are left out. Intervals come from a bootstrap over observers, who are sampled with all their reports.
    The same input and seed give the same numbers.
    """
    known = ~np.isnan(observations.values[:, len(observations.areas) + len(observations.items) :])
    together: dict[bytes, list[int]] = {}
    for outcome, rows in enumerate(known.T):
        together.setdefault(rows.tobytes(), []).append(outcome)
    found: dict[int, Drivers] = {}
    for outcomes in together.values():
        kept = observations.take(known[:, outcomes[0]])
        weighed = _Weighed.of(kept, np.array(outcomes), replicates=replicates, seed=seed)
        found |= {outcome: weighed.drivers(place, outcome) for place, outcome in enumerate(outcomes)}
    return tuple(found[outcome] for outcome in range(len(observations.outcomes)))


def potential(importance: Floats, score: Floats) -> Floats:
    """Importance (k, shares 0-1) times the share of points lost (from scores 0-100, P x k); NaN stays NaN.

    Where most satisfaction is to be won: what matters and is not already done.
    """
    lost: Floats = importance * (1 - score / 100)
    return lost


def strengths(importance: Floats, score: Floats, others: Floats) -> Floats:
    """Importance (k) times the share of points gained beyond ``others`` (scores 0-100, say the class); at least 0."""
    gained: Floats = importance * np.maximum(score - others, 0) / 100
    return gained


@dataclass(frozen=True, eq=False)
class _Weighed:
    """The parts of R² in the data (first) and in each replicate of it: replicates x outcomes x predictors."""

    observations: Observations
    observers: int
    correlations: Floats
    areas: Floats
    items: Floats

    @classmethod
    def of(cls, observations: Observations, outcomes: Ints, *, replicates: int, seed: int) -> Self:
        first = len(observations.areas), len(observations.areas) + len(observations.items)
        areas, items, last = np.split(np.arange(observations.values.shape[1]), first)
        chosen = np.concatenate([areas, items, last[outcomes]])
        values = _centred(observations.values[:, chosen], observations.participant)
        products, observers = _replicated(values, observations.observer, replicates=replicates, seed=seed)
        outcome = np.arange(first[1], len(chosen))
        return cls(
            observations,
            observers,
            _correlations(products[:1])[0][outcome, : first[1]],
            _lmg(_part(products, areas, outcome), len(outcome)),
            _johnson(_part(products, items, outcome), len(outcome)),
        )

    def drivers(self, place: int, outcome: int) -> Drivers:
        known = self.observations
        correlations = self.correlations[place]
        areas, items = correlations[: len(known.areas)], correlations[len(known.areas) :]
        return Drivers(
            outcome=known.outcomes[outcome],
            n=len(known.observer),
            observers=self.observers,
            areas=self._explained(known.areas, self.areas[:, place], areas),
            items=self._explained(known.items, self.items[:, place], items),
        )

    def _explained(self, codes: tuple[str, ...], parts: Floats, correlations: Floats) -> Explained:
        r_squared = parts[0].sum()
        varying = np.count_nonzero(correlations)
        few = len(self.observations.observer) < LEAST_REPORTS_EACH * varying or self.observers < LEAST_OBSERVERS
        shares = _shares(parts, sampled=self.observers > 1)
        columns = zip(codes, parts[0].tolist(), shares, correlations.tolist(), strict=True)
        drivers = tuple(Driver(code, raw, *share, correlation) for code, raw, share, correlation in columns)
        return Explained(r_squared=float(r_squared), few=bool(few), drivers=drivers)


def _shares(parts: Floats, *, sampled: bool) -> list[tuple[float | None, float | None, float | None]]:
    """Each predictor's share with the bounds of its interval; None where nothing is explained, or drawn from."""
    totals = parts.sum(axis=1, keepdims=True)
    if totals[0] <= 0:
        return [(None, None, None)] * parts.shape[1]
    if not sampled:
        return [(share, None, None) for share in (parts[0] / totals[0]).tolist()]
    shares = parts[totals[:, 0] > 0] / totals[totals[:, 0] > 0]
    low, high = np.percentile(shares, [(100 - LEVEL) / 2, (100 + LEVEL) / 2], axis=0)
    bounds = np.stack([shares[0], np.minimum(low, shares[0]), np.maximum(high, shares[0])], axis=1)
    return [(share, low, high) for share, low, high in bounds.tolist()]


def _on_scale(battery: Battery, reports: Reports, question: int) -> Floats:
    """The answers to a question as steps of its scale; NaN for none."""
    steps = np.append(battery.value[battery.options(question)], np.nan)
    return steps[reports.answers[:, question]]


def _products(predictors: Floats, outcome: Floats) -> Floats:
    """Cross-products of the deviations from the mean, as one replicate of (k + 1) x (k + 1)."""
    values = np.column_stack([predictors, outcome])
    centred = _centred(values, np.zeros(len(values), np.int64))
    return (centred.T @ centred)[None]


def _centred(values: Floats, group: Ints) -> Floats:
    """Deviations from the mean of each row's group; 0 where there is no value, or nothing but rounding."""
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    sums, counts = (np.add.reduceat(part[order], starts, axis=0) for part in (filled, known.astype(np.float64)))
    means = sums / np.maximum(counts, 1)
    place = np.empty_like(group)
    place[order] = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(group)))
    centred = np.where(known, filled - means[place], 0.0)
    centred[np.abs(centred) <= NOTHING * np.abs(filled).max(axis=0, initial=0)] = 0
    return centred


def _replicated(values: Floats, observer: Ints, *, replicates: int, seed: int) -> tuple[Floats, int]:
    """Cross-products of the data, then of each drawing of as many observers with replacement; and how many they are."""
    order = np.argsort(observer, kind="stable")
    starts = np.flatnonzero(np.diff(observer[order], prepend=-1))
    own = [part.T @ part for part in np.split(values[order], starts[1:])]
    times = np.random.default_rng(seed).multinomial(len(own), np.full(len(own), 1 / len(own)), size=replicates)
    weights = np.concatenate([np.ones((1, len(own))), times])
    width = values.shape[1]
    return (weights @ np.reshape(own, (len(own), -1))).reshape(-1, width, width), len(starts)


def _part(products: Floats, predictors: Ints, outcomes: Ints) -> Floats:
    chosen = np.concatenate([predictors, outcomes])
    return products[:, chosen[:, None], chosen]


def _lmg(products: Floats, outcomes: int) -> Floats:
    """Parts of R² (replicates x outcomes x k) from cross-products of k predictors and the outcomes behind them.

    Each predictor in turn stays out or is swept in, which doubles the subsets: one Schur complement for all of
    them and all replicates at once.
    """
    k = products.shape[-1] - outcomes
    if k > MOST_FOR_LMG:
        message = f"LMG is exact for at most {MOST_FOR_LMG} predictors, not {k}."
        raise TooManyPredictorsError(message)
    variances = products.diagonal(axis1=-2, axis2=-1)
    left = products[None]
    for predictor in range(k):
        pivot = left[..., 0, 0]
        usable = pivot > NOTHING * variances[:, predictor]
        column = left[..., 1:, 0] * np.divide(1, pivot, out=np.zeros_like(pivot), where=usable)[..., None]
        out = left[..., 1:, 1:]
        left = np.concatenate([out, out - column[..., :, None] * left[..., None, 0, 1:]])
    residual, total = left.diagonal(axis1=-2, axis2=-1), variances[:, k:]
    explained = 1 - np.divide(residual, total, out=np.ones_like(residual), where=total > 0)
    return _shapley(explained, k)


def _shapley(value: Floats, k: int) -> Floats:
    """Shapley values from the value of each subset (2^k, the first predictor changing fastest, x any x any)."""
    sizes = [subset.bit_count() for subset in range(1 << (k - 1))] if k else []
    weights = np.array([1 / (k * comb(k - 1, size)) for size in sizes])
    by_predictor = value.reshape((2,) * k + value.shape[1:])
    parts = np.empty((*value.shape[1:], k))
    for predictor in range(k):
        without, within = np.moveaxis(by_predictor, k - 1 - predictor, 0)
        gain = (within - without).reshape(-1, *value.shape[1:])
        parts[..., predictor] = np.tensordot(weights, gain, axes=1)
    return parts


def _johnson(products: Floats, outcomes: int) -> Floats:
    """Parts of R² (replicates x outcomes x k) from cross-products of k predictors and the outcomes behind them."""
    correlations = _correlations(products)
    k = products.shape[-1] - outcomes
    values, vectors = np.linalg.eigh(correlations[:, :k, :k])
    root = np.sqrt(np.where(values > NOTHING, values, 0))
    inverse = np.divide(1, root, out=np.zeros_like(root), where=root > 0)
    across = np.swapaxes(vectors, -1, -2)
    loading = (vectors * root[:, None, :]) @ across
    weight = (vectors * inverse[:, None, :]) @ (across @ correlations[:, :k, k:])
    return np.swapaxes(loading**2 @ weight**2, -1, -2)


def _correlations(products: Floats) -> Floats:
    """Correlations from cross-products; 0 with what does not vary."""
    spread = np.sqrt(products.diagonal(axis1=-2, axis2=-1))
    scale = np.divide(1, spread, out=np.zeros_like(spread), where=spread > 0)
    correlations: Floats = products * scale[:, :, None] * scale[:, None, :]
    return correlations
