"""The season before a rehearsed one: who took part, what was true of them then, and what was asked."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from math import hypot
from typing import Any, Final

import numpy as np

from ksp.rehearsal.lists import Cast, Row, draw_leaver
from ksp.rehearsal.names import TEXTS, Sector, invented_stems
from ksp.rehearsal.shape import Shape
from ksp.rehearsal.truth import (
    MOST_UNANSWERED,
    SPREAD_OF_CENTRES,
    SPREAD_OF_CLASSES,
    SPREAD_OF_SEVERITY,
    UNANSWERED,
    Centre,
    Person,
    Truth,
)
from responses.questionnaires.battery import Battery, Option, Question

A_YEAR: Final = timedelta(weeks=52)
# How closely a centre's quality follows its own of the year after.
CORRELATION: Final = 0.7
SPREAD_OF_UNANSWERED: Final = 0.4
# How many of this season's centres are new, and how many of the season before have left.
NEW_SHARE, LEFT_SHARE = 0.08, 0.05
# The season before has random numbers of its own.
OWN_NUMBERS: Final = 500_009
_ENDS_WITH_NUMBER = re.compile(r"(.*?)([0-9]+)")


@dataclass(frozen=True)
class Earlier:
    """The season before: its shape, lists and truth; ``changes`` is what each centre's quality has risen by since."""

    shape: Shape
    cast: Cast
    truth: Truth
    changes: Mapping[str, float]
    new: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return what was planted as JSON can hold it; a centre that has left has no change."""
        planted = self.truth.to_dict({code: code for code in self.cast.team})
        planted["participants"] = [
            {**row, "change": self.changes.get(row["participant"])} for row in planted["participants"]
        ]
        left = [row["participant"] for row in self.cast.participants if row["participant"] not in self.changes]
        since = {"new_since": list(self.new), "left_since": left}
        return {**planted, "correlation": CORRELATION, **since, "questions": _told_differences()}


def earlier_code(code: str) -> str:
    """Return the code of the season before: one less where it ends with a number above 0, else ``-1`` after it."""
    found = _ENDS_WITH_NUMBER.fullmatch(code)
    if found is None or not int(found[2]):
        return f"{code}-1"
    return f"{found[1]}{int(found[2]) - 1:0{len(found[2])}d}"


def earlier_shape(shape: Shape) -> Shape:
    """Return the shape of the season a year before, which is over."""
    return replace(
        shape,
        season=earlier_code(shape.season),
        starts_on=shape.starts_on - A_YEAR,
        seed=shape.seed + OWN_NUMBERS,
        progress=1.0,
    )


def earlier_battery(battery: Battery) -> Battery:
    """Return the questionnaire as it was the season before; every method reaches the same points in each area."""
    raw = _differences()
    other_words = {item["code"]: item for item in raw["changed"]}
    kept = [
        replace(item, **other_words.get(item.code, {})) for item in battery.questions if item.code not in raw["new"]
    ]
    questions = [*kept, *map(_question, raw["gone"])]
    return replace(battery, questions=tuple(sorted(questions, key=lambda item: item.position)))


def _told_differences() -> dict[str, list[str]]:
    """Return which questions are new since, were changed, or are gone, by their codes."""
    raw = _differences()
    return {
        "new": list(raw["new"]),
        "changed": [item["code"] for item in raw["changed"]],
        "gone": [item["code"] for item in raw["gone"]],
    }


def _differences() -> Mapping[str, Any]:
    raw: Mapping[str, Any] = tomllib.loads((TEXTS / "earlier.toml").read_text(encoding="utf-8"))
    return raw


def _question(raw: Mapping[str, Any]) -> Question:
    options = tuple(Option(**option) for option in raw["options"])
    return Question(**{**raw, "methods": tuple(raw["methods"]), "options": options})


def draw_earlier(shape: Shape, cast: Cast, truth: Truth) -> Earlier:
    """Return the season before one that has these lists and this truth; the same seed gives the same."""
    own = earlier_shape(shape)
    rng = np.random.default_rng([own.seed, 1])
    rows, sectors, new = _draw_centres(cast, rng)
    then = {
        row["participant"]: _draw_centre(row["participant"], sector, truth, rng)
        for row, sector in zip(rows, sectors, strict=True)
    }
    team = [f"obs-{rng.bytes(5).hex()}" for _observer in range(shape.observers)]
    people = {code: _draw_person(code, rng) for code in team}
    return Earlier(
        shape=own,
        cast=Cast(rows, sectors, observers=[], team=team, prior_contacts=[], customer_relations=[], tied=[]),
        truth=Truth(own, then, people, tied=()),
        changes={code: centre.quality - then[code].quality for code, centre in truth.centres.items() if code in then},
        new=new,
    )


def _draw_centres(cast: Cast, rng: np.random.Generator) -> tuple[list[Row], list[Sector], tuple[str, ...]]:
    """Return those who took part then with their sectors, and those who have come since; the first was there."""
    count = len(cast.participants)
    others = rng.permutation(np.arange(1, count)).tolist()
    fresh = set(others[: round(NEW_SHARE * count)])
    rows = [row for place, row in enumerate(cast.participants) if place not in fresh]
    sectors = [sector for place, sector in enumerate(cast.sectors) if place not in fresh]
    taken = {row["name"].split()[0] for row in cast.participants}
    stems = [stem for stem in invented_stems(rng) if stem not in taken]
    for number in range(round(LEFT_SHARE * count)):
        sector = cast.sectors[int(rng.integers(count))]
        rows.append(draw_leaver(sector, number, stems[number], rng))
        sectors.append(sector)
    return rows, sectors, tuple(cast.participants[place]["participant"] for place in sorted(fresh))


def _draw_centre(code: str, sector: Sector, truth: Truth, rng: np.random.Generator) -> Centre:
    """Return what was true of a centre then: much of what is true now, and a part of its own."""
    spread = hypot(SPREAD_OF_CENTRES, SPREAD_OF_CLASSES)
    now = truth.centres.get(code) or Centre(code, float(rng.normal(0, spread)), UNANSWERED, sector.public)
    own = (1 - CORRELATION**2) ** 0.5 * rng.normal(0, spread)
    return Centre(
        code=code,
        quality=float(CORRELATION * now.quality + own),
        unanswered=min(now.unanswered * float(rng.lognormal(0, SPREAD_OF_UNANSWERED)), MOST_UNANSWERED),
        is_public=now.is_public,
    )


def _draw_person(code: str, rng: np.random.Generator) -> Person:
    return Person(
        code=code,
        severity=float(rng.normal(0, SPREAD_OF_SEVERITY)),
        diligence=float(np.clip(rng.normal(0.75, 0.15), 0.2, 1)),
    )
