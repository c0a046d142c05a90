"""Measurements: the application beside a floor of bare views, scoring beside a loop, methods beside the truth."""

import os

# As in the application: small matrices, one thread; said before NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
