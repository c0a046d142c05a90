"""Writes the scores that follow from approved reports, all of a season or those that changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from django.db.models import BinaryField, Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Length
from numpy.lib.recfunctions import repack_fields
from numpy.typing import NDArray

from ksp.lib.copying import copy_arrays, copy_columns, copy_rows
from ksp.lib.records import can_read_records, read_records
from participants.models import Season
from scoring.computing import (
    SCORE_COLUMNS,
    SUMMARY_COLUMNS,
    Book,
    Classes,
    ComputedSeason,
    Headline,
    Places,
    compute_season,
    headlines,
    places_of,
    score_records,
    summary_rows,
)
from scoring.engine.battery import Floats, Ints, Stored
from scoring.engine.layout import STORED
from scoring.engine.measures import GROUPS
from scoring.engine.summaries import Summaries, add_up_by
from scoring.models import ResponseScore, Scope, ScoreSummary
from scoring.summary_columns import digests_of, only, participant_columns, stored_digests

GROUP_OF = {method: group for group, method in enumerate(GROUPS)}


def write_season(season: Season) -> int:
    """Replace every stored score of the season; return how many reports count."""
    computed = compute_season(season)
    _write_scores(season, computed.records(), ResponseScore.objects.filter(season=season), whole_season=True)
    stored = ScoreSummary.objects.filter(season=season)
    if can_read_records():
        _write_by_column(computed, stored)
    else:
        stored.delete()
        copy_rows(ScoreSummary, SUMMARY_COLUMNS, computed.rows)
    return len(computed.reports)


def _write_by_column(computed: ComputedSeason, stored: QuerySet[ScoreSummary]) -> None:
    """Store the summaries in place of those that are; a participant's that says so already stays."""
    blocks = list(participant_columns(computed.book, computed.participants, computed.places))
    before = stored_digests(stored.filter(scope=Scope.PARTICIPANT))
    fresh = [digests_of(size, columns) for size, columns in blocks] if len(before) else []
    gone = ~_among(before, np.sort(np.concatenate(fresh), order="key")) if fresh else np.ones(len(before), np.bool_)
    stored.exclude(scope=Scope.PARTICIPANT).delete()
    if gone.any():
        stored.filter(pk__in=before["id"][gone].tolist()).delete()
    if fresh:
        blocks = [only(columns, ~_among(own, before)) for own, (_, columns) in zip(fresh, blocks, strict=True)]
    changed = [block for block in blocks if block[0]]
    if changed:
        copy_columns(ScoreSummary, SUMMARY_COLUMNS, changed)
    copy_rows(ScoreSummary, SUMMARY_COLUMNS, computed.group_rows)


def write_enrolments(season: Season, enrolments: Collection[int]) -> None:
    """Replace the scores of these participants, their classes and the season; move ranks that changed."""
    book = Book.of(season)
    reports, scores, summaries = book.computed(enrolments)
    touched = {book.class_of[key] for key in enrolments}
    classes = _classes(book, summaries, replaced=enrolments, touched=touched)
    stay = _stored_headlines(season, replaced=enrolments)
    places = places_of(book, [*stay, *headlines(summaries)])
    _write_scores(
        season, score_records(reports, scores), ResponseScore.objects.filter(response__enrolment__in=enrolments)
    )
    gone = Q(scope=Scope.PARTICIPANT, enrolment__in=enrolments) | Q(scope=Scope.CLASS, award_class__in=touched)
    ScoreSummary.objects.filter(gone | Q(scope=Scope.SEASON, season=season)).delete()
    copy_rows(ScoreSummary, SUMMARY_COLUMNS, summary_rows(book, summaries, places, classes, written=touched))
    _move(stay, places)


# What stays as it is stored


def _classes(book: Book, fresh: Summaries, *, replaced: Collection[int], touched: Collection[int]) -> Classes:
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
    return Classes(np.concatenate([found, others])[order], np.concatenate([added, kept])[order])


