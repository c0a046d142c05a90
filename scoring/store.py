"""Reads approved reports as arrays, and writes the scores that the engine computes from them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ksp.lib.copying import Value, copy_rows
from participants.models import Enrolment, Season
from responses.models import SurveyResponse
from scoring.batteries import battery_of, scoring_rules
from scoring.engine.battery import Battery, Floats, Ints, Stored
from scoring.engine.layout import STORED, Layout, combine
from scoring.engine.measures import GROUPS
from scoring.engine.ranks import Ranks, Standings, rank
from scoring.engine.reports import ReportRow, Reports
from scoring.engine.rules import Rules
from scoring.engine.scores import ReportScores, score_reports
from scoring.engine.summaries import Summaries, combine_by, summarise
from scoring.models import ResponseScore, Scope, ScoreSummary

SCORE_COLUMNS = ("response_id", "season_id", "points", "possible", "score", "areas")
SUMMARY_COLUMNS = (
    "season_id",
    "scope",
    "enrolment_id",
    "award_class_id",
    "method",
    "contacts",
    "answered",
    "total",
    "answered_score",
    "rank_class",
    "rank_overall",
    "vector",
    "sums",
)


def approved_reports(season: Season, battery: Battery, enrolments: Collection[int] | None = None) -> Reports:
    """Return the season's approved reports, or those of some enrolments, in the order of their keys."""
    rows = SurveyResponse.objects.approved().filter(season=season).order_by("pk")
    if enrolments is not None:
        rows = rows.filter(enrolment__in=enrolments)
    columns = rows.values_list("pk", "enrolment_id", "method", "week", "is_answered", "packed")
    return Reports.from_rows(
        battery,
        (
            ReportRow(key, enrolment, method, _week(week), bool(answered), packed or b"")
            for key, enrolment, method, week, answered, packed in columns
        ),
    )


def _week(written: str) -> int:
    return int(written[:4]) * 100 + int(written[6:])


@dataclass(frozen=True)
class _Book:
    """What stays the same during one computation of a season."""

    season: Season
    battery: Battery
    layout: Layout
    rules: Rules
    class_of: dict[int, int]

    @classmethod
    def of(cls, season: Season) -> "_Book":
        battery = battery_of(season)
        class_of = dict(Enrolment.objects.filter(season=season).values_list("pk", "award_class_id"))
        return cls(season, battery, Layout.of(battery), scoring_rules(season.settings), class_of)

    def computed(self, enrolments: Collection[int] | None = None) -> tuple[Reports, ReportScores, Summaries]:
        """Score the approved reports and sum them up by participant."""
        reports = approved_reports(self.season, self.battery, enrolments)
        scores = score_reports(self.battery, reports)
        return reports, scores, summarise(self.battery, reports, scores, self.rules)


@dataclass(frozen=True)
class _Table:
    """All participants' summaries of a season: enrolments in rising order × groups × numbers, with exact sums."""

    enrolments: Ints
    matrix: Floats
    sums: list[bytes]

    def standings(self, book: _Book) -> Standings:
        """Return what places rest on."""
        classes = np.array([book.class_of[key] for key in self.enrolments.tolist()], np.int64)
        return Standings.of(
            book.layout, enrolments=self.enrolments, classes=classes, matrix=self.matrix, sums=self.sums
        )


def write_season(season: Season) -> int:
    """Replace every stored score of the season; return how many reports count."""
    book = _Book.of(season)
    reports, scores, summaries = book.computed()
    ResponseScore.objects.filter(season=season).delete()
    ScoreSummary.objects.filter(season=season).delete()
    copy_rows(ResponseScore, SCORE_COLUMNS, _score_rows(season, reports, scores))
    table = _Table(summaries.enrolments, summaries.matrix, list(summaries.sums))
    ranks = rank(table.standings(book), book.rules)
    copy_rows(ScoreSummary, SUMMARY_COLUMNS, _participant_rows(book, table, ranks))
    copy_rows(ScoreSummary, SUMMARY_COLUMNS, _combined_rows(book, table, None))
    return len(reports)


def write_enrolments(season: Season, enrolments: Collection[int]) -> None:
    """Replace the scores of these participants, their classes and the season; move ranks that changed."""
    book = _Book.of(season)
    reports, scores, summaries = book.computed(enrolments)
    before = _stored_table(book)
    table = _merged(before, summaries, set(enrolments))
    ranks = rank(table.standings(book), book.rules)
    classes = {book.class_of[key] for key in enrolments}
    ResponseScore.objects.filter(season=season, response__enrolment__in=enrolments).delete()
    copy_rows(ResponseScore, SCORE_COLUMNS, _score_rows(season, reports, scores))
    stored = ScoreSummary.objects.filter(season=season)
    stored.filter(scope=Scope.PARTICIPANT, enrolment__in=enrolments).delete()
    stored.filter(scope=Scope.CLASS, award_class__in=classes).delete()
    stored.filter(scope=Scope.SEASON).delete()
    written = _participant_rows(book, table, ranks, only=set(enrolments))
    copy_rows(ScoreSummary, SUMMARY_COLUMNS, [*written, *_combined_rows(book, table, classes)])
    _move_ranks(season, table, ranks)


def _score_rows(season: Season, reports: Reports, scores: ReportScores) -> Iterator[Sequence[Value]]:
    areas = np.stack([scores.area_points, scores.area_possible], axis=-1).astype("<i4")
    percentages = scores.score.tolist()
    points, possible = scores.points.tolist(), scores.possible.tolist()
    for row, key in enumerate(reports.id.tolist()):
        yield key, season.pk, points[row], possible[row], _known(percentages[row]), areas[row].tobytes()


def _known(number: float) -> float | None:
    return None if number != number else number  # noqa: PLR0124 -- the one number that differs from itself


def _participant_rows(
    book: _Book, table: _Table, ranks: Ranks, only: set[int] | None = None
) -> Iterator[Sequence[Value]]:
    for row, enrolment in enumerate(table.enrolments.tolist()):
        if only is not None and enrolment not in only:
            continue
        places = (int(ranks.rank_class[row]) or None, int(ranks.rank_overall[row]) or None)
        for group, method in enumerate(GROUPS):
            vector = table.matrix[row, group]
            if vector[book.layout.contacts] > 0:
                head = (book.season.pk, str(Scope.PARTICIPANT), enrolment, None, method)
                own = places if method == "" else (None, None)
                sums = table.sums[row * len(GROUPS) + group]
                yield (*head, *_headline(book.layout, vector), *own, vector.astype(STORED).tobytes(), sums)


def _combined_rows(book: _Book, table: _Table, classes: set[int] | None) -> Iterator[Sequence[Value]]:
    """Rows of the given classes (all without any) and of the season."""
    keys = np.array([book.class_of[key] for key in table.enrolments.tolist()], np.int64)
    kept = np.isin(keys, list(classes)) if classes is not None else np.ones(len(keys), bool)
    found, combined = combine_by(book.layout, table.matrix[kept], keys[kept])
    for award_class, matrix in zip(found.tolist(), combined, strict=True):
        yield from _group_rows(book, matrix, (str(Scope.CLASS), None, award_class))
    if len(table.enrolments):
        yield from _group_rows(book, combine(book.layout, table.matrix), (str(Scope.SEASON), None, None))


def _group_rows(book: _Book, matrix: Floats, whose: tuple[Value, ...]) -> Iterator[Sequence[Value]]:
    for method, vector in zip(GROUPS, matrix, strict=True):
        if vector[book.layout.contacts] > 0:
            head = (book.season.pk, *whose, method, *_headline(book.layout, vector))
            yield (*head, None, None, vector.astype(STORED).tobytes(), b"")


def _headline(layout: Layout, vector: Floats) -> tuple[Value, ...]:
    """Return contacts, answered, total and answered score, as they are stored beside the vector."""
    total, answered_score = float(vector[layout.total]), float(vector[layout.answered_score])
    return int(vector[layout.contacts]), int(vector[layout.answered]), _known(total), _known(answered_score)


def _stored_table(book: _Book) -> _Table:
    rows = ScoreSummary.objects.filter(season=book.season, scope=Scope.PARTICIPANT).order_by("enrolment_id")
    columns = list(rows.values_list("enrolment_id", "method", "vector", "sums"))
    enrolments = np.unique(np.array([row[0] for row in columns], np.int64))
    return _filled(book.layout, enrolments, columns)


def _filled(layout: Layout, enrolments: Ints, columns: Iterable[tuple[int, str, Stored, Stored]]) -> _Table:
    matrix = layout.empty(len(enrolments), len(GROUPS))
    sums = [b""] * (len(enrolments) * len(GROUPS))
    row_of = {key: row for row, key in enumerate(enrolments.tolist())}
    group_of = {method: group for group, method in enumerate(GROUPS)}
    for enrolment, method, vector, exact in columns:
        row, group = row_of[enrolment], group_of[method]
        matrix[row, group] = np.frombuffer(vector, STORED)
        sums[row * len(GROUPS) + group] = bytes(exact)
    return _Table(enrolments, matrix, sums)


def _merged(before: _Table, fresh: Summaries, replaced: set[int]) -> _Table:
    """Return the stored table with the replaced participants' rows computed anew."""
    kept = [row for row, key in enumerate(before.enrolments.tolist()) if key not in replaced]
    keys = np.concatenate([before.enrolments[kept], fresh.enrolments])
    order = np.argsort(keys, kind="stable")
    matrix = np.concatenate([before.matrix[kept], fresh.matrix])[order]
    width = len(GROUPS)
    chunks = [before.sums[row * width : (row + 1) * width] for row in kept]
    chunks += [list(fresh.sums[row * width : (row + 1) * width]) for row in range(len(fresh.enrolments))]
    return _Table(keys[order], matrix, [item for row in order.tolist() for item in chunks[row]])


def _move_ranks(season: Season, table: _Table, ranks: Ranks) -> None:
    rows = ScoreSummary.objects.filter(season=season, scope=Scope.PARTICIPANT, method="")
    places = {
        key: (int(in_class) or None, int(overall) or None)
        for key, in_class, overall in zip(
            table.enrolments.tolist(), ranks.rank_class.tolist(), ranks.rank_overall.tolist(), strict=True
        )
    }
    moved = []
    for row in rows.only("pk", "enrolment_id", "rank_class", "rank_overall"):
        fresh = places[row.enrolment_id or 0]
        if fresh != (row.rank_class, row.rank_overall):
            row.rank_class, row.rank_overall = fresh
            moved.append(row)
    ScoreSummary.objects.bulk_update(moved, ["rank_class", "rank_overall"])
