"""How far a result may lie from the truth: moderated variances, and 95 % intervals on the scale of 0–100."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, expit, logit, polygamma, stdtrit

from scoring.engine.battery import Floats, Ints
from scoring.statistics.crossed import CrossedFit

TOP = 100.0
LEVEL = 0.95
# A variance below this part of the median is counted as if it were that part, as limma does.
LEAST = 1e-5
# Where trigamma is all but 1/x, and all but 1/x², of its argument.
LARGE, SMALL = 1e7, 1e-6
# More steps than Newton's method needs from where it starts.
STEPS = 30
# The fewest contacts that tell of a fourth cumulant.
FOUR = 4


class Interval(NamedTuple):
    """Two bounds that enclose the truth in 95 of 100 cases, in the units of what they are about."""

    low: float
    high: float


class Contrast(NamedTuple):
    """A difference with its 95 % interval, in points (-100 to 100)."""

    value: float
    low: float
    high: float


class Spread(NamedTuple):
    """The bounds of many at once, each an array."""

    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Squeezed:
    """Variances drawn towards the one they share; ``df0`` (may be infinite) tells how strongly."""

    df0: float
    variance0: float
    posterior: Floats


@dataclass(frozen=True, eq=False)
class Intervals:
    """Every participant's severity-adjusted mean with its 95 % interval, each in percent (0–100).

    ``variance`` is the moderated variance of one contact and ``df`` the degrees of freedom of ``standard_error``;
    all are finite, whatever the contacts were.
    """

    mean: Floats
    low: Floats
    high: Floats
    standard_error: Floats
    df: Floats
    variance: Floats


def squeeze(variances: Floats, df: Floats) -> Squeezed:
    """The variances (any units, each with its degrees of freedom) moderated by the distribution of all of them.

    Posterior = (d₀s₀² + d s²)/(d₀ + d), d₀ and s₀² from the moments of log s² (Smyth 2004, SAGMB 3(1):3, section
    6.2; the same numbers as limma's squeezeVar). Variances without degrees of freedom become s₀². With fewer than
    two usable variances nothing is borrowed: d₀ = 0, and what has no degrees of freedom gets the one variance.
    """
    variances, df = np.where(df > 0, variances, 0.0), np.asarray(df, np.float64)
    usable = df > 0
    if np.count_nonzero(usable) < 2:  # noqa: PLR2004 -- a spread needs two
        variance0 = float(variances.sum())
        return Squeezed(0.0, variance0, np.where(usable, variances, variance0))
    df0, variance0 = _prior(variances[usable], df[usable])
    if np.isinf(df0):
        return Squeezed(df0, variance0, np.full(len(df), variance0))
    return Squeezed(df0, variance0, (df0 * variance0 + df * variances) / (df0 + df))


def _prior(variances: Floats, df: Floats) -> tuple[float, float]:
    """d₀ and s₀² of the scaled F distribution that these variances look drawn from."""
    median = float(np.median(variances)) or float(variances.mean())
    if not median:
        return np.inf, 0.0
    logs = np.log(np.maximum(variances, LEAST * median)) - digamma(df / 2) + np.log(df / 2)
    excess = float(logs.var(ddof=1) - polygamma(1, df / 2).mean())
    if excess <= 0:
        return np.inf, float(np.maximum(variances, LEAST * median).mean())
    half = _trigamma_inverse(excess)
    return 2 * half, float(np.exp(logs.mean() + digamma(half) - np.log(half)))


def _trigamma_inverse(value: float) -> float:
    """The x > 0 whose trigamma is the value, by Newton's method on 1/trigamma, which is convex (Smyth 2004)."""
    if value > LARGE:
        return float(value**-0.5)
    if value < SMALL:
        return 1 / value
    x = 0.5 + 1 / value
    for _ in range(STEPS):
        trigamma = float(polygamma(1, x))
        x += trigamma * (1 - trigamma / value) / float(polygamma(2, x))
    return x


def participant_intervals(fit: CrossedFit, participant: Ints, score: Floats) -> Intervals:
    """The 95 % interval of each participant's adjusted mean, from a fit with participants fixed to these contacts.

    A participant's own variance s²ₚ (that of its contacts after the observers' severity is taken off) is drawn
    towards that of all: s̃²ₚ = (d₀s₀² + d s²ₚ)/(d₀ + d) (``_moderated``). In the place of the common variance it gives
    the standard error s, and the interval is t, with n - 1 + d₀ degrees of freedom, on the logit scale:
    logit⁻¹(logit(m) ± t·s/(m(1 - m))), which never leaves 0–100. A mean nearer an end of the scale than its own
    standard error is taken to be that far from it. Where all contacts scored the same, or nothing at all is known of
    their variance, the interval encloses that of ``unseen`` as well, and the other figures follow it.
    """
    counts = np.maximum(fit.counts, 1).astype(np.float64)
    means = np.clip(fit.means, 0.0, TOP)
    squeezed = _moderated(fit, participant)
    shared = np.maximum(fit.standard_errors**2 - fit.residual_variance / counts, 0.0)
    error = np.sqrt(squeezed.posterior / counts + shared)
    # Nobody's variance is known better than those of all together.
    df = np.clip(counts - 1 + squeezed.df0, 1.0, max(1.0, float((counts - 1).sum())))
    quantile = stdtrit(df, (1 + LEVEL) / 2)
    low, high = _logit_t(means / TOP, error / TOP, quantile)
    blind = _all_equal(participant, score, len(counts)) | (squeezed.posterior <= 0)
    least = unseen(means, counts)
    low = np.where(blind, np.minimum(low, least.low), low)
    high = np.where(blind, np.maximum(high, least.high), high)
    error = np.where(blind, np.maximum(error, (high - low) / 2 / quantile), error)
    variance = np.where(blind, (error**2 - shared) * counts, squeezed.posterior)
    return Intervals(mean=means, low=low, high=high, standard_error=error, df=df, variance=variance)


def contrast_interval(fit: CrossedFit, intervals: Intervals, weights: Floats) -> Contrast:
    """The weighted sum of the participants' adjusted means (weights add up to 0: a difference) and its 95 % interval.

    Variance = c'Σc with each participant's own moderated variance in the place of the common one; t with
    Satterthwaite's degrees of freedom, of which what the observers share has as many as there are contacts.
    """
    value = float(weights @ fit.means)
    own = weights**2 * intervals.variance / np.maximum(fit.counts, 1)
    if fit.covariance is None:
        whole = float(weights**2 @ fit.standard_errors**2)
    else:
        whole = float(weights @ fit.covariance @ weights)
    common = float((weights**2 / np.maximum(fit.counts, 1)).sum()) * fit.residual_variance
    shared = float(max(0.0, whole - common))
    variance = float(own.sum()) + shared
    if not variance:
        return Contrast(value, value, value)
    spread = float((own**2 / intervals.df).sum()) + shared**2 / max(1, int(fit.counts.sum()))
    half = float(stdtrit(max(1.0, variance**2 / spread), (1 + LEVEL) / 2)) * variance**0.5
    return Contrast(value, max(-TOP, value - half), min(TOP, value + half))


def moderated_covariance(fit: CrossedFit, intervals: Intervals) -> Floats:
    """The covariance of the adjusted means, each with its own moderated variance; square, in points squared.

    Where the fit is too large to give one, the means count as independent.
    """
    counts = np.maximum(fit.counts, 1)
    if fit.covariance is None:
        return np.diag(intervals.standard_error**2)
    covariance: Floats = fit.covariance + np.diag((intervals.variance - fit.residual_variance) / counts)
    return covariance


def unseen(mean: Floats, counts: Floats) -> Spread:
    """Where means (0–100) of so many equal contacts may truly lie: the rule of three, exactly, for both ends.

    With probability .025 a kind of contact that is this share of all, 1 - .025^(1/n), is not met in n contacts, and
    it may score 0, or 100 (Clopper & Pearson 1934; Hanley & Lippman-Hand 1983).
    """
    met = ((1 - LEVEL) / 2) ** (1 / counts)
    return Spread(mean * met, TOP - (TOP - mean) * met)


def _moderated(fit: CrossedFit, participant: Ints) -> Squeezed:
    """Each participant's variance of one contact, drawn towards the residual variance of all.

    Contacts are far from normal: a rare unanswered one makes the variance of 25 a matter of luck, which the moments
    of log s² take for true differences. So d₀ and d come from moments that no distribution is assumed for. The
    variance of a sample variance is σ⁴(2/(n - 1) + κ/n), so that it is worth d = 2/(2/(n - 1) + κ/n) degrees of
    freedom (O'Neill 2014, The American Statistician 68(4), 282–296); the excess kurtosis κ ≥ 0 is that of all, by
    unbiased k-statistics (Fisher 1930). What the variances differ by beyond that is true, and the best linear
    estimate has d₀ = 2 mean(σ⁴)/var(σ²) (credibility: Bühlmann & Straub 1970). With fewer than two participants of
    four contacts nothing of this can be known, and ``squeeze`` takes the contacts for normal.
    """
    own, counts = _own_variances(fit, participant), fit.counts.astype(np.float64)
    known = counts >= FOUR
    if np.count_nonzero(known) < 2:  # noqa: PLR2004 -- a spread needs two
        return squeeze(own, counts - 1)
    worth = _worth(counts, _kurtosis(fit, participant, known))
    fourth = own[known] ** 2 / (1 + 2 / worth[known])
    spread = float(((own[known] - fit.residual_variance) ** 2).sum()) / (np.count_nonzero(known) - 1)
    spread -= float((fourth * 2 / worth[known]).mean())
    if spread <= 0:
        return Squeezed(np.inf, fit.residual_variance, np.full(len(own), fit.residual_variance))
    df0 = 2 * float(fourth.mean()) / spread
    return Squeezed(df0, fit.residual_variance, (df0 * fit.residual_variance + worth * own) / (df0 + worth))


def _kurtosis(fit: CrossedFit, participant: Ints, known: NDArray[np.bool_]) -> float:
    """The excess kurtosis of contacts around their participant's mean, at least 0: mean κ₄ over mean σ⁴."""
    n = fit.counts[known].astype(np.float64)
    second, fourth = (_moment(fit, participant, power)[known] for power in (2, 4))
    cumulants = n**2 * ((n + 1) * fourth - 3 * (n - 1) * second**2) / ((n - 1) * (n - 2) * (n - 3))
    squares = (n - 1) / (n + 1) * ((second * n / (n - 1)) ** 2 - cumulants / n)
    below = float(squares.sum())
    return max(0.0, float(cumulants.sum()) / below) if below > 0 else 0.0


def _worth(counts: Floats, kurtosis: float) -> Floats:
    """How many degrees of freedom a variance of so many contacts is worth; none if there is but one contact."""
    free = counts - 1
    worth: Floats = 2 * free / (2 + kurtosis * free / np.maximum(counts, 1))
    return worth


def _own_variances(fit: CrossedFit, participant: Ints) -> Floats:
    """Each participant's variance of residuals around their mean, which together make the residual variance."""
    counts = np.maximum(fit.counts, 1)
    squares = counts * _moment(fit, participant, 2)
    total = float(squares.sum())
    if not total:
        return np.zeros(len(counts))
    squares *= fit.residual_variance * float((counts - 1).sum()) / total
    variances: Floats = squares / np.maximum(counts - 1, 1)
    return variances


def _moment(fit: CrossedFit, participant: Ints, power: int) -> Floats:
    """The central moment of each participant's residuals."""
    size, counts = len(fit.counts), np.maximum(fit.counts, 1)
    centre = np.bincount(participant, fit.residuals, size) / counts
    moment: Floats = np.bincount(participant, (fit.residuals - centre[participant]) ** power, size) / counts
    return moment


def _all_equal(participant: Ints, score: Floats, size: int) -> NDArray[np.bool_]:
    lowest, highest = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(lowest, participant, score)
    np.maximum.at(highest, participant, score)
    equal: NDArray[np.bool_] = lowest >= highest
    return equal


def _logit_t(means: Floats, errors: Floats, quantile: Floats) -> Spread:
    """Intervals of shares (0–1) with their standard errors, in percent; each encloses its mean."""
    margin = np.minimum(errors, 0.5)
    inner = np.clip(means, margin, 1 - margin)
    half = quantile * errors / np.maximum(inner * (1 - inner), np.finfo(float).tiny)
    middle = logit(inner)
    low, high = np.minimum(expit(middle - half), means), np.maximum(expit(middle + half), means)
    return Spread(TOP * low, TOP * high)
