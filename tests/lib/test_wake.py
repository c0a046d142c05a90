import logging
import socket
import time

import pytest
from celery import Celery
from django.conf import settings

from ksp.lib import wake as module
from ksp.lib.wake import wake
from scripts.services import free_port

# What the settings say of Redis, whatever this run is on.
OPTIONS = {"max_retries": 0, "interval_start": 0, "socket_connect_timeout": 1, "socket_timeout": 0.5}


def task_of(broker):
    app = Celery("apart", broker=broker, set_as_current=False)
    app.conf.broker_transport_options = OPTIONS

    @app.task(name="look")
    def look():
        raise AssertionError

    return app, look


def said(caplog):
    return [record.getMessage().partition(": ")[0] for record in caplog.records]


@pytest.fixture
def silent_port():
    """Give a port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("broker", ["away", "unknown", "silent"])
def test_broker_that_does_not_answer_stops_nobody(broker, silent_port, caplog):
    address = {"away": f"127.0.0.1:{free_port()}", "unknown": "none.invalid:1", "silent": f"127.0.0.1:{silent_port}"}
    app, look = task_of(f"redis://{address[broker]}/0")
    began = time.monotonic()

    with caplog.at_level(logging.WARNING), app:
        wake(look)

    assert said(caplog) == ["No worker could be woken for look"]
    assert time.monotonic() - began < 3


def test_broker_that_failed_is_left_alone_for_a_while(caplog, monkeypatch):
    app, look = task_of(f"redis://127.0.0.1:{free_port()}/0")

    with caplog.at_level(logging.WARNING), app:
        wake(look)
        wake(look)
        tried_once = said(caplog)
        monkeypatch.setitem(module._rests_until, app.conf.broker_url, time.monotonic())
        wake(look)

    assert len(tried_once) == 1
    assert len(said(caplog)) == 2


@pytest.mark.skipif(not settings.REDIS_URL, reason="needs Redis")
def test_site_waits_seconds_at_most_for_its_broker():
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS

    assert options["max_retries"] == 0
    assert options["socket_timeout"] + options["socket_connect_timeout"] <= 4


def test_worker_that_hears_it_gets_one_message_without_arguments():
    app, look = task_of("memory://heard/")

    with app, app.connection_for_read() as connection:
        wake(look)
        message = connection.SimpleQueue("celery").get(block=False)

    assert (message.headers["task"], message.payload[:2]) == ("look", [[], {}])
