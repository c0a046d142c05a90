"""Wakes a worker up, and never lets a broker that is away stop the person who works."""

import logging
import time

from celery import Task
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# After a broker has failed it is left alone for so long: the scheduler wakes the worker anyway.
REST_SECONDS = 20.0
_rests_until: dict[str, float] = {}


def wake(task: "Task[[], object]") -> None:
    """Ask a worker to look at its outbox; what is owed stays owed if nobody hears it."""
    broker = str(task.app.conf.broker_url)
    if time.monotonic() < _rests_until.get(broker, 0.0):
        return
    try:
        task.apply_async(retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        _rests_until[broker] = time.monotonic() + REST_SECONDS
        logger.warning("No worker could be woken for %s: %s", task.name, error)
