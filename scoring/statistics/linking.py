"""What changed between two seasons: in the performances that are the same, and by the questionnaire itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import stdtrit

from scoring.engine.battery import Battery, Floats, Ints
from scoring.engine.reports import Reports
from scoring.engine.rules import Mean
from scoring.statistics.intervals import LEVEL, TOP, Contrast, squeeze, unseen
from scoring.statistics.worth import Worth, counted_questions, worth

# A common question whose change lies further from the others' than this is not the same performance any more.
FAR = 3.0
# The standard deviation of a normal distribution in terms of its median absolute deviation.
MAD = 1.4826
# With fewer common questions there is no telling which one stands out.
LEAST_SCREENED = 8
NOBODY = -1

Of = Literal["linked", "total", "battery"]


@dataclass(frozen=True, eq=False)
class Season:
    """N reports of a season with its questionnaire.

    ``participant`` says which participant of both seasons each is of (0..P-1; -1 for those in one season only),
    ``observer`` who made it: the same number is the same person in both seasons.
    """

    battery: Battery
    reports: Reports
    participant: Ints
    observer: Ints


@dataclass(frozen=True, eq=False)
class Contacts:
    """One season's contacts of the participants of both, with their scores (0-100; NaN for nothing possible)."""

    participant: Ints
    observer: Ints
    linked: Floats
    total: Floats


@dataclass(frozen=True)
class Drift:
    """A common question that was left out: its change in points (-100 to 100), and how far out it lies (robust z)."""

    code: str
    change: float
    z: float | None


@dataclass(frozen=True, eq=False)
class Linked:
    """Two seasons on the questions of ``kept``; ``left_out`` are common ones that moved unlike the rest."""

    participants: int
    kept: tuple[str, ...]
    left_out: tuple[Drift, ...]
    old: Contacts
    new: Contacts


@dataclass(frozen=True)
class LinkedChange:
    """New season less old, in points, each with its 95 % interval; total = comparable + battery.

    ``comparable`` is over the performances that are the same, ``battery`` what the other questions make.
    """

    comparable: Contrast
    total: Contrast
    battery: Contrast


def link(old: Season, new: Season, common: Sequence[str], *, participants: int, mean: Mean = "contacts") -> Linked:
    """Both seasons' contacts scored on their common questions (by code), with their possible points of the new one.

    Common-item linking with a fixed basket (Kolen & Brennan, Test Equating, Scaling, and Linking): every question
    that is kept weighs the same in both seasons. ``mean`` is the rule for totals, that of the new season for both.
    """
    before, after = (_places(season.battery, common) for season in (old, new))
    possible = new.battery.possible[after]
    left_out = _drifting(common, _matched(old, before), _matched(new, after))
    gone = {drift.code for drift in left_out}
    kept = np.array([code not in gone for code in common], np.bool_)
    return Linked(
        participants=participants,
        kept=tuple(code for code in common if code not in gone),
        left_out=left_out,
        old=_contacts(old, before[kept], possible[kept], mean),
        new=_contacts(new, after[kept], possible[kept], mean),
    )


def linked_scores(
    battery: Battery, reports: Reports, questions: Ints, *, possible: Ints | None = None, mean: Mean = "contacts"
) -> Floats:
    """Each contact's score (0-100) on these questions alone (places in the battery); an unanswered contact has 0.

    ``possible`` are points that the questions weigh instead of their own. NaN where none of them counted. With the
    mean "pooled" a contact's score is such that the participant's mean is all points over all possible points.
    """
    own = worth(battery, reports, questions)
    weights = battery.possible[questions] if possible is None else possible
    points: Floats = np.where(own.known, own.share, 0.0) @ weights
    met: Floats = own.known.astype(np.float64) @ weights
    missed = battery.asked[:, questions].astype(np.float64) @ weights
    out_of = np.where(reports.answered, met, missed[reports.method])
    if mean == "pooled":
        return _pooled(points, out_of, reports.enrolment)
    return _ratio(TOP * points, out_of)


def participant_changes(linked: Linked) -> list[LinkedChange | None]:
    """Each participant's change, in order; None for one without contacts in both seasons.

    Welch's t on the contacts' scores, with variances that borrow from all participants (``squeeze``). The difference
    of two means of 25 is all but symmetric, so the points themselves are the scale: no logit.
    """
    found = (_participants(linked, of) for of in ("linked", "total", "battery"))
    return [_change(*parts) for parts in zip(*found, strict=True)]


def mean_change(linked: Linked, members: Ints) -> LinkedChange | None:
    """The mean change of these participants (each weighing the same), say a class or all; None if none has any.

    The participants are given, the observers are a sample: the error is that of sums by observer over both seasons
    (cluster-robust), so a strict observer who meets many participants counts once, and one who takes part in both
    seasons cancels out.
    """
    return _change(*(_mean(linked, members, of) for of in ("linked", "total", "battery")))


class _Known(NamedTuple):
    """The contacts of one season that have this score."""

    participant: Ints
    observer: Ints
    score: Floats

    @classmethod
    def of(cls, contacts: Contacts, of: Of) -> _Known:
        score = contacts.total - contacts.linked if of == "battery" else getattr(contacts, of)
        rows = np.flatnonzero(~np.isnan(score))
        return cls(contacts.participant[rows], contacts.observer[rows], score[rows])

    def means(self, participants: int) -> tuple[Floats, Floats]:
        """Contacts and mean of each participant."""
        counts = np.bincount(self.participant, minlength=participants).astype(np.float64)
        return counts, np.bincount(self.participant, self.score, participants) / np.maximum(counts, 1)


class _Side(NamedTuple):
    """One season's participants: contacts, mean, moderated variance of one contact, its degrees of freedom."""

    counts: Floats
    means: Floats
    variance: Floats
    df: Floats

    @classmethod
    def of(cls, known: _Known, participants: int) -> _Side:
        counts, means = known.means(participants)
        squares = np.bincount(known.participant, (known.score - means[known.participant]) ** 2, participants)
        own = np.maximum(counts - 1, 0)
        squeezed = squeeze(squares / np.maximum(own, 1), own)
        # Nobody's variance is known better than those of all together.
        return cls(counts, means, squeezed.posterior, np.minimum(own + squeezed.df0, own.sum()))

    def error(self) -> Floats:
        """The squared standard error of each mean."""
        return self.variance / np.maximum(self.counts, 1)


def _participants(linked: Linked, of: Of) -> list[Contrast | None]:
    old, new = (_Side.of(_Known.of(contacts, of), linked.participants) for contacts in (linked.old, linked.new))
    value = new.means - old.means
    error = old.error() + new.error()
    spread = sum(side.error() ** 2 / np.maximum(side.df, 1) for side in (old, new))
    df = np.divide(error**2, spread, out=np.ones_like(error), where=error > 0)
    half = stdtrit(df, (1 + LEVEL) / 2) * np.sqrt(error)
    low, high = value - half, value + half
    if of != "battery":
        low, high = _widened(low, high, old, new)
    # A variance that nothing is known of may be any.
    blind = (old.df < 1) | (new.df < 1)
    low, high = np.where(blind, -TOP, np.maximum(low, -TOP)), np.where(blind, TOP, np.minimum(high, TOP))
    there = (old.counts > 0) & (new.counts > 0)
    columns = zip(there.tolist(), value.tolist(), low.tolist(), high.tolist(), strict=True)
    return [Contrast(*contrast) if met else None for met, *contrast in columns]


def _widened(low: Floats, high: Floats, old: _Side, new: _Side) -> tuple[Floats, Floats]:
    """The bounds, and where no contact differs from any other in either season, those of what was not met."""
    equal = (old.variance <= 0) & (new.variance <= 0)
    before, after = (unseen(side.means, np.maximum(side.counts, 1)) for side in (old, new))
    return np.where(equal, after.low - before.high, low), np.where(equal, after.high - before.low, high)


def _mean(linked: Linked, members: Ints, of: Of) -> Contrast | None:
    sides = [_Known.of(contacts, of) for contacts in (linked.old, linked.new)]
    (old_counts, old_means), (new_counts, new_means) = (side.means(linked.participants) for side in sides)
    there = members[(old_counts[members] > 0) & (new_counts[members] > 0)]
    if not len(there):
        return None
    value = float((new_means - old_means)[there].mean())
    member = np.zeros(linked.participants)
    member[there] = 1 / len(there)
    parts = [_deviations(side, member) for side in sides]
    observer, place = np.unique(np.concatenate([known.observer for known, _ in parts]), return_inverse=True)
    (_, old), (_, new) = parts
    sums = np.bincount(place, np.concatenate([-old, new]))
    df = len(observer) - 1
    if df < 1 or max(old_counts[there].max(), new_counts[there].max()) < 2:  # noqa: PLR2004 -- a spread needs two
        return Contrast(value, -TOP, TOP)
    half = float(stdtrit(df, (1 + LEVEL) / 2) * np.sqrt((sums**2).sum()))
    return Contrast(value, max(-TOP, value - half), min(TOP, value + half))


