"""A Celery worker of its own, on the database and the broker of the test that asks for it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings
from django.db import connection

from ksp.celery import app

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 20


def environment(folder, **changed):
    own = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEBUG", "EMAIL_URL", "COVERAGE_PROCESS_START"}
    inherited = {name: value for name, value in os.environ.items() if name not in own}
    return inherited | {"KSP_DEMO": "1", "KSP_DATA_DIR": str(folder)} | changed


def within(seconds, holds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def start_worker(tmp_path):
    """Give a way to start a worker on the database and the broker of this test; it answers once this returns."""
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    started = []
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()

    def start():
        name = f"worker{len(started)}@here"
        command = [sys.executable, "-m", "celery", "--app", "ksp", "worker", "--loglevel", "WARNING"]
        process = subprocess.Popen(
            [*command, "--concurrency", "1", "--hostname", name],
            cwd=ROOT,
            env=environment(tmp_path, DATABASE_URL=address, REDIS_URL=settings.REDIS_URL),
            start_new_session=True,
        )
        started.append(process)
        assert within(SECONDS, lambda: app.control.ping([name], timeout=1)), "the worker does not answer"
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
        process.wait(SECONDS)
    redis.Redis.from_url(settings.REDIS_URL).flushdb()


def kill(process):
    """Kill a worker with all its children, as if the power had gone."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(SECONDS)
