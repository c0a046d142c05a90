"""Reads rows of numbers and bytes as one array, in the way that PostgreSQL writes them fastest."""

import io
from typing import Any

import numpy as np
from django.db import connection, models
from numpy.typing import NDArray

# On the wire: a head, then each row as the number of its values and each value behind its length, then a last number.
_HEAD, _TAIL = 19, 2


class UnevenRowsError(ValueError):
    """A value is missing, or has another length than the shape says."""


def can_read_records() -> bool:
    """Whether the database in use writes rows as ``read_records`` reads them."""
    return connection.vendor == "postgresql"


def read_records(rows: "models.QuerySet[Any, Any]", shape: np.dtype[np.void]) -> NDArray[np.void]:
    """Return the queryset's values as an array of that shape, or refuse rows that do not have it.

    The values are those of ``values_list``, in order, of the names in ``shape``; integers and floats must have the
    width that the database gives them (cast them), bytes the length of the shape.
    """
    wire = _wire(shape)
    data = _copied(rows)
    count, rest = divmod(len(data) - _HEAD - _TAIL, wire.itemsize)
    found = np.frombuffer(data, wire, count=count, offset=_HEAD) if not rest else np.zeros(0, wire)
    if rest or not _is_even(found, shape):
        raise UnevenRowsError
    records = np.zeros(count, shape)
    for name in shape.names or ():
        records[name] = found[name]
    return records


def _wire(shape: np.dtype[np.void]) -> np.dtype[np.void]:
    fields: list[tuple[str, str]] = [("values", ">i2")]
    for name in shape.names or ():
        fields += [(f"{name} length", ">i4"), (name, shape[name].newbyteorder(">").str)]
    return np.dtype(fields)


def _is_even(found: NDArray[np.void], shape: np.dtype[np.void]) -> bool:
    names = shape.names or ()
    lengths = (bool((found[f"{name} length"] == shape[name].itemsize).all()) for name in names)
    return bool((found["values"] == len(names)).all()) and all(lengths)


def _copied(rows: "models.QuerySet[Any, Any]") -> memoryview:
    sql, parameters = rows.query.sql_with_params()
    target = io.BytesIO()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        statement = cursor.mogrify(sql, parameters).decode()
        cursor.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT binary)", target)
    return target.getbuffer()
