"""The project: settings, addresses, the task queue."""

import os

# The matrices are small: several threads would wait for each other longer than they work, a hundredfold on a busy
# machine. It must be said before NumPy is loaded.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from ksp.celery import app as celery_app  # noqa: E402 -- after the word on threads

__all__ = ["celery_app"]
