"""The task queue, and the worker that runs inside the web process where no Redis is configured."""

import logging
import os
import threading
from typing import Any

from celery import Celery
from celery.beat import Scheduler, Service

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ksp.settings")

app = Celery("ksp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

logger = logging.getLogger(__name__)
_started = threading.Lock()


def start_worker_in_process() -> bool:
    """Start one worker and one scheduler as threads of this process; tell whether this call did it."""
    if not _started.acquire(blocking=False):
        return False
    app.finalize()
    threading.Thread(target=_work, name="ksp-worker", daemon=True).start()
    threading.Thread(target=_schedule, name="ksp-beat", daemon=True).start()
    return True


def _schedule() -> None:
    Service(app, max_interval=5, scheduler_cls=Scheduler).start(embedded_process=False)


def _work() -> None:
    quiet: dict[str, Any] = {"loglevel": "WARNING", "without_gossip": True, "without_mingle": True}
    app.WorkController(pool="solo", concurrency=1, **quiet).start()
