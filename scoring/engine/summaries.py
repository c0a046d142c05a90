"""Summaries of every participant, on each contact method and on all, from the scores of its reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from scoring.engine.battery import AGENT, FIELD, FIELD_MASK, METHODS, WAITING, Battery, Floats, Ints
from scoring.engine.layout import STORED, Layout, add_up
from scoring.engine.measures import GROUPS, Measure, by_group, pack_sums
from scoring.engine.reports import Reports
from scoring.engine.rules import Rules
from scoring.engine.scores import ReportScores, percentage

# Enrolments worked on at once: enough to be quick, few enough to stay in the processor's cache.
BLOCK = 250
MOST_CONTACTS = 50_000


class Group(NamedTuple):
    """One stored summary: method "" is all of them; ``sums`` decides ties exactly."""

    enrolment: int
    method: str
    vector: bytes
    sums: bytes


@dataclass(frozen=True, eq=False)
class Summaries:
    """Enrolments in rising order; ``matrix`` is enrolments x ("", methods) x the layout's numbers.

    ``sums`` has one entry for each enrolment and group, in the order of the matrix.
    """

    layout: Layout
    enrolments: Ints
    matrix: Floats
    sums: tuple[bytes, ...]

    def groups(self) -> Iterator[Group]:
        """Every group that has a contact, as it is stored."""
        stored, width = self.matrix.astype(STORED, copy=False).tobytes(), self.layout.length * 8
        contacts = self.matrix[..., self.layout.contacts].ravel().tolist()
        enrolments = np.repeat(self.enrolments, len(GROUPS)).tolist()
        for place, count in enumerate(contacts):
            if count:
                vector = stored[place * width : (place + 1) * width]
                method = GROUPS[place % len(GROUPS)]
                yield Group(enrolments[place], method, vector, self.sums[place])


@dataclass(frozen=True, eq=False)
class _Block:
    """Some enrolments' reports, sorted by cell: enrolment within the block x 4 + method."""

    enrolments: int
    cells: Ints
    reports: Reports
    scores: ReportScores

    def answered_cells(self) -> Ints:
        return self.cells[self.reports.answered]


def summarise(battery: Battery, reports: Reports, scores: ReportScores, rules: Rules) -> Summaries:
    """Kundeserviceprisen's results of each participant (percentages 0-100).

    Totalresultat is the mean over all contacts, Score for Besvarte over the answered ones; questions are means
    over answered contacts, areas over those or over all as the rules say, Svar- og ventetid also over all. The same
    reports give the same bytes in any order and any split by enrolment.
    """
    layout = Layout.of(battery)
    enrolments, place = np.unique(reports.enrolment, return_inverse=True)
    cells = place * len(METHODS) + reports.method
    order = np.argsort(cells, kind="stable")
    cells = cells[order]
    matrix = layout.empty(len(enrolments), len(GROUPS))
    sums: list[bytes] = []
    for first in range(0, len(enrolments), BLOCK):
        part = matrix[first : first + BLOCK]
        bounds = np.array([first, first + len(part)]) * len(METHODS)
        start, end = np.searchsorted(cells, bounds).tolist()
        rows = order[start:end]
        block = _Block(
            enrolments=len(part),
            cells=cells[start:end] - bounds[0],
            reports=reports.take(rows),
            scores=_take(scores, rows),
        )
        sums += _fill_scores(part, battery, block, rules)
        _fill_questions(part, battery, layout, block)
        _fill_cx(part, battery, layout, block)
    return Summaries(layout, enrolments, matrix, tuple(sums))


def add_up_by(layout: Layout, matrix: Floats, keys: Ints) -> tuple[Ints, Floats]:
    """Each key (say a class), in rising order, with its participants added together in their order."""
    found, place = np.unique(keys, return_inverse=True)
    order = np.argsort(place, kind="stable")
    bounds = np.searchsorted(place[order], np.arange(len(found) + 1)).tolist()
    added = np.zeros((len(found), *matrix.shape[1:-1], layout.added_length))
    for row, (start, end) in enumerate(pairwise(bounds)):
        added[row] = add_up(layout, matrix[order[start:end]])
    return found, added


def _take(scores: ReportScores, rows: Ints) -> ReportScores:
    return ReportScores(
        points=scores.points[rows],
        possible=scores.possible[rows],
        area_points=scores.area_points[rows],
        area_possible=scores.area_possible[rows],
    )


def _fill_scores(part: Floats, battery: Battery, block: _Block, rules: Rules) -> list[bytes]:
    """Set contacts, totals and areas of the block, and hand back its exact sums."""
    layout, contacts = Layout.of(battery), _counted(block, block.cells)
    if contacts.max(initial=0) > MOST_CONTACTS:
        message = f"A participant cannot have more than {MOST_CONTACTS} contacts."
        raise ValueError(message)
    part[..., layout.participants] = contacts > 0
    part[..., layout.contacts] = contacts
    part[..., layout.answered] = _counted(block, block.answered_cells())
    everyone, answered = slice(None), np.flatnonzero(block.reports.answered)
    total = _total(block, rules, everyone)
    answered_score = _total(block, rules, answered)
    part[..., layout.total] = total.score
    part[..., layout.answered_score] = answered_score.score
    agent = None
    for place, code in enumerate(layout.areas):
        over_all = code in rules.areas_over_all
        area = _area_over_all(block, rules, battery, place) if over_all else _area(block, rules, answered, place)
        part[..., layout.area_scores.start + place] = area.score
        part[..., layout.area_n.start + place] = area.n
        if code == WAITING:
            part[..., layout.waiting_all] = _area_over_all(block, rules, battery, place).score
        if code == AGENT:
            agent = area
    return pack_sums([total, answered_score, agent], contacts.size)


def _total(block: _Block, rules: Rules, kept: Ints | slice) -> Measure:
    return Measure.of(
        rules.mean,
        cells=block.cells[kept],
        enrolments=block.enrolments,
        points=block.scores.points[kept],
        possible=block.scores.possible[kept],
    )


def _area(block: _Block, rules: Rules, kept: Ints | slice, area: int) -> Measure:
    return Measure.of(
        rules.mean,
        cells=block.cells[kept],
        enrolments=block.enrolments,
        points=block.scores.area_points[:, area][kept],
        possible=block.scores.area_possible[:, area][kept],
    )


def _area_over_all(block: _Block, rules: Rules, battery: Battery, area: int) -> Measure:
    """Measure the area over every contact: one without an answer has 0 of all that its method can give there."""
    could_be = battery.method_possible[block.reports.method, area + 1]
    return Measure.of(
        rules.mean,
        cells=block.cells,
        enrolments=block.enrolments,
        points=block.scores.area_points[:, area],
        possible=np.where(block.reports.answered, block.scores.area_possible[:, area], could_be),
    )


def _fill_questions(part: Floats, battery: Battery, layout: Layout, block: _Block) -> None:
    """Set each question's percentage and contacts: a question has the same possible points always."""
    answered = block.reports.answered
    cells = block.answered_cells()
    sums = np.zeros((block.enrolments * len(METHODS), len(battery.questions)))
    if len(cells):
        starts = np.flatnonzero(np.diff(cells, prepend=-1))
        codes = battery.codes(block.reports.method[answered], block.reports.answers[answered])
        sums[cells[starts]] = np.add.reduceat(codes, starts, axis=0)
    packed = sums[:, battery.measured].astype(np.int64)
    groups = by_group(packed.reshape(block.enrolments, len(METHODS), -1))
    points, possible = groups & FIELD_MASK, groups >> FIELD
    part[..., layout.question_scores] = percentage(points, possible)
    part[..., layout.question_n] = possible // battery.possible[battery.measured]


def _fill_cx(part: Floats, battery: Battery, layout: Layout, block: _Block) -> None:
    """Set how many answered contacts chose each step of each CX scale, and what follows from it."""
    if not battery.scales:
        return
    answered = block.reports.answered
    steps = battery.cx_steps(block.reports.method[answered], block.reports.answers[answered])
    width = battery.steps + 1  # the last place takes the answers that are none
    flat = (block.answered_cells() * width)[:, None] + steps
    size = block.enrolments * len(METHODS) * width
    counts = np.bincount(flat.ravel(), minlength=size).reshape(-1, len(METHODS), width)
    part[..., layout.steps] = by_group(counts)[..., :-1]
    layout.fill_cx(part)


def _counted(block: _Block, cells: Ints) -> Ints:
    size = block.enrolments * len(METHODS)
    return by_group(np.bincount(cells, minlength=size).reshape(-1, len(METHODS)))
