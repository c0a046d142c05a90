"""Wakes a worker up, and never lets a broker that is away stop the person who works."""

import logging

from celery import Task
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def wake(task: "Task[[], object]") -> None:
    """Ask a worker to look at its outbox; what is owed stays owed if nobody hears it."""
    try:
        task.apply_async(retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning("No worker could be woken for %s: %s", task.name, error)
