"""Every result of a season with its interval, and its distance to the means of class and season with another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.engine.battery import METHODS, WAITING, Battery, Floats, Ints
from scoring.engine.layout import Layout, average
from scoring.engine.measures import GROUPS
from scoring.engine.reports import Reports
from scoring.engine.rules import Rules
from scoring.engine.scores import ReportScores, percentage, score_reports
from scoring.engine.summaries import Summaries, add_up_by, summarise
from scoring.statistics.crossed import CrossedFit, TooFewRatingsError, fit_crossed
from scoring.statistics.figures import (
    ANSWERED_SCORE,
    TOTAL,
    WAITING_ALL,
    Estimate,
    area_figure,
    method_figure,
)
from scoring.statistics.intervals import TOP, Contrast, Interval, Intervals, contrast_interval, participant_intervals


@dataclass(frozen=True, eq=False)
class SeasonContacts:
    """A season's approved reports with who made them, and each enrolment's class; the order of reports is free.

    ``observer`` has a key for each report.
    """

    battery: Battery
    rules: Rules
    reports: Reports
    observer: Ints
    class_of: dict[int, int]

    @cached_property
    def layout(self) -> Layout:
        """Where each number lies in a summary."""
        return Layout.of(self.battery)

    @cached_property
    def scores(self) -> ReportScores:
        """What every report scored."""
        return score_reports(self.battery, self.reports)

    @cached_property
    def summaries(self) -> Summaries:
        """The results of every participant, in rising order of the enrolments."""
        return summarise(self.battery, self.reports, self.scores, self.rules)

    @property
    def participants(self) -> Ints:
        """The enrolments that have an approved report."""
        return self.summaries.enrolments

    @cached_property
    def participant(self) -> Ints:
        """Each report's place among the participants."""
        return np.searchsorted(self.participants, self.reports.enrolment)

    @cached_property
    def classes(self) -> Ints:
        """Each participant's class."""
        return np.array([self.class_of[key] for key in self.participants.tolist()], np.int64)

    @cached_property
    def added(self) -> tuple[Ints, Floats]:
        """The classes that have a participant, and their participants added together."""
        return add_up_by(self.layout, self.summaries.matrix, self.classes)

    @cached_property
    def class_matrix(self) -> Floats:
        """The summaries of the classes, in the order of ``added``."""
        return average(self.layout, self.added[1])

    @cached_property
    def season_matrix(self) -> Floats:
        """The summary of the season, by group."""
        return average(self.layout, np.add.reduce(self.added[1], axis=0))


class Figure(NamedTuple):
    """One result: its name, where it lies in a summary, and the contacts (rows) with their percentages behind it."""

    name: str
    group: int
    column: int
    rows: Ints
    score: Floats


@dataclass(frozen=True, eq=False)
class Fitted:
    """One result of all participants that have it, adjusted for the observers' severity.

    ``participants`` are places among the season's; ``place`` is that of each row among these.
    """

    figure: Figure
    participants: Ints
    place: Ints
    fit: CrossedFit
    intervals: Intervals


class Differences(NamedTuple):
    """One participant's distance to the means of its class and of the season."""

    to_class: Contrast | None
    to_season: Contrast | None


def figures_of(contacts: SeasonContacts) -> Iterator[Figure]:
    """Yield every result that is a mean of contacts' percentages: totals, areas, and the total on each method."""
    layout, reports, scores = contacts.layout, contacts.reports, contacts.scores
    answered = reports.answered
    yield _figure(TOTAL, 0, layout.total, kept=None, score=scores.score)
    yield _figure(ANSWERED_SCORE, 0, layout.answered_score, kept=answered, score=scores.score)
    for place, code in enumerate(layout.areas):
        column, own = layout.area_scores.start + place, scores.area_score[:, place]
        over_all = _over_all(contacts, place)
        if code == WAITING:
            yield _figure(WAITING_ALL, 0, layout.waiting_all, kept=None, score=over_all)
        is_over_all = code in contacts.rules.areas_over_all
        score, kept = (over_all, None) if is_over_all else (own, answered)
        yield _figure(area_figure(code), 0, column, kept=kept, score=score)
    for place, method in enumerate(METHODS):
        group = GROUPS.index(method)
        yield _figure(method_figure(method), group, layout.total, kept=reports.method == place, score=scores.score)


