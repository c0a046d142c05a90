"""How well each question measures, and whether weeks and contact methods pull the scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from scoring.engine.battery import METHODS, Battery, Floats, Ints
from scoring.engine.reports import Reports
from scoring.engine.scores import ReportScores
from scoring.statistics.intervals import LEVEL, Interval
from scoring.statistics.worth import worth

# A question nearly everybody gets full points for tells nobody apart.
TOO_EASY = 0.97
# Below .10 a question hardly goes with the rest of the contact (Ebel & Frisbie 1991 call .20 poor).
LEAST_DISCRIMINATION = 0.10
# A question out of place for nearly every third contact measures a part of the market.
MOST_NOT_APPLICABLE = 0.30
# With fewer answers nothing is said against a question.
LEAST_ANSWERS = 30
EASY, WEAK, NOT_APPLICABLE = "too_easy", "weak", "often_not_applicable"


@dataclass(frozen=True)
class ItemFigures:
    """One question over answered contacts; None where there is nothing to say it from.

    ``n`` answers gave points; ``difficulty`` is the mean share of the possible points (0-1, 1 the easiest) and
    ``spread`` its standard deviation; ``discrimination`` the correlation with the score of the rest of the contact,
    ``discrimination_within`` the same inside participants; ``not_applicable`` the share of answers that took the
    question out. Of ``flags`` there are "too_easy", "weak" and "often_not_applicable".
    """

    code: str
    n: int
    difficulty: float | None
    spread: float | None
    discrimination: float | None
    discrimination_within: float | None
    not_applicable: float | None
    flags: tuple[str, ...]


@dataclass(frozen=True)
class WeekDrift:
    """A week (ISO year x 100 + week): how many points its contacts lie above what was to be expected of them.

    ``flagged`` where that is more than chance makes in any week of the season (5 % for all weeks together).
    """

    week: int
    n: int
    mean: float
    interval: Interval | None
    flagged: bool


@dataclass(frozen=True)
class MethodEffect:
    """A contact method: its points above the mean of the methods, for the same participants."""

    method: str
    n: int
    effect: float
    interval: Interval | None


@dataclass(frozen=True)
class Reread:
    """A question at second reading: of n reports sent in again, the share (0-1) with the answer unchanged."""

    code: str
    n: int
    agreement: float


def item_figures(battery: Battery, reports: Reports, scores: ReportScores) -> tuple[ItemFigures, ...]:
    """Difficulty, discrimination and use of every question that has points, in the order of the questionnaire.

    ``scores`` are those of the same reports. Discrimination is the corrected item-rest correlation: the rest is the
    contact's score without the question; for an unscored question that is the whole score.
    """
    questions = battery.measured
    rows = np.flatnonzero(reports.answered)
    answered = reports.take(rows)
    own = worth(battery, answered, questions)
    counts = battery.counted[questions]
    possible = scores.possible[rows, None] - own.possible * counts
    points = scores.points[rows, None] - own.points * counts
    known = own.known & (possible > 0)
    rest = np.divide(points, possible, out=np.zeros_like(own.points), where=known)
    share = np.where(own.known, own.share, 0.0)
    pairs = share * known, rest
    participant = np.unique(answered.enrolment, return_inverse=True)[1]
    columns = {
        "n": own.known.sum(axis=0),
        "difficulty": _mean(share, own.known),
        "spread": _spread(share, own.known),
        "discrimination": _correlation(*pairs, known, np.zeros_like(participant)),
        "discrimination_within": _correlation(*pairs, known, participant),
        "not_applicable": _not_applicable(battery, answered, questions),
    }
    found = zip(*(_plain(column) for column in columns.values()), strict=True)
    named = [dict(zip(columns, figures, strict=True)) for figures in found]
    codes = [battery.questions[question] for question in questions.tolist()]
    return tuple(ItemFigures(code, **each, flags=_flags(**each)) for code, each in zip(codes, named, strict=True))


def week_drift(residuals: Floats, week: Ints | NDArray[np.int32], *, fitted: int = 0) -> tuple[WeekDrift, ...]:
    """The mean of N contacts' residuals in each week, in the order of the weeks, with a 95 % interval.

    Residuals are points that remain of the scores after participants and observers; ``fitted`` is how many such
    effects were taken from them. All weeks share one variance, so that a week of few contacts has an honest
    interval: mean ± t·s·sqrt(1/n_week - 1/N), N - fitted - weeks degrees of freedom. Flags keep Šidák's level
    1 - .95^(1/weeks).
    """
    weeks, place, counts = np.unique(week, return_inverse=True, return_counts=True)
    means = np.bincount(place, residuals) / counts
    df = len(residuals) - fitted - len(weeks)
    if len(weeks) < 2 or df < 1:  # noqa: PLR2004 -- one week differs from no other
        intervals: list[Interval | None] = [None] * len(weeks)
        flagged = np.zeros(len(weeks), np.bool_)
    else:
        variance = float(((residuals - means[place]) ** 2).sum()) / df
        error = np.sqrt(variance * (1 / counts - 1 / len(residuals)))
        half = float(stdtrit(df, (1 + LEVEL) / 2)) * error
        intervals = [Interval(*bounds) for bounds in zip((means - half).tolist(), (means + half).tolist(), strict=True)]
        chance = 2 * stdtr(df, -np.divide(np.abs(means), error, out=np.zeros_like(means), where=error > 0))
        flagged = chance < 1 - LEVEL ** (1 / len(weeks))
    columns = zip(weeks.tolist(), counts.tolist(), means.tolist(), intervals, flagged.tolist(), strict=True)
    return tuple(WeekDrift(*row) for row in columns)


def method_effects(participant: Ints, method: NDArray[np.int8], score: Floats) -> tuple[MethodEffect, ...]:
    """How far each used method lies from the mean of the methods, participants being equal.

    Least squares of N scores (0-100) on participant and method. The error is that of sums by participant
    (cluster-robust), since a centre may be good at one method: t with participants - 1 degrees of freedom. Nothing
    where methods are used by different participants only, for then they cannot be told apart from them.
    """
    used, column, counts = np.unique(method, return_inverse=True, return_counts=True)
    place = np.unique(participant, return_inverse=True)[1]
    size = place.max(initial=-1) + 1
    by_cell = np.zeros((size, len(used)))
    np.add.at(by_cell, (place, column), 1)
    contacts = by_cell.sum(axis=1)
    # Participants swept out: what is left are the methods' normal equations.
    sums = np.bincount(place, score, size)
    normal = np.diag(by_cell.sum(axis=0)) - by_cell.T @ (by_cell / contacts[:, None])
    right = np.bincount(column, score, len(used)) - by_cell.T @ (sums / contacts)
    if len(used) < 2 or np.linalg.matrix_rank(normal) < len(used) - 1:  # noqa: PLR2004 -- nothing to compare
        return ()
    inverse = np.linalg.pinv(normal)
    effects = inverse @ right
    intervals = _method_intervals(by_cell, inverse, effects, (place, column, score))
    names = [METHODS[number] for number in used.tolist()]
    return tuple(map(MethodEffect, names, counts.tolist(), effects.tolist(), intervals))


def agreement(questions: Sequence[str], first: NDArray[np.int16], last: NDArray[np.int16]) -> tuple[Reread, ...]:
    """How often each question kept its answer between the first and the last version of a report.

    ``first`` and ``last`` are N x questions, the number of the chosen option or -1 for none. A question counts in a
    report where either version answered it; questions that never did are left out.
    """
    there = (first >= 0) | (last >= 0)
    n, same = there.sum(axis=0), (there & (first == last)).sum(axis=0)
    found = zip(questions, n.tolist(), same.tolist(), strict=True)
    return tuple(Reread(code, count, kept / count) for code, count, kept in found if count)


def _plain(column: NDArray[np.generic]) -> list[float | int | None]:
    return [None if value != value else value for value in column.tolist()]  # noqa: PLR0124 -- NaN is unlike itself


def _flags(
    *, n: int, difficulty: float | None, discrimination: float | None, not_applicable: float | None, **_: float | None
) -> tuple[str, ...]:
    flags = {
        EASY: n >= LEAST_ANSWERS and (difficulty or 0) > TOO_EASY,
        # What everybody gets has nothing to go with: that it is easy says it all.
        WEAK: n >= LEAST_ANSWERS and discrimination is not None and discrimination < LEAST_DISCRIMINATION,
        NOT_APPLICABLE: (not_applicable or 0) > MOST_NOT_APPLICABLE,
    }
    return tuple(compress(flags, flags.values()))


def _mean(values: Floats, known: NDArray[np.bool_]) -> Floats:
    return _ratio(values.sum(axis=0), known.sum(axis=0))


def _spread(values: Floats, known: NDArray[np.bool_]) -> Floats:
    n = known.sum(axis=0)
    squares = (((values - np.nan_to_num(_mean(values, known))) * known) ** 2).sum(axis=0)
    return np.sqrt(_ratio(squares, np.maximum(n - 1, 0)))


def _not_applicable(battery: Battery, reports: Reports, questions: Ints) -> Floats:
    """The share of answers to each question that are "not applicable"; NaN for a question without answers."""
    shares = np.full(len(questions), np.nan)
    for place, question in enumerate(questions.tolist()):
        options = battery.options(question)
        asked = battery.asked[reports.method, question]
        chosen = reports.answers[asked, question]
        counts = np.bincount(chosen + 1, minlength=1 + options.stop - options.start)[1:]
        if counts.any():
            shares[place] = counts[battery.not_applicable[options]].sum() / counts.sum()
    return shares


def _correlation(values: Floats, others: Floats, known: NDArray[np.bool_], group: Ints) -> Floats:
    """The correlation of each column with the same one of the others inside groups; NaN where one does not vary."""
    first, second = _within(values, known, group), _within(others * known, known, group)
    spread = np.sqrt((first**2).sum(axis=0) * (second**2).sum(axis=0))
    return np.clip(_ratio((first * second).sum(axis=0), spread), -1, 1)


def _within(values: Floats, known: NDArray[np.bool_], group: Ints) -> Floats:
    """Deviations from the mean of the known ones in the group; 0 for the rest, and for nothing but rounding."""
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    sums = np.add.reduceat(values[order], starts, axis=0)
    counts = np.add.reduceat(known[order].astype(np.int64), starts, axis=0)
    means = sums / np.maximum(counts, 1)
    deviations = (values - means[np.unique(group, return_inverse=True)[1]]) * known
    deviations[np.abs(deviations) < np.finfo(np.float32).eps] = 0
    return deviations


def _method_intervals(
    by_cell: Floats, inverse: Floats, effects: Floats, contacts: tuple[Ints, Ints, Floats]
) -> list[Interval | None]:
    place, column, score = contacts
    participants = len(by_cell)
    if participants < 2:  # noqa: PLR2004 -- a spread needs two
        return [None] * len(effects)
    residuals = score - effects[column]
    size = by_cell.sum(axis=1)
    residuals -= (np.bincount(place, residuals, participants) / size)[place]
    # The participant's own mean is out of the residuals, so the sums by method need no centring.
    sums = np.zeros_like(by_cell)
    np.add.at(sums, (place, column), residuals)
    parts = sums @ inverse
    error = np.sqrt((parts**2).sum(axis=0) * participants / (participants - 1))
    half = float(stdtrit(participants - 1, (1 + LEVEL) / 2)) * error
    bounds = zip((effects - half).tolist(), (effects + half).tolist(), strict=True)
    return [Interval(*both) for both in bounds]


def _ratio(part: Floats | Ints, whole: Floats | Ints) -> Floats:
    ratio = np.full(np.shape(part), np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio
