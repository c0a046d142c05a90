"""Whether a running number has shifted: each day against what its own mix of contacts was to give.

A contact is expected to be as its class, its participant, its method and its observer have been on the days before,
each drawn towards the mean as far as few contacts ask. What a day deviates is a normal score; a day far out is a signal
at once (Shewhart 1931), a small shift adds up in an exponentially weighted mean (Roberts 1959; both together: Lucas &
Saccucci 1990, *Technometrics* 32(1)). After a signal the mean begins anew, so that one shift is told once.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import binom, norm

from scoring.engine.battery import Floats, Ints

LAMBDA: Final = 0.2
# How many contacts it takes until a method, a class, a participant or an observer is believed as much as the mean is.
WEIGHTS: Final = (10.0, 10.0, 7.0, 12.0)
# Before there are contacts: so many unanswered, as if so many had told.
USUAL_SHARE, USUAL_WEIGHT, OWN_WEIGHT = 0.05, 40.0, 15.0
# What contacts give is fitted again after a week of days, and sooner while they are few; so many times over.
DAYS_PER_FIT, GROWTH_PER_FIT, SWEEPS = 5, 1.25, 4
LEAST_VARIANCE: Final = 1.0
# The first contacts only teach; a day that has none says nothing.
LEARNT_FROM: Final = 60
# Days differ by more than chance; how much, is taken from the middle half of so many days.
STEADY_AFTER: Final = 12
MIDDLE_HALF: Final = 1.349
FARTHEST: Final = 12.0


@dataclass(frozen=True, eq=False)
class Contacts:
    """Contacts in any order: the day each was made, its value, and to whom, how and by whom (numbered from 0)."""

    day: Ints
    value: Floats
    award_class: Ints
    participant: Ints
    method: Ints
    observer: Ints

    def __len__(self) -> int:
        return len(self.day)


@dataclass(frozen=True, eq=False)
class Expected:
    """What every contact was to give, and how uncertain one is; ``is_judged`` where enough came before it."""

    value: Floats
    variance: Floats
    is_judged: Ints


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond how many standard deviations a day, or the weighted mean of days, is a signal."""

    day: float
    running: float


# Set so that a quiet season has far less than one signal in all: some numbers of the season, many of its parts.
SEASON_LIMITS: Final = Limits(day=3.3, running=3.2)
GROUP_LIMITS: Final = Limits(day=4.5, running=4.2)


@dataclass(frozen=True, eq=False)
class Chart:
    """One number by day: contacts, their mean, what was expected, how far from it a day may lie, and the signals.

    ``running`` is the weighted mean of the days' normal scores, in its own standard deviations.
    """

    day: Ints
    count: Ints
    mean: Floats
    expected: Floats
    reach: Floats
    score: Floats
    running: Floats
    is_signal: Ints


def expected_scores(contacts: Contacts) -> Expected:
    """Return what each contact's number was to be by the days before it, whatever the mix of its own day."""
    value, variance = np.full(len(contacts), np.nan), np.full(len(contacts), np.nan)
    judged = np.zeros(len(contacts), np.int64)
    means = _Means(contacts)
    for rows in _by_day(contacts.day):
        if means.is_known:
            value[rows], variance[rows] = means.expected(rows), means.variance
            judged[rows] = 1
        means.learn(rows)
    return Expected(value, variance, judged)


def expected_shares(contacts: Contacts) -> Expected:
    """Return how likely each contact's value was to be 1, not 0, by the days before it."""
    value = np.full(len(contacts), np.nan)
    judged = np.zeros(len(contacts), np.int64)
    by_method, by_class, own = (_Tally(part) for part in (contacts.method, contacts.award_class, contacts.participant))
    ones, count = USUAL_SHARE * USUAL_WEIGHT, USUAL_WEIGHT
    for rows in _by_day(contacts.day):
        if count - USUAL_WEIGHT >= LEARNT_FROM:
            level = by_method.drawn_towards(ones / count, rows, weight=USUAL_WEIGHT)
            level = by_class.drawn_towards(level, rows, weight=USUAL_WEIGHT)
            value[rows] = own.drawn_towards(level, rows, weight=OWN_WEIGHT)
            judged[rows] = 1
        for tally in (by_method, by_class, own):
            tally.add(rows, contacts.value[rows])
        ones, count = ones + contacts.value[rows].sum(), count + len(rows)
    return Expected(value, value * (1 - value), judged)


def score_chart(contacts: Contacts, expected: Expected, limits: Limits) -> Chart:
    """Return the chart of numbers, whose daily mean is about normal."""
    days, place, keep = _judged_days(contacts, expected)
    count = np.bincount(place)
    mean, level = _means(contacts.value[keep], place), _means(expected.value[keep], place)
    spread = np.sqrt(_means(expected.variance[keep], place) / count)
    return _chart(days, count, (mean, level, spread), (mean - level) / spread, limits)


def share_chart(contacts: Contacts, expected: Expected, limits: Limits) -> Chart:
    """Return the chart of shares: a day's normal score is that of its place among all that could have come."""
    days, place, keep = _judged_days(contacts, expected)
    count = np.bincount(place)
    mean, level = _means(contacts.value[keep], place), _means(expected.value[keep], place)
    spread = np.sqrt(_means(expected.variance[keep], place) / count)
    ones = np.rint(mean * count)
    # Half of the chance of just so many: few contacts can only say little.
    above = binom.sf(ones, count, level) + binom.pmf(ones, count, level) / 2
    score = np.clip(norm.isf(np.clip(above, 1e-300, 1.0)), -FARTHEST, FARTHEST)
    return _chart(days, count, (mean, level, spread), score, limits)


def _judged_days(contacts: Contacts, expected: Expected) -> tuple[Ints, Ints, Ints]:
    """Return the days that can be judged, and of each contact on them its day's place and its row."""
    keep = np.flatnonzero(expected.is_judged)
    days, place = np.unique(contacts.day[keep], return_inverse=True)
    return days, place, keep


def _chart(days: Ints, count: Ints, figures: tuple[Floats, Floats, Floats], score: Floats, limits: Limits) -> Chart:
    mean, level, spread = figures
    unsteady = _unsteadiness(score)
    running, is_signal = _running(score / unsteady, limits)
    return Chart(days, count, mean, level, limits.day * spread * unsteady, score / unsteady, running, is_signal)


def _unsteadiness(score: Floats) -> Floats:
    """Return how much more than chance the days so far differed, not told by the few that stood out."""
    found = np.ones(len(score))
    ordered: list[float] = []
    for place, one in enumerate(score.tolist()):
        if place >= STEADY_AFTER:
            middle_half = ordered[3 * place // 4] - ordered[place // 4]
            found[place] = max(1.0, middle_half / MIDDLE_HALF)
        insort(ordered, one)
    return found


def _running(score: Floats, limits: Limits) -> tuple[Floats, Ints]:
    running, is_signal = np.zeros(len(score)), np.zeros(len(score), np.int64)
    mean, variance = 0.0, 0.0
    for place, one in enumerate(score.tolist()):
        mean = (1 - LAMBDA) * mean + LAMBDA * one
        variance = (1 - LAMBDA) ** 2 * variance + LAMBDA**2
        running[place] = mean / np.sqrt(variance)
        if abs(one) > limits.day or abs(running[place]) > limits.running:
            is_signal[place], mean, variance = 1, 0.0, 0.0
    return running, is_signal


def _by_day(day: Ints) -> list[Ints]:
    """Return the rows of each day, the first day first."""
    order = np.argsort(day, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(day[order])) + 1) if len(order) else []


def _means(values: Floats, place: Ints) -> Floats:
    means: Floats = np.bincount(place, values) / np.bincount(place)
    return means


class _Tally:
    """Sums by group, of what has been seen."""

    def __init__(self, group: Ints) -> None:
        self.group = group
        size = int(group.max(initial=-1)) + 1
        self.total, self.count = np.zeros(size), np.zeros(size)

    def add(self, rows: Ints, values: Floats) -> None:
        np.add.at(self.total, self.group[rows], values)
        np.add.at(self.count, self.group[rows], 1.0)

    def drawn_towards(self, level: Floats | float, rows: Ints, *, weight: float) -> Floats:
        """Return each group's mean, as if ``weight`` contacts more had been at the level."""
        own = self.group[rows]
        drawn: Floats = (self.total[own] + weight * level) / (self.count[own] + weight)
        return drawn


class _Means:
    """What a contact gives by its method, class, participant and observer.

    All are fitted together, so that a mix that changes as the season goes on changes nothing.
    """

    def __init__(self, contacts: Contacts) -> None:
        self.value = contacts.value
        groups = (contacts.method, contacts.award_class, contacts.participant, contacts.observer)
        effects = [np.zeros(int(group.max(initial=-1)) + 1) for group in groups]
        self.parts = tuple(zip(groups, WEIGHTS, effects, strict=True))
        self.level, self.seen = 0.0, np.zeros(0, np.int64)
        self.days, self.fitted_at = 0, 0
        self.squares, self.freedom = 0.0, 0

    @property
    def is_known(self) -> bool:
        return self.freedom >= LEARNT_FROM

    @property
    def variance(self) -> float:
        return max(self.squares / self.freedom, LEAST_VARIANCE)

    def expected(self, rows: Ints) -> Floats:
        found = np.full(len(rows), self.level)
        for group, _weight, effects in self.parts:
            found += effects[group[rows]]
        return found

    def learn(self, rows: Ints) -> None:
        """Take up a day; how uncertain one contact is follows from how far its contacts lay from what was known."""
        if self.fitted_at:
            deviation = self.value[rows] - self.expected(rows)
            self.squares += ((deviation - deviation.mean()) ** 2).sum()
            self.freedom += len(rows) - 1
        self.seen = np.concatenate([self.seen, rows])
        self.days += 1
        if self.days >= DAYS_PER_FIT or len(self.seen) > GROWTH_PER_FIT * self.fitted_at:
            self._fit()

    def _fit(self) -> None:
        self.days, self.fitted_at = 0, len(self.seen)
        value = self.value[self.seen]
        for _sweep in range(SWEEPS):
            rest = value - self.expected(self.seen)
            self.level += rest.mean()
            rest -= rest.mean()
            for group, weight, effects in self.parts:
                own = group[self.seen]
                step = np.bincount(own, rest + effects[own], minlength=len(effects))
                fresh = step / (np.bincount(own, minlength=len(effects)) + weight)
                rest -= (fresh - effects)[own]
                effects[:] = fresh
