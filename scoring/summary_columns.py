"""The participants' summaries of a whole season by column, for a database that takes in columns at once."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import md5

import numpy as np
from django.db.models import BigIntegerField, Case, F, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce
from numpy.typing import NDArray

from ksp.lib.copying import Columns
from ksp.lib.records import read_records
from scoring.computing import Book, Places
from scoring.engine.battery import Floats, Ints
from scoring.engine.layout import STORED
from scoring.engine.measures import GROUPS
from scoring.engine.summaries import Summaries
from scoring.models import Scope, ScoreSummary

HEADLINE = ("contacts", "answered", "total", "answered_score")
# What is compared of a row: its owner and method, its headline and places (0 for none), and the rest as a digest.
SAID = (
    ("key", "<i8"),
    ("contacts", "<i4"),
    ("answered", "<i4"),
    ("total", "<f8"),
    ("answered_score", "<f8"),
    ("rank_class", "<i4"),
    ("rank_overall", "<i4"),
    ("digest", "V16"),
)
# What may be null in a row, in the order of the bits that say so.
NULLABLE = ("total", "answered_score", "rank_class", "rank_overall")


def participant_columns(
    book: Book, summaries: Summaries, places: Mapping[int, Places]
) -> Iterator[tuple[int, Columns]]:
    """Yield the rows that ``participant_rows`` yields, by column: as many at once as have the same nulls and widths."""
    ranks = np.array([places[key] for key in summaries.enrolments.tolist()], np.float64).reshape(-1, 2)
    for group, method in enumerate(GROUPS):
        rows = np.flatnonzero(summaries.matrix[:, group, summaries.layout.contacts] > 0)
        sums = [summaries.sums[row * len(GROUPS) + group] for row in rows.tolist()]
        numbers = _numbers(summaries, rows, group)
        if not method:
            numbers |= {"rank_class": ranks[rows, 0], "rank_overall": ranks[rows, 1]}
        for part, missing in _alike(numbers, sums):
            yield (
                len(part),
                {
                    "season_id": np.full(len(part), book.season.pk),
                    "scope": str(Scope.PARTICIPANT).encode(),
                    "enrolment_id": summaries.enrolments[rows[part]],
                    "award_class_id": None,
                    "method": method.encode(),
                    **{name: column[part] for name, column in numbers.items() if name not in missing},
                    **dict.fromkeys(missing),
                    "vector": _as_bytes(summaries.matrix[rows[part], group]),
                    "sums": _joined([sums[row] for row in part.tolist()]),
                },
            )


def only(columns: Columns, rows: NDArray[np.bool_]) -> tuple[int, Columns]:
    """Return the block with these of its rows alone."""
    kept = {name: column[rows] if isinstance(column, np.ndarray) else column for name, column in columns.items()}
    return int(rows.sum()), kept


def digests_of(size: int, columns: Columns) -> NDArray[np.void]:
    """Return what the rows of a block say, each in few bytes: its headline, and a digest of vector and sums."""
    found = np.zeros(size, np.dtype(list(SAID)))
    method = columns["method"]
    place = GROUPS.index(method.decode()) if isinstance(method, bytes) else 0
    found["key"] = np.asarray(columns["enrolment_id"]) * len(GROUPS) + place
    for name in (*HEADLINE, "rank_class", "rank_overall"):
        nothing = np.nan if name in {"total", "answered_score"} else 0
        found[name] = nothing if columns[name] is None else columns[name]
    sums = columns["sums"]
    parts = [sums] * size if isinstance(sums, bytes) else np.asarray(sums).tolist()
    vectors = np.asarray(columns["vector"]).tolist()
    digests = [md5(b"".join(pair), usedforsecurity=False).digest() for pair in zip(vectors, parts, strict=True)]
    found["digest"] = np.frombuffer(b"".join(digests), "V16")
    return found


def stored_digests(stored: QuerySet[ScoreSummary]) -> NDArray[np.void]:
    """Return what the stored summaries of participants say in the same way, with their ``id``, by their keys."""
    places = Case(*[When(method=method, then=place) for place, method in enumerate(GROUPS)])
    rows = stored.annotate(
        key=Cast(F("enrolment_id") * len(GROUPS) + places, BigIntegerField()),
        known_total=Coalesce("total", Value(np.nan)),
        known_answered=Coalesce("answered_score", Value(np.nan)),
        known_class=Coalesce("rank_class", 0),
        known_overall=Coalesce("rank_overall", 0),
        digest=RawSQL("decode(md5(vector || sums), 'hex')", ()),
    )
    known = ("known_total", "known_answered", "known_class", "known_overall")
    columns = rows.order_by().values_list("pk", "key", "contacts", "answered", *known, "digest")
    found = read_records(columns, np.dtype([("id", "<i8"), *SAID]))
    return found[np.argsort(found["key"])]


def _numbers(summaries: Summaries, rows: Ints, group: int) -> dict[str, Floats]:
    layout, matrix = summaries.layout, summaries.matrix
    places = {name: getattr(layout, name) for name in HEADLINE}
    nothing = np.full(len(rows), np.nan)
    found = {name: matrix[rows, group, place] for name, place in places.items()}
    return {**found, "rank_class": nothing, "rank_overall": nothing}


def _alike(numbers: Mapping[str, Floats], sums: Sequence[bytes]) -> Iterator[tuple[Ints, tuple[str, ...]]]:
    """Yield rows whose sums have one length and that have the same nulls, with the names of these."""
    keys = np.array([len(own) for own in sums], np.int64) << len(NULLABLE)
    for bit, name in enumerate(NULLABLE):
        keys |= np.isnan(numbers[name]).astype(np.int64) << bit
    for key in np.unique(keys).tolist():
        missing = tuple(name for bit, name in enumerate(NULLABLE) if key >> bit & 1)
        yield np.flatnonzero(keys == key), missing


def _as_bytes(vectors: Floats) -> NDArray[np.void]:
    stored = np.ascontiguousarray(vectors, STORED)
    return stored.view(f"V{stored.shape[1] * STORED.itemsize}")[:, 0]


def _joined(parts: Sequence[bytes]) -> NDArray[np.void] | bytes:
    if not parts[0]:
        return b""
    return np.frombuffer(b"".join(parts), f"V{len(parts[0])}")
