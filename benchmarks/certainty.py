"""All statistics of a season from the database, and the crossed model of its observers alone."""

import statistics
import time
from collections.abc import Callable

import numpy as np

from participants.models import Season
from scoring.season_statistics import compute_statistics, season_contacts
from scoring.statistics.crossed import fit_crossed

ROUNDS = 5


def measure_statistics(season: Season) -> dict[str, float]:
    """Return the seconds of everything that is computed and stored of a season, and of the severities."""
    contacts = season_contacts(season)
    observer = np.unique(contacts.observer, return_inverse=True)[1]
    return {
        "reports": len(contacts.reports),
        "all_s": _median(lambda: compute_statistics(season)),
        "severity_s": _median(lambda: fit_crossed(contacts.participant, observer, contacts.scores.score)),
    }


def _median(work: Callable[[], object]) -> float:
    return statistics.median(_seconds(work) for _ in range(ROUNDS))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
