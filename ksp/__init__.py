"""The project: settings, addresses, the task queue."""

from ksp.celery import app as celery_app

__all__ = ["celery_app"]
