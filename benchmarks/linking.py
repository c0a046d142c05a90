"""Compares seasons whose questionnaires differ, to see whether the comparable change finds what truly changed."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring.engine.battery import METHODS, Battery, Floats, OptionSpec, QuestionSpec
from scoring.engine.reports import Reports
from scoring.statistics.intervals import Contrast
from scoring.statistics.linking import Linked, LinkedChange, Season, link, mean_change, participant_changes

PARTICIPANTS, CONTACTS, OBSERVERS, CLASSES = 188, 25, 100, 23
COMMON, REPLACED = 36, 2
SEASONS = 60
NOT_APPLICABLE, UNANSWERED = 0.04, 0.03
# On the logit scale: participants, their change, the season's change, agents and role-plays, observers' severity.
LEVELS, CHANGES, WHOLE, DAYS, SEVERITY = 0.45, 0.25, 0.05, 0.8, 0.35
# Points of the questions that are replaced, and what stands for hard and easy ones.
HEAVY, HARD, EASY = 3, (0.6, 0.9), (-3.2, -2.8)
MOST_BIAS, COVERAGE = 0.3, (93.0, 97.0)
STEPS = (1.0, 0.5, 0.0)


@dataclass(frozen=True)
class Questionnaire:
    """Questions with their difficulty on the logit scale and their points."""

    codes: tuple[str, ...]
    difficulty: Floats
    points: Floats

    def battery(self) -> Battery:
        """The same as the engine takes it: yes, partly, no, not applicable."""
        questions = [
            QuestionSpec(
                code, "agent", "scored", METHODS[:1], [*_options(int(points)), OptionSpec(not_applicable=True)]
            )
            for code, points in zip(self.codes, self.points, strict=True)
        ]
        return Battery.build(areas=["agent"], questions=questions)

    def expected(self, level: Floats) -> Floats:
        """The total (0-100) of centres on these levels in infinitely many contacts."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(31)
        levels = level[:, None] + nodes * np.hypot(DAYS, SEVERITY)
        share = (_chance(levels[..., None] - self.difficulty) @ self.points) / self.points.sum()
        mean: Floats = share @ (weights / weights.sum())
        return 100 * (1 - UNANSWERED) * mean


def simulate(*, seasons: int = SEASONS, seed: int = 22) -> dict[str, float]:
    """Two hard questions give way to two easy ones, while participants keep their level but for a true change.

    The truth is how each participant's total would have changed under the old questionnaire. Bias and error are in
    points, coverage in per cent of intervals.
    """
    rng = np.random.default_rng(seed)
    errors: dict[str, list[float]] = {"comparable": [], "raw": []}
    hits: dict[str, list[bool]] = {"comparable": [], "raw": [], "season": [], "class": []}
    left_out = 0
    for _ in range(seasons):
        linked, truth = _pair(rng)
        left_out += len(linked.left_out)
        for change, true in zip(participant_changes(linked), truth.tolist(), strict=True):
            if change is not None:
                _tell("comparable", change.comparable, true, (errors, hits))
                _tell("raw", change.total, true, (errors, hits))
        hits["season"].append(_covered(mean_change(linked, np.arange(PARTICIPANTS)), float(truth.mean())))
        for group in range(CLASSES):
            members = np.arange(group, PARTICIPANTS, CLASSES)
            hits["class"].append(_covered(mean_change(linked, members), float(truth[members].mean())))
    figures = {f"{name}_bias": float(np.mean(values)) for name, values in errors.items()}
    figures |= {f"{name}_rmse": float(np.sqrt(np.mean(np.square(values)))) for name, values in errors.items()}
    figures |= {f"{name}_coverage": 100 * float(np.mean(values)) for name, values in hits.items()}
    return figures | {"left_out": left_out / seasons, "intervals": float(len(hits["comparable"]))}


