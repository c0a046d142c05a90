"""How well an observer works: the grade of a report, and the internal score on 0–100."""

from collections.abc import Mapping, Sequence

ASPECTS = ("content", "instructions", "language", "punctuality")
BEST = 4


def internal_score(grades: Sequence[Mapping[str, int]], *, weights: Mapping[str, int]) -> float | None:
    """Return the weighted mean of the grades on 0–100, none without grades.

    Each grade has 0–4 on content, instructions, language and punctuality; the weights are shares of their sum.
    """
    if not grades:
        return None
    whole = sum(weights[aspect] for aspect in ASPECTS) * BEST
    points = sum(weights[aspect] * grade[aspect] for grade in grades for aspect in ASPECTS)
    return 100 * points / (whole * len(grades))


def suggested_punctuality(working_days_late: int) -> int:
    """Return the grade for delivering that many working days late: the best on the same day, one less for each."""
    return max(BEST - working_days_late, 0)
