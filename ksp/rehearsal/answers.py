"""Draws what happened in one contact: whether and how fast somebody answered, and what the observer reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from ksp.rehearsal.truth import SPREAD_OF_AGENTS, Centre, Person
from responses.questionnaires.battery import Battery, Question

# Where the mean lies: about 78 of 100 for those who answer.
LEVEL: Final = 1.25
SPREAD_OF_QUESTIONS: Final = 0.35
SPREAD_OF_MOMENTS: Final = 0.75
# Cuts between the alternatives of a question, from the best one down, by the number of alternatives.
CUTS: Final = {2: (0.1,), 3: (0.5, -1.0), 4: (0.75, -0.75, -2.0), 5: (1.0, -0.3, -1.5, -2.5)}
ADDITIONAL_NOT_APPLICABLE: Final = 0.05
SLOWEST_LIVE: Final = 300
SLOWEST_MESSENGER: Final = 1_800
LATE_SHARE: Final = 0.2
# The alternatives of questions without points, with their shares.
UNSCORED: Final[Mapping[str, tuple[Sequence[str], Sequence[float]]]] = {
    "waiting_callback": (("yes", "no"), (0.12, 0.88)),
    "waiting_chat_partner": (("human", "chatbot", "chatbot_then_human"), (0.5, 0.14, 0.36)),
    "overall_referred": (("yes", "no"), (0.3, 0.7)),
    "overall_asked_to_rate": (("yes", "no"), (0.2, 0.8)),
}
# Two questions whose alternatives move two points from one area to another.
SHIFT: Final = (("welcome_felt_welcome", "great", "some"), ("agent_needs", "one", "several"))


@dataclass(frozen=True)
class Wait:
    """How one attempt went: answered after so many seconds, on a working day (1–3) by e-mail, or not at all."""

    seconds: int = 0
    day: int = 0
    is_answered: bool = True


@dataclass(frozen=True)
class Happening:
    """What happened in one contact; ``options`` are by question, ``share`` is the part of all points it got."""

    waits: tuple[Wait, ...]
    options: Mapping[str, str]
    share: float

    @property
    def is_answered(self) -> bool:
        """Somebody answered."""
        return bool(self.options)


class Sheet:
    """The questions of one contact method in the shape that drawing needs."""

    def __init__(self, battery: Battery, method: str) -> None:
        self.method = method
        self.scored = [item for item in battery.questions_for(method) if item.kind == "scored"]
        self.unscored = [item for item in battery.questions_for(method) if item.kind == "unscored"]
        self.scales = [item for item in battery.questions_for(method) if item.kind == "cx"]
        self.comments = [item for item in battery.questions_for(method) if item.kind == "comment"]

    @cached_property
    def difficulty(self) -> np.ndarray:
        """How hard each scored question is: the same in every season, whoever draws."""
        seeds = [sum(ord(letter) * 31**place for place, letter in enumerate(item.code)) % 2**32 for item in self.scored]
        return np.array([np.random.default_rng(seed).normal(0, SPREAD_OF_QUESTIONS) for seed in seeds])

    @cached_property
    def ladders(self) -> list[list[str]]:
        """The alternatives of each scored question, best first, without “not applicable”."""
        return [
            [option.code for option in sorted(item.options, key=lambda one: -one.points) if not option.not_applicable]
            for item in self.scored
        ]

    @cached_property
    def points(self) -> Mapping[str, Mapping[str, int]]:
        """The points of each alternative."""
        return {item.code: {option.code: option.points for option in item.options} for item in self.scored}


def draw_happening(sheet: Sheet, centre: Centre, person: Person, rng: np.random.Generator) -> Happening:
    """Return what happens when this observer contacts this centre."""
    agent = rng.normal(0, SPREAD_OF_AGENTS)
    waits = _draw_waits(sheet.method, centre, agent, rng)
    if not any(wait.is_answered for wait in waits):
        return Happening(waits, {}, 0.0)
    feeling = LEVEL + centre.quality + agent - person.severity
    options = _draw_scored(sheet, feeling, centre, rng)
    share = share_of_points(sheet, options)
    for item in sheet.unscored:
        codes, shares = UNSCORED[item.code]
        options[item.code] = codes[int(rng.choice(len(codes), p=shares))]
    for item in sheet.scales:
        options[item.code] = _draw_step(item, share, rng)
    return Happening(waits, options, share)


def _draw_scored(sheet: Sheet, feeling: float, centre: Centre, rng: np.random.Generator) -> dict[str, str]:
    noise = rng.logistic(0, SPREAD_OF_MOMENTS, len(sheet.scored))
    not_applicable = rng.random()
    options: dict[str, str] = {}
    for item, ladder, level in zip(
        sheet.scored, sheet.ladders, (feeling - sheet.difficulty + noise).tolist(), strict=True
    ):
        step = sum(level < cut for cut in CUTS[len(ladder)])
        options[item.code] = ladder[step]
    if "overall_would_buy" in options and centre.is_public:
        options["overall_would_buy"] = "na"
    if "agent_additional" in options and not_applicable < ADDITIONAL_NOT_APPLICABLE:
        options["agent_additional"] = "na"
    return options


def share_of_points(sheet: Sheet, options: Mapping[str, str]) -> float:
    """Return which part of the points it could get the contact got, waiting aside."""
    asked = [(points, options[code]) for code, points in sheet.points.items() if options.get(code, "na") != "na"]
    possible = sum(max(points.values()) for points, _option in asked)
    return sum(points[option] for points, option in asked) / possible if possible else 0.0


def _draw_step(item: Question, share: float, rng: np.random.Generator) -> str:
    """Return a step of a CX scale that goes with the points, with a will of its own."""
    values = sorted(option.value for option in item.options if option.value is not None)
    low, high = values[0], values[-1]
    wish = low + (high - low) * (share**1.15 + rng.normal(0, 0.1))
    step = int(np.clip(round(float(wish)), low, high))
    return next(option.code for option in item.options if option.value == step)


def _draw_waits(method: str, centre: Centre, agent: float, rng: np.random.Generator) -> tuple[Wait, ...]:
    """Return how the attempts went: one, or two where the first was in vain."""
    pace = 0.25 * centre.quality + 0.1 * agent
    is_unanswered = rng.random() < centre.unanswered
    if method == "email":
        if is_unanswered:
            return (Wait(is_answered=False),)
        return (Wait(seconds=int(rng.integers(40 * 60, 5 * 3600)), day=_draw_day(pace, rng)),)
    middle, spread, slowest = (5.4, 0.9, SLOWEST_MESSENGER) if method == "messenger" else (3.7, 0.9, SLOWEST_LIVE)
    seconds = [int(rng.lognormal(middle - pace, spread)) + 3 for _attempt in range(2)]
    if is_unanswered:
        return Wait(is_answered=False), Wait(is_answered=False)
    if seconds[0] <= slowest:
        return (Wait(seconds=seconds[0]),)
    if method == "messenger" and rng.random() < LATE_SHARE:
        return (Wait(seconds=slowest + int(rng.integers(120, 7_000))),)
    return Wait(is_answered=False), Wait(seconds=min(seconds[1], slowest))


def _draw_day(pace: float, rng: np.random.Generator) -> int:
    return 1 + int(np.searchsorted((0.55 + 0.2 * pace, 0.87 + 0.05 * pace), rng.random()))


def shifted(options: Mapping[str, str]) -> dict[str, str] | None:
    """Return the same answers with two points moved to the agent's area; None where they cannot be."""
    if all(options.get(code) == before for code, before, _after in SHIFT):
        return {**options, **{code: after for code, _before, after in SHIFT}}
    return None


def all_best(sheet: Sheet, options: Mapping[str, str]) -> dict[str, str]:
    """Return the answers of somebody who says yes to everything."""
    best = {item.code: ladder[0] for item, ladder in zip(sheet.scored, sheet.ladders, strict=True)}
    kept = {code: option for code, option in best.items() if options.get(code) != "na"}
    highest = {item.code: max(item.options, key=lambda one: one.value or 0).code for item in sheet.scales}
    return {**options, **kept, **highest}
