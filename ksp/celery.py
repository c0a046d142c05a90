"""The task queue, and the worker that runs inside the web process where no Redis is configured."""

import logging
import os
import threading

from celery import Celery
from celery.beat import EmbeddedService

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
    beat = EmbeddedService(app, thread=True, max_interval=5)
    beat.daemon = True
    beat.service.scheduler_cls = "celery.beat:Scheduler"
    beat.start()
    return True


def _work() -> None:
    worker = app.WorkController(pool="solo", concurrency=1, loglevel="WARNING", without_gossip=True, without_mingle=True)
    worker.start()
