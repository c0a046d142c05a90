"""The web process."""

import os
import threading

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ksp.settings")

application = get_wsgi_application()

from ksp.lib.charts import warm  # noqa: E402 -- its words want the apps to be loaded

threading.Thread(target=warm, name="ksp-charts", daemon=True).start()

if settings.KSP_WORKER_IN_PROCESS:
    from ksp.celery import start_worker_in_process

    start_worker_in_process()
