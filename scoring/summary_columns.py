"""The participants' summaries of a whole season by column, for a database that takes in columns at once."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ksp.lib.copying import Columns
from scoring.computing import Book, Places
from scoring.engine.battery import Floats, Ints
from scoring.engine.layout import STORED
from scoring.engine.measures import GROUPS
from scoring.engine.summaries import Summaries
from scoring.models import Scope

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


def _numbers(summaries: Summaries, rows: Ints, group: int) -> dict[str, Floats]:
    layout, matrix = summaries.layout, summaries.matrix
    places = {name: getattr(layout, name) for name in ("contacts", "answered", "total", "answered_score")}
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
