"""Seasons that are made up, so that the truth behind every number is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from scoring.engine.battery import Floats, Ints

CLASS_SIZES = (4, 4, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 8, 8, 8, 8, 9, 9, 10, 11, 12, 18, 19)
PARTICIPANTS, CONTACTS, OBSERVERS = sum(CLASS_SIZES), 25, 100
# On the logit scale: between classes, between participants of a class, between the agents of a participant.
CLASS_SPREAD, SPREAD, AGENT_SPREAD = 0.3, 0.45, 0.8
LEVEL = 1.0
# Points and difficulty (logit; higher is harder) of each performance: waiting, welcome, agent, total impression.
POINTS = (5, *(4,) * 5, *(4,) * 11, 3, 3, 8, 7, 5, 5)
DIFFICULTY = (
    *(-0.6,),
    *(-1.9, -0.7, -0.2, -1.6, -1.2),
    *(-0.4, -1.3, -0.8, -0.3, -2.2, -1.7, -1.1, -0.6, -0.9, 0.1, 0.9, -1.5, -0.1),
    *(-1.0, -0.8, -0.6, -1.4),
)
# A performance with more steps than yes and no: its steps lie this far apart.
STEPS = {0: 5, 19: 5, 20: 3}
STEP = 0.9
NODES = 80


@dataclass(frozen=True)
class World:
    """What seasons are drawn from: spread of the observers' severity (logit), risk that a contact goes unanswered.

    ``uneven`` lets the risk differ between participants (gamma, with this coefficient of variation).
    """

    severity: float
    unanswered: float
    uneven: float = 0.0


@dataclass(frozen=True, eq=False)
class MadeSeason:
    """Contacts (participant, observer, score 0–100) and each participant's class and true mean score (0–100)."""

    classes: Ints
    participant: Ints
    observer: Ints
    score: Floats
    truth: Floats


@dataclass(frozen=True, eq=False)
class _Items:
    """Each step of each performance: which performance, its points out of 100, its difficulty."""

    performance: Ints
    points: Floats
    difficulty: Floats

    @classmethod
    def of_season(cls) -> _Items:
        rows = [
            (item, points / STEPS.get(item, 1), hard + STEP * (step - (STEPS.get(item, 1) - 1) / 2))
            for item, (points, hard) in enumerate(zip(POINTS, DIFFICULTY, strict=True))
            for step in range(STEPS.get(item, 1))
        ]
        performance, points, difficulty = zip(*rows, strict=True)
        return cls(np.array(performance), np.array(points) * 100 / sum(POINTS), np.array(difficulty))


ITEMS = _Items.of_season()


def make_season(world: World, rng: np.random.Generator) -> MadeSeason:
    """A season of 188 participants in 23 classes, 25 contacts each by 25 of 100 observers."""
    classes = np.repeat(np.arange(len(CLASS_SIZES)), CLASS_SIZES)
    level = LEVEL + CLASS_SPREAD * rng.standard_normal(len(CLASS_SIZES))[classes]
    level += SPREAD * rng.standard_normal(PARTICIPANTS)
    risk = np.full(PARTICIPANTS, world.unanswered)
    if world.uneven:
        risk = np.minimum(1, risk * rng.gamma(world.uneven**-2, world.uneven**2, PARTICIPANTS))
    participant = np.repeat(np.arange(PARTICIPANTS), CONTACTS)
    observer = rng.random((PARTICIPANTS, OBSERVERS)).argpartition(CONTACTS, axis=1)[:, :CONTACTS].ravel()
    ability = level[participant] + AGENT_SPREAD * rng.standard_normal(len(participant))
    ability -= (world.severity * rng.standard_normal(OBSERVERS))[observer]
    luck = rng.random((len(participant), len(POINTS)))[:, ITEMS.performance]
    score = (luck < expit(ability[:, None] - ITEMS.difficulty)) @ ITEMS.points
    score[rng.random(len(participant)) < risk[participant]] = 0.0
    return MadeSeason(classes, participant, observer, score, (1 - risk) * expected_score(level, world.severity))


def part_of(season: MadeSeason, *, participants: int, contacts: int, rng: np.random.Generator) -> MadeSeason:
    """Some participants of a season, drawn at random, with the first contacts of each: observers keep no gaps."""
    chosen = np.sort(rng.permutation(PARTICIPANTS)[:participants])
    rows = (chosen[:, None] * CONTACTS + np.arange(contacts)).ravel()
    _, observer = np.unique(season.observer[rows], return_inverse=True)
    participant = np.repeat(np.arange(participants), contacts)
    return MadeSeason(season.classes[chosen], participant, observer, season.score[rows], season.truth[chosen])


def expected_score(level: Floats, severity: float) -> Floats:
    """The mean score (0–100) of answered contacts over all agents and observers there might be, by quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    spread = np.hypot(AGENT_SPREAD, severity)
    # One curve serves all participants: it is read where each one stands.
    grid = np.linspace(level.min() - 0.1, level.max() + 0.1, 200)
    ability = grid[:, None, None] + spread * nodes[:, None] - ITEMS.difficulty
    curve = np.einsum("gni,n,i->g", expit(ability), weights / weights.sum(), ITEMS.points)
    expected: Floats = np.interp(level, grid, curve)
    return expected
