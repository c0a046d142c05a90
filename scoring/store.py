"""Reads approved reports as arrays, and writes the scores that the engine computes from them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from ksp.lib.copying import Value, copy_arrays, copy_rows
from participants.models import Enrolment, Season
from responses.models import SurveyResponse
from scoring.batteries import battery_of, scoring_rules
from scoring.engine.battery import Battery, Floats, Ints, Stored
from scoring.engine.layout import STORED, Layout, average
from scoring.engine.measures import GROUPS
from scoring.engine.ranks import Standings, rank
from scoring.engine.reports import Reports
from scoring.engine.rules import Rules
from scoring.engine.scores import ReportScores, score_reports
from scoring.engine.summaries import Summaries, add_up_by, summarise
from scoring.models import ResponseScore, Scope, ScoreSummary

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
SCORE_COLUMNS = {"response_id": "<i8", "points": "<i4", "possible": "<i4", "score": "<f8", "areas": ""}
GROUP_OF = {method: group for group, method in enumerate(GROUPS)}
Places = tuple[int | None, int | None]
UNRANKED: Places = (None, None)


def approved_reports(season: Season, battery: Battery, enrolments: Collection[int] | None = None) -> Reports:
    """Return the season's approved reports, or those of some enrolments, in the order of their keys."""
    rows = SurveyResponse.objects.approved().filter(season=season).order_by("pk")
    if enrolments is not None:
        rows = rows.filter(enrolment__in=enrolments)
    columns = rows.values_list("pk", "enrolment_id", "method", "week", "is_answered", "packed")
    return Reports.from_rows(
        battery,
        (
            (key, enrolment, method, _week(week), bool(answered), packed or b"")
            for key, enrolment, method, week, answered, packed in columns
        ),
    )


@lru_cache(maxsize=256)
def _week(written: str) -> int:
    return int(written[:4]) * 100 + int(written[6:])


@dataclass(frozen=True)
class _Book:
    """What stays the same during one computation of a season."""

    season: Season
    battery: Battery
    layout: Layout
    rules: Rules
    class_of: Mapping[int, int]

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

    def classes(self, enrolments: Ints) -> Ints:
        """Return the class of each."""
        return np.array([self.class_of[key] for key in enrolments.tolist()], np.int64)


class _Headline(NamedTuple):
    """What a participant's place rests on; ``key`` and ``places`` of the stored row, if it stays."""

    enrolment: int
    contacts: int
    total: float | None
    sums: Stored
    key: int | None = None
    places: Places = UNRANKED


@dataclass(frozen=True)
class _Classes:
    """Of each class, in rising order of the keys, its participants added together: classes × groups × numbers."""

    keys: Ints
    added: Floats


def write_season(season: Season) -> int:
    """Replace every stored score of the season; return how many reports count."""
    book = _Book.of(season)
    reports, scores, summaries = book.computed()
    classes = _Classes(*add_up_by(book.layout, summaries.matrix, book.classes(summaries.enrolments)))
    places = _places(book, _headlines(summaries))
    _write_scores(season, reports, scores, ResponseScore.objects.filter(season=season))
    ScoreSummary.objects.filter(season=season).delete()
    _write_summaries(book, summaries, places, classes, written=set(classes.keys.tolist()))
    return len(reports)


def write_enrolments(season: Season, enrolments: Collection[int]) -> None:
    """Replace the scores of these participants, their classes and the season; move ranks that changed."""
    book = _Book.of(season)
    reports, scores, summaries = book.computed(enrolments)
    touched = {book.class_of[key] for key in enrolments}
    classes = _classes(book, summaries, replaced=enrolments, touched=touched)
    stay = _stored_headlines(season, replaced=enrolments)
    places = _places(book, [*stay, *_headlines(summaries)])
    _write_scores(season, reports, scores, ResponseScore.objects.filter(response__enrolment__in=enrolments))
    gone = Q(scope=Scope.PARTICIPANT, enrolment__in=enrolments) | Q(scope=Scope.CLASS, award_class__in=touched)
    ScoreSummary.objects.filter(gone | Q(scope=Scope.SEASON, season=season)).delete()
    _write_summaries(book, summaries, places, classes, written=touched)
    _move(stay, places)


# What stays as it is stored