def _over_all(contacts: SeasonContacts, area: int) -> Floats:
    """Return the area's percentage of every contact; one without an answer has 0 where its method asks anything."""
    reports, scores = contacts.reports, contacts.scores
    could_be = contacts.battery.method_possible[reports.method, area + 1]
    possible = np.where(reports.answered, scores.area_possible[:, area], could_be)
    return percentage(scores.area_points[:, area], possible)


def _figure(name: str, group: int, column: int, *, kept: NDArray[np.bool_] | None, score: Floats) -> Figure:
    known = ~np.isnan(score) if kept is None else kept & ~np.isnan(score)
    rows = np.flatnonzero(known)
    return Figure(name, group, column, rows, score[rows])


def fitted(contacts: SeasonContacts, figure: Figure) -> Fitted | None:
    """Return the result adjusted for the observers' severity, with intervals; none with too few contacts for that."""
    if not len(figure.rows):
        return None
    participants, place = np.unique(contacts.participant[figure.rows], return_inverse=True)
    _, observer = np.unique(contacts.observer[figure.rows], return_inverse=True)
    try:
        fit = fit_crossed(place, observer, figure.score)
    except TooFewRatingsError:
        return None
    return Fitted(figure, participants, place, fit, participant_intervals(fit, place, figure.score))


def estimates(contacts: SeasonContacts, found: Fitted) -> dict[int, Estimate]:
    """Return each participant's estimate, by its place among the season's participants."""
    published = contacts.summaries.matrix[found.participants, found.figure.group, found.figure.column]
    shift = published - np.bincount(found.place, found.figure.score) / found.fit.counts
    intervals = found.intervals
    low, high = _within(intervals.low + shift), _within(intervals.high + shift)
    adjusted = _within(found.fit.means + shift)
    return {
        participant: Estimate(
            value=float(published[row]),
            n=int(found.fit.counts[row]),
            adjusted=float(adjusted[row]),
            interval=Interval(
                min(float(low[row]), float(published[row])), max(float(high[row]), float(published[row]))
            ),
            standard_error=float(intervals.standard_error[row]),
        )
        for row, participant in enumerate(found.participants.tolist())
    }


def differences(contacts: SeasonContacts, found: Fitted) -> dict[int, Differences]:
    """Return each participant's published distance to class and season, with the interval of the adjusted one."""
    classes = contacts.classes[found.participants]
    places = np.searchsorted(contacts.added[0], classes)
    figure = found.figure
    own = contacts.summaries.matrix[found.participants, figure.group, figure.column]
    class_means = contacts.class_matrix[places, figure.group, figure.column]
    season_mean = float(contacts.season_matrix[figure.group, figure.column])
    return {
        participant: Differences(
            _distance(found, row, float(own[row] - class_means[row]), np.flatnonzero(classes == classes[row])),
            _distance(found, row, float(own[row] - season_mean), np.arange(len(classes))),
        )
        for row, participant in enumerate(found.participants.tolist())
    }


def _distance(found: Fitted, row: int, value: float, others: Ints) -> Contrast | None:
    """Return the distance of one participant to the mean of these, among whom it is; none where it is alone."""
    if len(others) == 1:
        return None
    weights = np.zeros(len(found.participants))
    weights[others] = -1 / len(others)
    weights[row] += 1
    return around(value, contrast_interval(found.fit, found.intervals, weights))


def around(value: float, contrast: Contrast) -> Contrast:
    """Return the published difference with the bounds of the adjusted one, which always enclose it."""
    return Contrast(value, min(value, contrast.low), max(value, contrast.high))


def group_estimate(contacts: SeasonContacts, found: Fitted, members: Ints, value: float) -> Estimate | None:
    """Return the estimate of a mean over these rows of the fitted participants; none where there are none."""
    if not len(members):
        return None
    weights = np.zeros(len(found.participants))
    weights[members] = 1 / len(members)
    mean = contrast_interval(found.fit, found.intervals, weights)
    published = contacts.summaries.matrix[found.participants, found.figure.group, found.figure.column]
    shift = value - float(weights @ (np.bincount(found.place, found.figure.score) / found.fit.counts))
    if np.isnan(published[members]).any():
        return None
    low, high = (float(bound) for bound in _within(np.array([mean.low, mean.high]) + shift))
    return Estimate(
        value=value,
        n=int(found.fit.counts[members].sum()),
        adjusted=float(_within(np.array(mean.value + shift))),
        interval=Interval(min(low, value), max(high, value)),
    )


def _within(scores: Floats) -> Floats:
    bounded: Floats = np.clip(scores, 0.0, TOP)
    return bounded
