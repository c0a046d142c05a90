import numpy as np
import pytest
from django.db import IntegrityError, transaction

from ksp.lib.copying import copy_arrays, copy_rows
from observers.models import PriorContact
from scoring.models import ResponseScore, ScoreSummary
from tests.factories.observers import PriorContactFactory
from tests.factories.participants import EnrolmentFactory, SeasonFactory
from tests.factories.responses import SurveyResponseFactory

pytestmark = pytest.mark.django_db


def summary(season, **fields):
    row = {"season_id": season.pk, "scope": "season", "method": "", "contacts": 1, "answered": 0, "total": None}
    return row | {"vector": b"", "sums": b""} | fields


@pytest.mark.parametrize(
    "fields",
    [
        {"method": "chat", "contacts": 7, "total": 0.1 + 0.2, "rank_class": None},
        {"method": "a\tb\nc\\d\re", "total": -1e-300, "rank_class": 3},
        {"method": "\\N", "total": 1e22},
        {"method": "æøå “–”", "total": float(2**53 + 2)},
        {"vector": bytes(range(256)), "sums": b"\\x00"},
        {"vector": np.array([np.nan, -0.0, 1 / 3], "<f8").tobytes()},
    ],
    ids=["numbers", "tabs and lines", "the mark of nothing", "letters", "bytes", "floats as bytes"],
)
def test_row_is_stored_as_it_was(fields):
    row = summary(SeasonFactory(), **fields)

    copy_rows(ScoreSummary, tuple(row), [tuple(row.values())])

    found = ScoreSummary.objects.values(*row).get()
    plain = {name: bytes(value) if isinstance(value, memoryview) else value for name, value in found.items()}
    assert plain == row


def test_no_rows_are_no_work():
    copy_rows(ScoreSummary, ("season_id", "scope"), [])

    assert not ScoreSummary.objects.exists()


def test_rows_are_stored_all_or_none():
    season = SeasonFactory()
    row = summary(season)

    with pytest.raises(IntegrityError), transaction.atomic():
        copy_rows(ScoreSummary, tuple(row), [tuple((row | {"method": "chat"}).values()), *[tuple(row.values())] * 2])

    assert not ScoreSummary.objects.exists()


def test_text_of_any_shape_survives():
    contact = PriorContactFactory.build(observer=None, participant=None)
    kept = PriorContactFactory()
    columns = ("observer_id", "participant_id", "project", "contacted_on")

    copy_rows(PriorContact, columns, [(kept.observer_id, kept.participant_id, f"{contact.project}\\.\n.", None)])

    assert PriorContact.objects.exclude(pk=kept.pk).get().project == "KSP 2019\\.\n."


def scores(count, **changed):
    season = EnrolmentFactory().season
    columns = {
        "response_id": np.array([SurveyResponseFactory().pk for _ in range(count)], np.int64),
        "season_id": np.full(count, season.pk),
        "points": np.arange(count),
        "possible": np.full(count, 100, np.int32),
        "score": np.linspace(0, 1 / 3, count),
        "areas": np.array([b"\0\1\0", b"\n\t\\", b"\xff\0\0"][:count], "V3"),
    }
    return columns | changed


def test_arrays_are_stored_as_they_were():
    columns = scores(3)

    copy_arrays(ResponseScore, columns)

    found = ResponseScore.objects.order_by("pk").values_list(*columns)
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    assert [(*row[:-1], bytes(row[-1])) for row in found] == list(rows)


def test_numbers_that_are_none_are_stored_as_nothing():
    columns = scores(3, score=np.array([0.5, np.nan, 100.0]))

    copy_arrays(ResponseScore, columns)

    found = ResponseScore.objects.order_by("pk")
    assert list(found.values_list("points", "score")) == [(0, 0.5), (1, None), (2, 100)]
    assert [bytes(row.areas) for row in found] == [b"\0\1\0", b"\n\t\\", b"\xff\0\0"]


def test_arrays_of_nothing_but_unknown_numbers_are_stored():
    copy_arrays(ResponseScore, scores(2, score=np.full(2, np.nan)))

    assert list(ResponseScore.objects.values_list("score", flat=True)) == [None, None]


def test_arrays_are_stored_all_or_none():
    columns = scores(2)
    doubled = {name: np.concatenate([column, column[:1]]) for name, column in columns.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        copy_arrays(ResponseScore, doubled)

    assert not ResponseScore.objects.exists()


def test_arrays_without_rows_are_no_work():
    copy_arrays(ResponseScore, scores(0))

    assert not ResponseScore.objects.exists()