def _with_classmates(
    book: Book, fresh: Summaries, *, replaced: Collection[int], touched: Collection[int]
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


def _stored_headlines(season: Season, *, replaced: Collection[int]) -> list[Headline]:
    rows = ScoreSummary.objects.filter(season=season, scope=Scope.PARTICIPANT, method="")
    columns = rows.values_list("enrolment_id", "contacts", "total", "sums", "pk", "rank_class", "rank_overall")
    return [Headline(*row[:5], places=row[5:]) for row in columns if row[0] not in replaced]


def _move(stay: Iterable[Headline], places: Mapping[int, Places]) -> None:
    """Store the places of participants that others have passed, or fallen behind."""
    moved = []
    for line in stay:
        if line.places != places[line.enrolment]:
            in_class, overall = places[line.enrolment]
            moved.append(ScoreSummary(pk=line.key, rank_class=in_class, rank_overall=overall))
    ScoreSummary.objects.bulk_update(moved, ["rank_class", "rank_overall"])


# Rows


def _write_scores(
    season: Season, fresh: NDArray[np.void], stored: QuerySet[ResponseScore], *, whole_season: bool = False
) -> None:
    """Store what the reports scored, in place of what is ``stored`` of the same participants.

    A row that says so already stays: a score hardly ever changes, and reading it costs less than writing it anew.
    """
    at_once = whole_season and can_read_records()
    before = _records_at_once(stored, fresh.dtype) if at_once else stored_records(stored, fresh.dtype)
    gone, missing = ~_among(before, fresh), ~_among(fresh, before)
    if gone.any():
        ResponseScore.objects.filter(pk__in=before["response_id"][gone].tolist()).delete()
    if missing.any():
        columns = {name: fresh[name][missing] for name in SCORE_COLUMNS}
        copy_arrays(ResponseScore, columns | {"season_id": np.full(missing.sum(), season.pk)})


def stored_records(stored: QuerySet[ResponseScore], shape: np.dtype[np.void]) -> NDArray[np.void]:
    """Return stored scores in the shape of fresh ones, in the order of the reports.

    One of other areas is told in a way that equals none.
    """
    rows = list(stored.order_by("pk").values_list(*SCORE_COLUMNS))
    records, width = np.zeros(len(rows), shape), shape["areas"].itemsize
    for row, values in enumerate(rows):
        is_whole = len(values[-1]) == width
        records[row] = (*values[:-1], bytes(values[-1])) if is_whole else (values[0], -1, 0, 0.0, bytes(width))
    return records


def _records_at_once(stored: QuerySet[ResponseScore], shape: np.dtype[np.void]) -> NDArray[np.void]:
    """Return the same of a whole season in a tenth of the time."""
    width = shape["areas"].itemsize
    nothing = Value(bytes(width), output_field=BinaryField())
    is_whole = Q(width=width)
    rows = stored.annotate(width=Length("areas")).annotate(
        whole_points=Case(When(is_whole, then="points"), default=-1, output_field=IntegerField()),
        whole_score=Coalesce("score", Value(np.nan)),
        whole_areas=Case(When(is_whole, then="areas"), default=nothing, output_field=BinaryField()),
    )
    names = ("response_id", "whole_points", "possible", "whole_score", "whole_areas")
    found = read_records(rows.order_by().values_list(*names), shape)
    return found[np.argsort(found["response_id"])]


def _among(these: NDArray[np.void], those: NDArray[np.void]) -> NDArray[np.bool_]:
    """Tell of each of these records whether it is one of those, to the last bit; those in the order of their keys."""
    key = "key" if "key" in (these.dtype.names or ()) else "response_id"
    place = np.searchsorted(those[key], these[key])
    there = place < len(those)
    same: NDArray[np.bool_] = np.zeros(len(these), np.bool_)
    same[there] = (_as_bytes(these[there]) == _as_bytes(those[place[there]])).all(axis=1)
    return same


def _as_bytes(records: NDArray[np.void]) -> NDArray[np.uint8]:
    """Return the records as rows of bytes; the key that a database gave them, ``id``, is no part of what they say."""
    names = [name for name in records.dtype.names or () if name != "id"]
    records = repack_fields(records[names]) if len(names) < len(records.dtype.names or ()) else records
    return np.ascontiguousarray(records).view(np.uint8).reshape(len(records), records.dtype.itemsize)
