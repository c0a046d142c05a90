import numpy as np
import pytest
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from ksp.lib.records import UnevenRowsError, can_read_records, read_records
from scoring.models import ResponseScore
from tests.factories.scoring import ResponseScoreFactory

pytestmark = pytest.mark.django_db
SHAPE = np.dtype([("response_id", "<i8"), ("points", "<i4"), ("score", "<f8"), ("areas", "V4")])


def rows():
    scores = ResponseScore.objects.annotate(known=Coalesce("score", Value(np.nan)), all_areas=F("areas"))
    return scores.order_by("pk").values_list("response_id", "points", "known", "all_areas")


def test_only_postgresql_writes_rows_as_they_are_read():
    assert can_read_records() == (connection.vendor == "postgresql")


@pytest.mark.postgres
def test_rows_are_read_to_the_last_bit():
    first = ResponseScoreFactory(points=7, score=0.1 + 0.2, areas=b"\x00\xffab")
    second = ResponseScoreFactory(points=-0, score=None, areas=b"1234")

    found = read_records(rows(), SHAPE)

    assert found["response_id"].tolist() == [first.pk, second.pk]
    assert found["points"].tolist() == [7, 0]
    assert found["score"][0] == 0.1 + 0.2
    assert np.isnan(found["score"][1])
    assert found["areas"].tolist() == [b"\x00\xffab", b"1234"]


@pytest.mark.postgres
def test_no_rows_are_an_empty_array():
    assert read_records(rows(), SHAPE).shape == (0,)


@pytest.mark.postgres
@pytest.mark.parametrize("widths", [(3,), (4, 3), (3, 5), (40,)], ids=str)
def test_rows_of_another_width_are_refused(widths):
    for width in widths:
        ResponseScoreFactory(areas=bytes(width))

    with pytest.raises(UnevenRowsError):
        read_records(rows(), SHAPE)


@pytest.mark.postgres
def test_missing_value_is_refused():
    ResponseScoreFactory(score=None, areas=b"1234")
    missing = ResponseScore.objects.order_by("pk").values_list("response_id", "points", "score", "areas")

    with pytest.raises(UnevenRowsError):
        read_records(missing, SHAPE)