def _classes(book: _Book, fresh: Summaries, *, replaced: Collection[int], touched: Collection[int]) -> _Classes:
    """Return every class: the touched ones added up anew, from their stored participants and the fresh ones."""
    keys, matrix = _with_classmates(book, fresh, replaced=replaced, touched=touched)
    found, added = add_up_by(book.layout, matrix, book.classes(keys))
    rest = set(book.class_of.values()).difference(touched)
    rows = ScoreSummary.objects.filter(scope=Scope.CLASS, award_class__in=rest)
    stored = list(rows.values_list("award_class_id", "method", "sums"))
    others, place = np.unique(np.array([row[0] for row in stored], np.int64), return_inverse=True)
    kept = np.zeros((len(others), *added.shape[1:]))
    kept[place, [GROUP_OF[row[1]] for row in stored]] = _numbers([row[2] for row in stored], book.layout.added_length)
    order = np.argsort(np.concatenate([found, others]))
    return _Classes(np.concatenate([found, others])[order], np.concatenate([added, kept])[order])


def _with_classmates(
    book: _Book, fresh: Summaries, *, replaced: Collection[int], touched: Collection[int]
) -> tuple[Ints, Floats]:
    """Return the summaries of all participants of the touched classes, in rising order of the enrolments."""
    mates = [key for key, own in book.class_of.items() if own in touched and key not in replaced]
    rows = ScoreSummary.objects.filter(scope=Scope.PARTICIPANT, enrolment__in=mates)
    stored = list(rows.values_list("enrolment_id", "method", "vector"))
    keys, place = np.unique(np.array([row[0] for row in stored], np.int64), return_inverse=True)
    matrix = book.layout.empty(len(keys), len(GROUPS))
    matrix[place, [GROUP_OF[row[1]] for row in stored]] = _numbers([row[2] for row in stored], book.layout.length)
    order = np.argsort(np.concatenate([keys, fresh.enrolments]))
    return np.concatenate([keys, fresh.enrolments])[order], np.concatenate([matrix, fresh.matrix])[order]


def _numbers(stored: Sequence[Stored], length: int) -> Floats:
    return np.frombuffer(b"".join(stored), STORED).reshape(len(stored), length)


def _stored_headlines(season: Season, *, replaced: Collection[int]) -> list[_Headline]:
    rows = ScoreSummary.objects.filter(season=season, scope=Scope.PARTICIPANT, method="")
    columns = rows.values_list("enrolment_id", "contacts", "total", "sums", "pk", "rank_class", "rank_overall")
    return [_Headline(*row[:5], places=row[5:]) for row in columns if row[0] not in replaced]


# Places


def _headlines(summaries: Summaries) -> list[_Headline]:
    everything = summaries.matrix[:, 0]
    contacts, totals = everything[:, summaries.layout.contacts], everything[:, summaries.layout.total]
    sums = summaries.sums[:: len(GROUPS)]
    rows = zip(summaries.enrolments.tolist(), contacts.tolist(), totals.tolist(), sums, strict=True)
    return [_Headline(enrolment, int(number), _known(total), own) for enrolment, number, total, own in rows]


def _places(book: _Book, headlines: Iterable[_Headline]) -> dict[int, Places]:
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


def _move(stay: Iterable[_Headline], places: Mapping[int, Places]) -> None:
    """Store the places of participants that others have passed, or fallen behind."""
    moved = []
    for line in stay:
        if line.places != places[line.enrolment]:
            in_class, overall = places[line.enrolment]
            moved.append(ScoreSummary(pk=line.key, rank_class=in_class, rank_overall=overall))
    ScoreSummary.objects.bulk_update(moved, ["rank_class", "rank_overall"])


# Rows


def _write_scores(season: Season, reports: Reports, scores: ReportScores, stored: QuerySet[ResponseScore]) -> None:
    """Store what the reports scored, in place of what is ``stored`` of the same participants.

    A row that says so already stays: a score hardly ever changes, and reading it costs less than writing it anew.
    """
    fresh = _score_records(reports, scores)
    before = _stored_records(stored, fresh.dtype)
    gone, missing = ~_among(before, fresh), ~_among(fresh, before)
    if gone.any():
        ResponseScore.objects.filter(pk__in=before["response_id"][gone].tolist()).delete()
    if missing.any():
        columns = {name: fresh[name][missing] for name in SCORE_COLUMNS}
        copy_arrays(ResponseScore, columns | {"season_id": np.full(missing.sum(), season.pk)})


