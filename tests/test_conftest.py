"""The means that other tests rely on."""

import pytest
from django.db import connection, transaction


@pytest.mark.django_db
def test_count_queries_leaves_savepoints_out(count_queries):
    with count_queries() as queries, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")

    assert queries == ["SELECT 1"]


@pytest.mark.django_db
def test_count_queries_refuses_another_number(count_queries):
    with pytest.raises(AssertionError, match="1 queries instead of 2"), count_queries(2), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