def _deviations(known: _Known, member: Floats) -> tuple[_Known, Floats]:
    """The members' contacts, and what each adds to the error of the mean over members."""
    counts, means = known.means(len(member))
    rows = np.flatnonzero(member[known.participant])
    own = _Known(known.participant[rows], known.observer[rows], known.score[rows])
    # The participant's mean is taken from the same contacts: n/(n - 1) makes good for it.
    scale = member / np.sqrt(np.maximum(counts * (counts - 1), 1))
    return own, (own.score - means[own.participant]) * scale[own.participant]


def _change(comparable: Contrast | None, total: Contrast | None, battery: Contrast | None) -> LinkedChange | None:
    if comparable is None or total is None or battery is None:
        return None
    # A contact may have a total and no common question, so the parts need not add up by themselves.
    value = total.value - comparable.value
    moved = value - battery.value
    return LinkedChange(comparable, total, Contrast(value, battery.low + moved, battery.high + moved))


def _places(battery: Battery, codes: Sequence[str]) -> Ints:
    places = {code: place for place, code in enumerate(battery.questions)}
    return np.array([places[code] for code in codes], np.int64)


def _contacts(season: Season, questions: Ints, possible: Ints, mean: Mean) -> Contacts:
    rows = np.flatnonzero(season.participant > NOBODY)
    reports, counted = season.reports.take(rows), counted_questions(season.battery)
    return Contacts(
        participant=season.participant[rows],
        observer=season.observer[rows],
        linked=linked_scores(season.battery, reports, questions, possible=possible, mean=mean),
        total=linked_scores(season.battery, reports, counted, mean=mean),
    )


def _matched(season: Season, questions: Ints) -> Worth:
    rows = np.flatnonzero(season.participant > NOBODY)
    return worth(season.battery, season.reports.take(rows), questions)


def _drifting(codes: Sequence[str], old: Worth, new: Worth) -> tuple[Drift, ...]:
    """Robust z of each question's change in difficulty on the logit scale, where a change of level moves all alike.

    Huynh & Meyer (2010), PARE 15(2). A question is left out if it also moved further than three of its own
    standard errors, for where the rest moved as one, a little is far.
    """
    if len(codes) < LEAST_SCREENED:
        return ()
    (first, first_error), (last, last_error) = _difficulty(old), _difficulty(new)
    away = (last - first) - np.median(last - first)
    scale = MAD * float(np.median(np.abs(away)))
    far = (np.abs(away) > FAR * scale) & (np.abs(away) > FAR * np.sqrt(first_error + last_error))
    change = TOP * (np.nanmean(new.share[:, far], axis=0) - np.nanmean(old.share[:, far], axis=0))
    found = zip(np.flatnonzero(far).tolist(), change.tolist(), away[far].tolist(), strict=True)
    return tuple(Drift(codes[place], points, z / scale if scale else None) for place, points, z in found)


def _difficulty(answers: Worth) -> tuple[Floats, Floats]:
    """The logit of each question's share of points, finite at both ends, and its squared standard error."""
    share = np.where(answers.known, answers.share, 0.0)
    n = answers.known.sum(axis=0)
    mean = (share.sum(axis=0) + 0.5) / (n + 1)
    squares = (share**2).sum(axis=0) / np.maximum(n, 1) - (share.sum(axis=0) / np.maximum(n, 1)) ** 2
    # One answer otherwise than it was is always thinkable.
    variance = np.maximum(squares, mean * (1 - mean) / (n + 1))
    error = variance / (n + 1) / (mean * (1 - mean)) ** 2
    return np.log(mean / (1 - mean)), np.where(n > 0, error, np.inf)


def _pooled(points: Floats, possible: Floats, enrolment: Ints) -> Floats:
    """Scores whose mean over a participant's contacts is the pooled ratio: its linearisation around that mean."""
    _, place = np.unique(enrolment, return_inverse=True)
    columns = (possible > 0).astype(np.float64), points, possible
    contacts, won, at_stake = (np.bincount(place, column).astype(np.float64) for column in columns)
    ratio, size = _ratio(won, at_stake), _ratio(at_stake, contacts)
    return np.where(possible > 0, TOP * (ratio[place] + (points - ratio[place] * possible) / size[place]), np.nan)


def _ratio(part: Floats, whole: Floats) -> Floats:
    ratio = np.full(np.shape(part), np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio
