"""What follows from a season's approved reports: every stored number, as rows that nobody has written yet."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from django.db.models import Case, IntegerField, QuerySet, SmallIntegerField, When
from django.db.models.functions import Cast, Concat, Left, Right
from numpy.typing import NDArray

from ksp.lib.copying import Value
from ksp.lib.records import UnevenRowsError, can_read_records, read_records
from participants.models import Enrolment, Season
from responses.models import SurveyResponse
from scoring.batteries import battery_of, scoring_rules
from scoring.engine.battery import METHODS, Battery, Floats, Ints, Stored
from scoring.engine.layout import STORED, Layout, average
from scoring.engine.measures import GROUPS
from scoring.engine.ranks import Standings, rank
from scoring.engine.reports import ANSWER, InvalidReportError, Reports
from scoring.engine.rules import Rules
from scoring.engine.scores import ReportScores, score_reports
from scoring.engine.summaries import Summaries, add_up_by, summarise
from scoring.models import Scope, ScoreSummary

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
REPORT_COLUMNS = (
    ("id", "<i8"),
    ("enrolment", "<i8"),
    ("method", "<i2"),
    ("week", "<i4"),
    ("answered", "?"),
)
SMALL = SmallIntegerField()
SCORE_COLUMNS = {"response_id": "<i8", "points": "<i4", "possible": "<i4", "score": "<f8", "areas": ""}
Places = tuple[int | None, int | None]
UNRANKED: Places = (None, None)


def approved_reports(season: Season, battery: Battery, enrolments: Collection[int] | None = None) -> Reports:
    """Return the season's approved reports, or those of some enrolments, in the order of their keys."""
    rows = SurveyResponse.objects.approved().filter(season=season).order_by("pk")
    if enrolments is not None:
        rows = rows.filter(enrolment__in=enrolments)
    elif can_read_records():
        return _reports_at_once(rows, battery)
    columns = rows.values_list("pk", "enrolment_id", "method", "week", "is_answered", "packed")
    return Reports.from_rows(
        battery,
        (
            (key, enrolment, method, _week(week), bool(answered), packed or b"")
            for key, enrolment, method, week, answered, packed in columns
        ),
    )


def _reports_at_once(rows: QuerySet[SurveyResponse], battery: Battery) -> Reports:
    """Return the same in a tenth of the time."""
    width = len(battery.questions) * ANSWER.itemsize
    columns = rows.annotate(
        method_place=Cast(Case(*[When(method=name, then=place) for place, name in enumerate(METHODS)]), SMALL),
        week_number=Cast(Concat(Left("week", 4), Right("week", 2)), IntegerField()),
    ).values_list("pk", "enrolment_id", "method_place", "week_number", "is_answered", "packed")
    try:
        # Sorted here: the database would put so many rows on disk for that.
        found = read_records(columns.order_by(), np.dtype([*REPORT_COLUMNS, ("answers", f"V{width}")]))
    except UnevenRowsError:
        message = "The packed answers belong to another questionnaire."
        raise InvalidReportError(message) from None
    found = found[np.argsort(found["id"])]
    answers = np.frombuffer(np.ascontiguousarray(found["answers"]).tobytes(), ANSWER).astype(np.int16, copy=False)
    reports = Reports(
        id=np.ascontiguousarray(found["id"]),
        enrolment=np.ascontiguousarray(found["enrolment"]),
        method=found["method"].astype(np.int8),
        week=np.ascontiguousarray(found["week"]),
        answered=np.ascontiguousarray(found["answered"]),
        answers=answers.reshape(len(found), len(battery.questions)),
    )
    reports.check(battery)
    return reports


@lru_cache(maxsize=256)
def _week(written: str) -> int:
    return int(written[:4]) * 100 + int(written[6:])


@dataclass(frozen=True)
class Book:
    """What stays the same during one computation of a season."""

    season: Season
    battery: Battery
    layout: Layout
    rules: Rules
    class_of: Mapping[int, int]

    @classmethod
    def of(cls, season: Season, rules: Rules | None = None) -> "Book":
        """The season's book by its own rules, or by others that are tried."""
        battery = battery_of(season)
        class_of = dict(Enrolment.objects.filter(season=season).values_list("pk", "award_class_id"))
        return cls(season, battery, Layout.of(battery), rules or scoring_rules(season.settings), class_of)

    def computed(self, enrolments: Collection[int] | None = None) -> tuple[Reports, ReportScores, Summaries]:
        """Score the approved reports and sum them up by participant."""
        reports = approved_reports(self.season, self.battery, enrolments)
        scores = score_reports(self.battery, reports)
        return reports, scores, summarise(self.battery, reports, scores, self.rules)

    def classes(self, enrolments: Ints) -> Ints:
        """Return the class of each."""
        return np.array([self.class_of[key] for key in enrolments.tolist()], np.int64)


class Headline(NamedTuple):
    """What a participant's place rests on; ``key`` and ``places`` of the stored row, if it stays."""

    enrolment: int
    contacts: int
    total: float | None
    sums: Stored
    key: int | None = None
    places: Places = UNRANKED


@dataclass(frozen=True)
class Classes:
    """Of each class, in rising order of the keys, its participants added together: classes × groups × numbers."""

    keys: Ints
    added: Floats


@dataclass(frozen=True, eq=False)
class ComputedSeason:
    """A whole season as it follows from its approved reports."""

    book: Book
    reports: Reports
    scores: ReportScores
    participants: Summaries
    classes: Classes
    places: Mapping[int, Places]

    @cached_property
    def rows(self) -> Sequence[Sequence[Value]]:
        """Every summary in the shape of ``SUMMARY_COLUMNS``."""
        return [*participant_rows(self.book, self.participants, self.places), *self.group_rows]

    @property
    def group_rows(self) -> list[Sequence[Value]]:
        """Those of the classes and of the season alone."""
        return group_rows(self.book, self.classes, written=set(self.classes.keys.tolist()))

    def records(self) -> NDArray[np.void]:
        """What every report scored, as ``score_records`` has it."""
        return score_records(self.reports, self.scores)

    def summaries(self) -> list[ScoreSummary]:
        """The rows as summaries that are not stored."""
        return [ScoreSummary(**dict(zip(SUMMARY_COLUMNS, row, strict=True))) for row in self.rows]


def compute_season(season: Season, rules: Rules | None = None) -> ComputedSeason:
    """Return every number of the season from its approved reports, by its rules or by others; nothing is written."""
    book = Book.of(season, rules)
    reports = approved_reports(season, book.battery)
    return _assembled(book, reports, score_reports(book.battery, reports))


def computed_by(computed: ComputedSeason, rules: Rules) -> ComputedSeason:
    """Return the same reports by other rules, without reading them again."""
    return _assembled(replace(computed.book, rules=rules), computed.reports, computed.scores)


def _assembled(book: Book, reports: Reports, scores: ReportScores) -> ComputedSeason:
    summaries = summarise(book.battery, reports, scores, book.rules)
    classes = Classes(*add_up_by(book.layout, summaries.matrix, book.classes(summaries.enrolments)))
    places = places_of(book, headlines(summaries))
    return ComputedSeason(book, reports, scores, summaries, classes, places)


# Places


def headlines(summaries: Summaries) -> list[Headline]:
    """Return what each participant's place rests on."""
    everything = summaries.matrix[:, 0]
    contacts, totals = everything[:, summaries.layout.contacts], everything[:, summaries.layout.total]
    sums = summaries.sums[:: len(GROUPS)]
    rows = zip(summaries.enrolments.tolist(), contacts.tolist(), totals.tolist(), sums, strict=True)
    return [Headline(enrolment, int(number), known(total), own) for enrolment, number, total, own in rows]


def places_of(book: Book, headlines: Iterable[Headline]) -> dict[int, Places]:
    """Return the places in class and overall of every participant that has an approved contact."""
    listed = sorted(headlines)
    enrolments = np.array([line.enrolment for line in listed], np.int64)
    contacts, totals = np.zeros((len(listed), len(GROUPS)), np.int64), np.full((len(listed), len(GROUPS)), np.nan)
    contacts[:, 0] = [line.contacts for line in listed]
    totals[:, 0] = [np.nan if line.total is None else line.total for line in listed]
    sums = [own for line in listed for own in (line.sums, *[b""] * (len(GROUPS) - 1))]
    standings = Standings(enrolments, book.classes(enrolments), contacts, totals, sums)
    ranks = rank(standings, book.rules)
    found = zip(enrolments.tolist(), ranks.rank_class.tolist(), ranks.rank_overall.tolist(), strict=True)
    return {enrolment: (in_class or None, overall or None) for enrolment, in_class, overall in found}


# Rows


def score_records(reports: Reports, scores: ReportScores) -> NDArray[np.void]:
    """Return what every report scored as records of equal width, with the names of ``SCORE_COLUMNS``."""
    areas = np.stack([scores.area_points, scores.area_possible], axis=-1).astype("<i4")
    width = areas.itemsize * 2 * areas.shape[1]
    shape = np.dtype([*((name, kind) for name, kind in SCORE_COLUMNS.items() if kind), ("areas", f"V{width}")])
    records = np.zeros(len(reports), shape)
    for name, column in zip(SCORE_COLUMNS, (reports.id, scores.points, scores.possible, scores.score), strict=False):
        records[name] = column
    if width:
        records["areas"] = np.frombuffer(areas.tobytes(), shape["areas"])
    return records


def summary_rows(
    book: Book, summaries: Summaries, places: Mapping[int, Places], classes: Classes, *, written: Collection[int]
) -> list[Sequence[Value]]:
    """Return the rows of these participants, of the classes that are to be ``written``, and of the season."""
    return [*participant_rows(book, summaries, places), *group_rows(book, classes, written=written)]


def group_rows(book: Book, classes: Classes, *, written: Collection[int]) -> list[Sequence[Value]]:
    """Return the rows of the classes that are to be ``written``, and of the season."""
    rows: list[Sequence[Value]] = []
    averages = average(book.layout, classes.added)
    for row, award_class in enumerate(classes.keys.tolist()):
        if award_class in written:
            sums = [added.astype(STORED).tobytes() for added in classes.added[row]]
            rows += _group_rows(book, averages[row], sums, whose=(str(Scope.CLASS), None, award_class))
    whole = average(book.layout, np.add.reduce(classes.added, axis=0))
    rows += _group_rows(book, whole, [b""] * len(GROUPS), whose=(str(Scope.SEASON), None, None))
    return rows


def participant_rows(book: Book, summaries: Summaries, places: Mapping[int, Places]) -> Iterator[Sequence[Value]]:
    """Yield the rows of these participants."""
    for row, enrolment in enumerate(summaries.enrolments.tolist()):
        sums = summaries.sums[row * len(GROUPS) : (row + 1) * len(GROUPS)]
        whose = (str(Scope.PARTICIPANT), enrolment, None)
        yield from _group_rows(book, summaries.matrix[row], sums, whose=whose, places=places[enrolment])


def _group_rows(
    book: Book, matrix: Floats, sums: Sequence[bytes], *, whose: tuple[Value, ...], places: Places = UNRANKED
) -> Iterator[Sequence[Value]]:
    """Yield the rows of the groups that have a contact; only that of all methods has places."""
    for method, vector, own in zip(GROUPS, matrix, sums, strict=True):
        if vector[book.layout.contacts] > 0:
            head = (book.season.pk, *whose, method, *_headline(book.layout, vector))
            yield (*head, *(UNRANKED if method else places), vector.astype(STORED).tobytes(), own)


def _headline(layout: Layout, vector: Floats) -> tuple[Value, ...]:
    """Return contacts, answered, total and answered score, as they are stored beside the vector."""
    total, answered_score = float(vector[layout.total]), float(vector[layout.answered_score])
    return int(vector[layout.contacts]), int(vector[layout.answered]), known(total), known(answered_score)


def known(number: float) -> float | None:
    """Return the number, or None for the one that says that there is nothing."""
    return None if number != number else number  # noqa: PLR0124 -- the one number that differs from itself
