"""All statistics of a season, from its approved reports alone: the same reports give the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from scoring.engine.battery import NPS, Floats, Ints
from scoring.engine.ranks import Standings, rank
from scoring.statistics.drivers import Drivers, Observations, importances, observe
from scoring.statistics.estimates import (
    Fitted,
    SeasonContacts,
    around,
    differences,
    estimates,
    figures_of,
    fitted,
    group_estimate,
)
from scoring.statistics.figures import (
    TOTAL,
    ClassFigures,
    EnrolmentFigures,
    Estimate,
    GroupFigures,
    Pair,
    SeasonFigures,
    Severity,
    Standing,
    cx_figure,
)
from scoring.statistics.intervals import Contrast, Interval, contrast_interval, moderated_covariance
from scoring.statistics.items import MethodEffect, Reread, WeekDrift, item_figures, method_effects, week_drift
from scoring.statistics.nps import NpsCounts, mean_interval, nps_interval, nps_part_difference
from scoring.statistics.ranks import probability_first, rank_intervals
from scoring.statistics.reliability import Components, Reliability, class_reliability, season_reliability

MAD_TO_SD = 1.4826
Distribution = Mapping[int, int]


@dataclass(frozen=True, eq=False)
class SeasonStatistics:
    """The figures of a season, and of each of its participants by enrolment."""

    season: SeasonFigures
    enrolments: Mapping[int, EnrolmentFigures]


def season_statistics(contacts: SeasonContacts, *, reread: Sequence[Reread] = ()) -> SeasonStatistics:
    """Return how certain every result of the season is, how dependable its order, and what satisfaction goes with.

    While there are too few contacts to judge chance by, what needs that is left out.
    """
    if not len(contacts.reports):
        return SeasonStatistics(SeasonFigures(0, GroupFigures({}, None, {}), {}, None, (), (), (), ()), {})
    found = [one for figure in figures_of(contacts) if (one := fitted(contacts, figure)) is not None]
    total = next((one for one in found if one.figure.name == TOTAL), None)
    dependable = None if total is None else _Dependable.of(contacts, total)
    season = SeasonFigures(
        reports=len(contacts.reports),
        season=_season_figures(contacts, found, dependable),
        classes=_class_figures(contacts, found, dependable),
        variances=None if dependable is None else dependable.variances,
        severity=() if total is None else _severity(contacts, total),
        items=item_figures(contacts.battery, contacts.reports, contacts.scores),
        weeks=() if total is None else _weeks(contacts, total),
        methods=() if total is None else _methods(contacts, total),
        reread=tuple(reread),
    )
    return SeasonStatistics(season, _enrolments(contacts, found, total))


# Participants


def _enrolments(contacts: SeasonContacts, found: Sequence[Fitted], total: Fitted | None) -> dict[int, EnrolmentFigures]:
    size = len(contacts.participants)
    own: list[dict[str, Estimate]] = [_cx_estimates(contacts, contacts.summaries.matrix[p, 0]) for p in range(size)]
    to_class, to_season = _cx_differences(contacts)
    for one in found:
        for participant, estimate in estimates(contacts, one).items():
            own[participant][one.figure.name] = estimate
        for participant, both in differences(contacts, one).items():
            _keep(to_class[participant], one.figure.name, both.to_class)
            _keep(to_season[participant], one.figure.name, both.to_season)
    standings = {} if total is None else _standings(contacts, total)
    return {
        enrolment: EnrolmentFigures(own[place], to_class[place], to_season[place], standings.get(place))
        for place, enrolment in enumerate(contacts.participants.tolist())
    }


def _keep(into: dict[str, Contrast], name: str, contrast: Contrast | None) -> None:
    if contrast is not None:
        into[name] = contrast


def _standings(contacts: SeasonContacts, total: Fitted) -> dict[int, Standing]:
    """Return where each ranked participant may truly stand, by its place among the season's."""
    standings = Standings.of(
        contacts.layout,
        enrolments=contacts.participants,
        classes=contacts.classes,
        matrix=contacts.summaries.matrix,
        sums=contacts.summaries.sums,
    )
    official = rank(standings, contacts.rules)
    rows = np.flatnonzero(official.ranked[total.participants])
    if not len(rows):
        return {}
    # The best first: so the chances that are drawn do not depend on the numbers that a database gave out.
    rows = rows[np.argsort(-total.fit.means[rows], kind="stable")]
    participants = total.participants[rows]
    means, classes = total.fit.means[rows], _renumbered(contacts.classes[participants])
    covariance = moderated_covariance(total.fit, total.intervals)[np.ix_(rows, rows)]
    first = probability_first(means, covariance, classes)
    places = rank_intervals(means, covariance, classes)
    in_class, overall = _adjusted_places(means, classes), _adjusted_places(means, np.zeros_like(classes))
    return {
        participant: Standing(
            rank_class=_with(official.rank_class[participant], places.class_low[row], places.class_high[row]),
            rank_overall=_with(official.rank_overall[participant], places.overall_low[row], places.overall_high[row]),
            first_in_class=float(first.in_class[row]),
            first_overall=float(first.overall[row]),
            adjusted_rank_class=int(in_class[row]),
            adjusted_rank_overall=int(overall[row]),
        )
        for row, participant in enumerate(participants.tolist())
    }


