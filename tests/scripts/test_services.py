"""The private PostgreSQL and Redis: they start, are found again, and end without a trace."""

import os
import subprocess

import psycopg2
import pytest
import redis

from scripts import packages, services


@pytest.mark.postgres
def test_services_start_once_and_end_without_a_trace(tmp_path):
    folder = tmp_path / "services"

    started = services.start(folder, durable=False)
    try:
        again = services.start(folder, durable=False)
        with psycopg2.connect(started.database_url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT current_database()")
            database = cursor.fetchone()
        connection.close()
        broker = redis.Redis.from_url(started.redis_url)
        answered = broker.ping()
        broker.close()
    finally:
        services.stop_all(folder, forget=True)

    assert (again, database, answered) == (started, ("ksp",), True)
    assert not folder.exists()
    assert not os.path.exists(started.cluster)  # noqa: PTH110 -- a text is what is stored
    assert not services._is_redis(started.redis_pid)


def test_stop_leaves_alone_a_process_that_got_the_number_later():
    with subprocess.Popen(["sleep", "30"]) as other:
        is_redis = services._is_redis(other.pid)
        other.kill()

    assert is_redis is False


def test_stop_says_that_nothing_runs(tmp_path):
    assert services.stop_all(tmp_path) is False


def test_missing_packages_stop_with_their_names(monkeypatch, capsys):
    monkeypatch.setattr(packages, "can_install", lambda: False)

    with pytest.raises(SystemExit):
        packages.install(["gettext", "chromium"])

    assert capsys.readouterr().err == (
        "ksp: install these first: gettext chromium (Debian: sudo apt-get install gettext chromium)\n"
    )
