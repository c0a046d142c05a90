"""What is true in a rehearsed season, and what was planted in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from ksp.rehearsal.lists import Cast
from ksp.rehearsal.shape import Shape

# Spreads in logits: centres within a class and between classes, agents of one centre, observers' severity.
SPREAD_OF_CENTRES, SPREAD_OF_CLASSES, SPREAD_OF_AGENTS, SPREAD_OF_SEVERITY = 0.45, 0.15, 0.8, 0.35
UNANSWERED: Final = 0.03
MOST_UNANSWERED: Final = 0.2
# One observer in so many does bad work, in half of the reports.
ONE_BAD_IN: Final = 33
BAD_SHARE: Final = 0.5
COPIED, ALL_YES = "copied_comments", "all_yes"


@dataclass(frozen=True)
class Centre:
    """What is true of one participant; ``copies`` names the one whose contacts it has, too."""

    code: str
    quality: float
    unanswered: float
    is_public: bool
    copies: str = ""
    # The twin's third result is moved, so that the first two alone are equal.
    is_shifted: bool = False


@dataclass(frozen=True)
class Person:
    """What is true of one observer."""

    code: str
    severity: float
    diligence: float
    bad_habit: str = ""


@dataclass
class Truth:
    """Everything that was planted; bad reports, and twins that were told apart, are noted as they are made."""

    shape: Shape
    centres: Mapping[str, Centre]
    people: Mapping[str, Person]
    tied: Sequence[tuple[str, str]]
    bad_reports: list[dict[str, str]] = field(default_factory=list)
    shifted: set[str] = field(default_factory=set)

    def to_dict(self, pseudonyms: Mapping[str, str]) -> dict[str, Any]:
        """Return the truth as JSON can hold it; observers also by the pseudonym that exports show."""
        return {
            "season": self.shape.season,
            "seed": self.shape.seed,
            "spread": {
                "centres": SPREAD_OF_CENTRES,
                "classes": SPREAD_OF_CLASSES,
                "agents": SPREAD_OF_AGENTS,
                "severity": SPREAD_OF_SEVERITY,
            },
            "participants": [
                {"participant": item.code, "quality": item.quality, "unanswered": item.unanswered}
                for item in self.centres.values()
            ],
            "observers": [
                {
                    "observer": item.code,
                    "pseudonym": pseudonyms.get(item.code, ""),
                    "severity": item.severity,
                    "bad_habit": item.bad_habit or None,
                }
                for item in self.people.values()
            ],
            "ties": [
                {"participants": list(pair), "decided_by": "agent" if pair[1] in self.shifted else None}
                for pair in self.tied
            ],
            "bad_reports": [
                {**report, "pseudonym": pseudonyms.get(report["observer"], "")} for report in self.bad_reports
            ],
        }


def draw_truth(shape: Shape, cast: Cast) -> Truth:
    """Return what is true of everybody; the same shape and seed give the same truth."""
    rng = np.random.default_rng([shape.seed, 7])
    class_effects = {sector.name: rng.normal(0, SPREAD_OF_CLASSES) for sector in cast.sectors}
    leaders = {second: first for first, second in cast.tied}
    shifted = {second for _first, second in cast.tied[1:]}
    centres: dict[str, Centre] = {}
    for row, sector in zip(cast.participants, cast.sectors, strict=True):
        code = row["participant"]
        quality = class_effects[sector.name] + rng.normal(0, SPREAD_OF_CENTRES)
        unanswered = min(UNANSWERED * rng.lognormal(-0.3, 0.8), MOST_UNANSWERED)
        if code in leaders:
            leader = centres[leaders[code]]
            quality, unanswered = leader.quality, leader.unanswered
        centres[code] = Centre(
            code=code,
            quality=float(quality),
            unanswered=float(unanswered),
            is_public=sector.public,
            copies=leaders.get(code, ""),
            is_shifted=code in shifted,
        )
    return Truth(shape, centres, _draw_people(cast, rng), cast.tied)


def _draw_people(cast: Cast, rng: np.random.Generator) -> dict[str, Person]:
    habits = (COPIED, ALL_YES)
    bad = rng.permutation(len(cast.team))[: -(-len(cast.team) // ONE_BAD_IN)].tolist()
    # The demo's observer is the first of the team, and does good work.
    habit_of = {place: habits[turn % len(habits)] for turn, place in enumerate(place for place in bad if place)}
    return {
        code: Person(
            code=code,
            severity=float(rng.normal(0, SPREAD_OF_SEVERITY)),
            diligence=float(np.clip(rng.normal(0.75, 0.15), 0.2, 1)),
            bad_habit=habit_of.get(place, ""),
        )
        for place, code in enumerate(cast.team)
    }