def _renumbered(classes: Ints) -> Ints:
    """Return the classes numbered as they first occur."""
    _, first, place = np.unique(classes, return_index=True, return_inverse=True)
    numbers: Ints = np.argsort(np.argsort(first))[place]
    return numbers


def _with(official: np.int64, low: np.int64, high: np.int64) -> Interval:
    """Return the places one may truly have, with the official one among them."""
    return Interval(min(int(official), int(low)), max(int(official), int(high)))


def _adjusted_places(means: Floats, groups: Ints) -> Ints:
    better = (means[None, :] > means[:, None]) & (groups[None, :] == groups[:, None])
    places: Ints = 1 + better.sum(axis=1)
    return places


# CX


def _cx_estimates(contacts: SeasonContacts, vector: Floats) -> dict[str, Estimate]:
    """Return the CX means and NPS of one summary with their intervals; nothing of a question without answers."""
    found = {}
    for code, distribution in _distributions(contacts, vector).items():
        answers = sum(distribution.values())
        if not answers:
            continue
        if code == NPS:
            counts = NpsCounts.of(distribution)
            found[cx_figure(code)] = Estimate(counts.value, answers, interval=nps_interval(counts))
        else:
            mean = sum(step * count for step, count in distribution.items()) / answers
            found[cx_figure(code)] = Estimate(mean, answers, interval=mean_interval(distribution))
    return found


def _distributions(contacts: SeasonContacts, vector: Floats) -> dict[str, Distribution]:
    counts = vector[contacts.layout.steps].astype(np.int64).tolist()
    return {scale.code: dict(zip(scale.steps, counts[scale.start :], strict=False)) for scale in contacts.layout.scales}


def _cx_differences(contacts: SeasonContacts) -> tuple[list[dict[str, Contrast]], list[dict[str, Contrast]]]:
    """Return each participant's distance in NPS to its class and to the season."""
    places = np.searchsorted(contacts.added[0], contacts.classes)
    to_class: list[dict[str, Contrast]] = []
    to_season: list[dict[str, Contrast]] = []
    for participant, place in enumerate(places.tolist()):
        own = contacts.summaries.matrix[participant, 0]
        to_class.append(_nps_difference(contacts, own, contacts.class_matrix[place, 0]))
        to_season.append(_nps_difference(contacts, own, contacts.season_matrix[0]))
    return to_class, to_season


def _nps_difference(contacts: SeasonContacts, own: Floats, whole: Floats) -> dict[str, Contrast]:
    part, everyone = (_distributions(contacts, vector).get(NPS, {}) for vector in (own, whole))
    if not sum(part.values()):
        return {}
    difference = nps_part_difference(NpsCounts.of(part), NpsCounts.of(everyone))
    return {} if difference is None else {cx_figure(NPS): difference}


# Classes and the season


@dataclass(frozen=True, eq=False)
class _Dependable:
    """The total of all participants, and how much of its variance they make themselves."""

    total: Fitted
    season: Reliability
    variances: Components

    @classmethod
    def of(cls, contacts: SeasonContacts, total: Fitted) -> _Dependable:
        observer = np.unique(contacts.observer[total.figure.rows], return_inverse=True)[1]
        return cls(total, *season_reliability(total.place, observer, total.figure.score))


def _season_figures(contacts: SeasonContacts, found: Sequence[Fitted], dependable: _Dependable | None) -> GroupFigures:
    return GroupFigures(
        estimates=_means(contacts, found, contacts.season_matrix, members=None),
        reliability=None if dependable is None else dependable.season,
        drivers=_by_outcome(importances(_observations(contacts))),
    )


def _class_figures(
    contacts: SeasonContacts, found: Sequence[Fitted], dependable: _Dependable | None
) -> dict[int, ClassFigures]:
    observations = _areas_alone(_observations(contacts))
    of_report = contacts.classes[contacts.participant][contacts.reports.answered]
    by_class = {}
    for place, key in enumerate(contacts.added[0].tolist()):
        members = contacts.classes == key
        by_class[key] = ClassFigures(
            estimates=_means(contacts, found, contacts.class_matrix[place], members=members),
            reliability=None if dependable is None else _class_reliability(dependable, members),
            # By areas alone: the questions of a class are too many for its few reports.
            drivers=_by_outcome(importances(observations.take(of_report == key))),
            pairs=() if dependable is None else tuple(_pairs(contacts, dependable.total, members)),
        )
    return by_class


def _observations(contacts: SeasonContacts) -> Observations:
    return observe(contacts.battery, contacts.reports, scores=contacts.scores, observer=contacts.observer)


def _areas_alone(found: Observations) -> Observations:
    areas, outcomes = found.values[:, : len(found.areas)], found.values[:, len(found.areas) + len(found.items) :]
    return replace(found, items=(), values=np.concatenate([areas, outcomes], axis=1))


def _by_outcome(found: Sequence[Drivers]) -> dict[str, Drivers]:
    return {one.outcome: one for one in found}


def _means(
    contacts: SeasonContacts, found: Sequence[Fitted], matrix: Floats, *, members: NDArray[np.bool_] | None
) -> dict[str, Estimate]:
    means = _cx_estimates(contacts, matrix[0])
    for one in found:
        rows = np.arange(len(one.participants)) if members is None else np.flatnonzero(members[one.participants])
        estimate = group_estimate(contacts, one, rows, float(matrix[one.figure.group, one.figure.column]))
        if estimate is not None:
            means[one.figure.name] = estimate
    return means


def _pairs(contacts: SeasonContacts, total: Fitted, members: NDArray[np.bool_]) -> list[Pair]:
    """Return every two participants of a class with the difference of their totals, the higher one first."""
    published = contacts.summaries.matrix[total.participants, 0, total.figure.column]
    rows = np.flatnonzero(members[total.participants])
    ordered = rows[np.argsort(-published[rows], kind="stable")]
    keys = contacts.participants[total.participants]
    pairs = []
    for high, low in combinations(ordered.tolist(), 2):
        weights = np.zeros(len(total.participants))
        weights[[high, low]] = 1, -1
        contrast = contrast_interval(total.fit, total.intervals, weights)
        value = float(published[high] - published[low])
        pairs.append(Pair(int(keys[high]), int(keys[low]), around(value, contrast)))
    return pairs


def _class_reliability(dependable: _Dependable, members: NDArray[np.bool_]) -> Reliability | None:
    rows = np.flatnonzero(members[dependable.total.participants])
    return class_reliability(dependable.total.fit, rows, dependable.variances)


def _methods(contacts: SeasonContacts, total: Fitted) -> tuple[MethodEffect, ...]:
    return method_effects(total.place, contacts.reports.method[total.figure.rows], total.figure.score)


def _weeks(contacts: SeasonContacts, total: Fitted) -> tuple[WeekDrift, ...]:
    effects = len(total.participants) + len(total.fit.observer_effects)
    return week_drift(total.fit.residuals, contacts.reports.week[total.figure.rows], fitted=effects)


def _severity(contacts: SeasonContacts, total: Fitted) -> tuple[Severity, ...]:
    """Return how kind or severe each observer is, the most severe first."""
    keys = np.unique(contacts.observer[total.figure.rows])
    effects = total.fit.observer_effects
    middle = float(np.median(effects))
    scale = MAD_TO_SD * float(np.median(np.abs(effects - middle)))
    found = [
        Severity(
            observer=int(key),
            effect=float(effects[place]),
            standard_deviation=float(total.fit.observer_errors[place]),
            reports=int(total.fit.observer_counts[place]),
            distance=(float(effects[place]) - middle) / scale if scale else 0.0,
        )
        for place, key in enumerate(keys.tolist())
    ]
    return tuple(sorted(found, key=lambda one: (one.effect, one.observer)))