def show(figures: Mapping[str, float]) -> None:
    """Print the figures beside their goals."""
    print(f"{int(figures['intervals'])} changes of a participant    bias    RMSE   coverage")
    for name in ("comparable", "raw"):
        row = [figures[f"{name}_{what}"] for what in ("bias", "rmse", "coverage")]
        print(f"{name:30}{row[0]:8.2f}{row[1]:8.2f}{row[2]:9.1f} %")
    print(f"{'goal':30}{'±0.30':>8}{'':8}{'93–97 %':>11}")
    print(
        f"means of a class covered {figures['class_coverage']:.1f} %, of the season {figures['season_coverage']:.1f} %"
    )
    print(f"common questions left out in a season: {figures['left_out']:.2f} of {COMMON}")


def met(figures: Mapping[str, float]) -> bool:
    """Tell whether bias and coverage are where they should be."""
    low, high = COVERAGE
    return abs(figures["comparable_bias"]) <= MOST_BIAS and low <= figures["comparable_coverage"] <= high


def _tell(name: str, found: Contrast, true: float, books: tuple[dict[str, list[float]], dict[str, list[bool]]]) -> None:
    errors, hits = books
    errors[name].append(found.value - true)
    hits[name].append(found.low <= true <= found.high)


def _covered(change: LinkedChange | None, true: float) -> bool:
    return change is not None and change.comparable.low <= true <= change.comparable.high


def _pair(rng: np.random.Generator) -> tuple[Linked, Floats]:
    """Two seasons of the same participants, and their true changes."""
    old, new = _questionnaires(rng)
    level = 1.6 + rng.normal(0, LEVELS, PARTICIPANTS)
    later = level + rng.normal(0, WHOLE) + rng.normal(0, CHANGES, PARTICIPANTS)
    severity = rng.normal(0, SEVERITY, OBSERVERS)
    before, after = _season(rng, old, level, severity), _season(rng, new, later, severity)
    common = [code for code in old.codes if code in new.codes]
    return link(before, after, common, participants=PARTICIPANTS), old.expected(later) - old.expected(level)


def _questionnaires(rng: np.random.Generator) -> tuple[Questionnaire, Questionnaire]:
    codes = [f"q{number}" for number in range(COMMON)]
    difficulty, points = rng.normal(-0.4, 1.0, COMMON), rng.integers(1, 5, COMMON).astype(np.float64)
    heavy = np.full(REPLACED, float(HEAVY))
    hard, easy = (
        Questionnaire(
            (*codes, *(f"{name}{number}" for number in range(REPLACED))),
            np.concatenate([difficulty, 1.6 + rng.uniform(*bounds, REPLACED)]),
            np.concatenate([points, heavy]),
        )
        for name, bounds in (("hard", HARD), ("easy", EASY))
    )
    return hard, easy


def _season(rng: np.random.Generator, asked: Questionnaire, level: Floats, severity: Floats) -> Season:
    participant = np.repeat(np.arange(PARTICIPANTS), CONTACTS)
    observer = np.concatenate([rng.choice(OBSERVERS, CONTACTS, replace=False) for _ in range(PARTICIPANTS)])
    n = len(participant)
    day = level[participant] + severity[observer] + rng.normal(0, DAYS, n)
    full = rng.random((n, len(asked.codes)))
    chance = _chance(day[:, None] - asked.difficulty)
    # Full points, or half of them: together as many as the chance says.
    half = chance * (1 - chance)
    answers = np.where(full < chance - half / 2, 0, np.where(full < chance + half / 2, 1, 2))
    answers[rng.random(answers.shape) < NOT_APPLICABLE] = 3
    answered = rng.random(n) >= UNANSWERED
    answers[~answered] = -1
    reports = Reports(
        id=np.arange(n),
        enrolment=participant,
        method=np.zeros(n, np.int8),
        week=np.full(n, 202148, np.int32),
        answered=answered,
        answers=answers.astype(np.int16),
    )
    return Season(asked.battery(), reports, participant, observer)


def _chance(logits: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-logits))
    return chance


def _options(points: int) -> list[OptionSpec]:
    return [OptionSpec(round(2 * points * step)) for step in STEPS]


if __name__ == "__main__":
    measured = simulate()
    show(measured)
    sys.exit(not met(measured))