def _score_records(reports: Reports, scores: ReportScores) -> NDArray[np.void]:
    areas = np.stack([scores.area_points, scores.area_possible], axis=-1).astype("<i4")
    width = areas.itemsize * 2 * areas.shape[1]
    shape = np.dtype([*((name, kind) for name, kind in SCORE_COLUMNS.items() if kind), ("areas", f"V{width}")])
    records = np.zeros(len(reports), shape)
    for name, column in zip(SCORE_COLUMNS, (reports.id, scores.points, scores.possible, scores.score), strict=False):
        records[name] = column
    records["areas"] = np.frombuffer(areas.tobytes(), shape["areas"])
    return records


def _stored_records(stored: QuerySet[ResponseScore], shape: np.dtype[np.void]) -> NDArray[np.void]:
    """Return stored scores in the shape of fresh ones; one of other areas in a way that equals none."""
    rows = list(stored.values_list(*SCORE_COLUMNS))
    records, width = np.zeros(len(rows), shape), shape["areas"].itemsize
    for row, values in enumerate(rows):
        is_whole = len(values[-1]) == width
        records[row] = (*values[:-1], bytes(values[-1])) if is_whole else (values[0], -1, 0, 0.0, bytes(width))
    return records


def _among(these: NDArray[np.void], those: NDArray[np.void]) -> NDArray[np.bool_]:
    """Tell of each of these records whether it is one of those, to the last bit."""
    known = set(_as_bytes(those))
    return np.array([one in known for one in _as_bytes(these)], np.bool_)


def _as_bytes(records: NDArray[np.void]) -> list[bytes]:
    plain: list[bytes] = records.view(f"V{records.dtype.itemsize}").tolist()
    return plain


def _write_summaries(
    book: _Book, summaries: Summaries, places: Mapping[int, Places], classes: _Classes, *, written: Collection[int]
) -> None:
    """Store the rows of these participants, of the classes that are to be ``written``, and of the season."""
    rows = [*_participant_rows(book, summaries, places)]
    averages = average(book.layout, classes.added)
    for row, award_class in enumerate(classes.keys.tolist()):
        if award_class in written:
            sums = [added.astype(STORED).tobytes() for added in classes.added[row]]
            rows += _group_rows(book, averages[row], sums, whose=(str(Scope.CLASS), None, award_class))
    whole = average(book.layout, np.add.reduce(classes.added, axis=0))
    rows += _group_rows(book, whole, [b""] * len(GROUPS), whose=(str(Scope.SEASON), None, None))
    copy_rows(ScoreSummary, SUMMARY_COLUMNS, rows)


def _participant_rows(book: _Book, summaries: Summaries, places: Mapping[int, Places]) -> Iterator[Sequence[Value]]:
    for row, enrolment in enumerate(summaries.enrolments.tolist()):
        sums = summaries.sums[row * len(GROUPS) : (row + 1) * len(GROUPS)]
        whose = (str(Scope.PARTICIPANT), enrolment, None)
        yield from _group_rows(book, summaries.matrix[row], sums, whose=whose, places=places[enrolment])


def _group_rows(
    book: _Book, matrix: Floats, sums: Sequence[bytes], *, whose: tuple[Value, ...], places: Places = UNRANKED
) -> Iterator[Sequence[Value]]:
    """Yield the rows of the groups that have a contact; only that of all methods has places."""
    for method, vector, own in zip(GROUPS, matrix, sums, strict=True):
        if vector[book.layout.contacts] > 0:
            head = (book.season.pk, *whose, method, *_headline(book.layout, vector))
            yield (*head, *(UNRANKED if method else places), vector.astype(STORED).tobytes(), own)


def _headline(layout: Layout, vector: Floats) -> tuple[Value, ...]:
    """Return contacts, answered, total and answered score, as they are stored beside the vector."""
    total, answered_score = float(vector[layout.total]), float(vector[layout.answered_score])
    return int(vector[layout.contacts]), int(vector[layout.answered]), _known(total), _known(answered_score)


def _known(number: float) -> float | None:
    return None if number != number else number  # noqa: PLR0124 -- the one number that differs from itself
