"""Writes what an observer tells in the comments, from the answers given."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from ksp.rehearsal.answers import Happening, Sheet
from ksp.rehearsal.names import Sector, texts

AREAS: Final = ("welcome", "agent", "overall")
DAYS: Final = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag")
DIALOGUES: Final = {"phone": "samtalen", "email": "svaret", "chat": "chatten", "messenger": "dialogen"}
LEAST: Final = 60
FEW, MANY = 2, 4
MINUTE: Final = 60
BEST, MIDDLE = 0.99, 0.4
# How many agents are women, and how many comments tell what the observer told.
WOMEN, WITH_DETAIL = 0.6, 0.75
_CHOICE = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Scene:
    """What the comments of one contact refer to."""

    sheet: Sheet
    happening: Happening
    company: str
    sector: Sector
    weekday: int
    diligence: float


def write_comments(scene: Scene, rng: np.random.Generator) -> dict[str, str]:
    """Return the comments of an answered contact by question."""
    words = _words(scene, rng)
    found: dict[str, str] = {}
    for question in scene.sheet.comments:
        found[question.code] = _comment(scene, question.area, words, rng)
    return found


def short_comments(sheet: Sheet, rng: np.random.Generator) -> dict[str, str]:
    """Return the comments of somebody who says as little as possible."""
    short = texts()["short"]
    return {item.code: _chosen(short[item.area], rng) for item in sheet.comments if item.area in short}


def sentence(kind: str, topic: str, rng: np.random.Generator, **words: str) -> str:
    """Return one of the sentences of a letter: a note, a reply, a reason."""
    return _said(_chosen(texts()[kind][topic], rng), words, rng)


def _words(scene: Scene, rng: np.random.Generator) -> dict[str, str]:
    is_woman = rng.random() < WOMEN
    return {
        "Hun": "Hun" if is_woman else "Han",
        "hun": "hun" if is_woman else "han",
        "sa": "sa" if scene.sheet.method == "phone" else "skrev",
        "dialogen": DIALOGUES[scene.sheet.method],
        "Dialogen": DIALOGUES[scene.sheet.method].capitalize(),
        "company": scene.company,
        "topic": scene.sector.topic,
        "extra": scene.sector.extra,
        "dag": DAYS[scene.weekday - 1],
        "ventet": _waited(scene),
        "n": str(int(rng.integers(2, 9))),
    }


def _waited(scene: Scene) -> str:
    wait = scene.happening.waits[-1]
    if scene.sheet.method == "email":
        return ("samme dag", "dagen etter", "på den tredje dagen")[max(wait.day, 1) - 1]
    if wait.seconds < 2 * MINUTE:
        return f"{max(wait.seconds // 10 * 10, 5)} sekunder"
    return f"{wait.seconds // MINUTE} minutter"


def _comment(scene: Scene, area: str, words: Mapping[str, str], rng: np.random.Generator) -> str:
    parts = []
    if area == "welcome":
        parts.append(_said(_chosen(texts()["openings"][scene.sheet.method], rng), words, rng))
    if area == "agent" and rng.random() < WITH_DETAIL:
        parts.append(_said(_chosen(scene.sector.details, rng), words, rng))
    wanted = FEW + int(rng.random() < scene.diligence) + int(rng.random() < scene.diligence - 0.3)
    for code, level in _topics(scene, area, rng)[: min(wanted, MANY)]:
        parts.append(_said(_chosen(texts()[area][code][level], rng), words, rng))
    return " ".join(parts)


def _topics(scene: Scene, area: str, rng: np.random.Generator) -> list[tuple[str, str]]:
    """Return what there is to say about an area, what stood out first: question and level."""
    known: Mapping[str, Any] = texts()[area]
    found: list[tuple[float, str, str]] = []
    for code, points in scene.sheet.points.items():
        option = scene.happening.options.get(code, "na")
        if code in known and option != "na":
            share = points[option] / max(points.values())
            level = "best" if share >= BEST else "mid" if share >= MIDDLE else "low"
            if level in known[code]:
                found.append((abs(share - 0.85) + float(rng.uniform(0, 0.8)), code, level))
    return [(code, level) for _weight, code, level in sorted(found, reverse=True)]


def _said(template: str, words: Mapping[str, str], rng: np.random.Generator) -> str:
    """Return the sentence with its choices made and its gaps filled."""
    while found := _CHOICE.search(template):
        template = template[: found.start()] + _chosen(found[1].split("|"), rng) + template[found.end() :]
    text = template.format_map(words)
    return text[:1].upper() + text[1:]


def _chosen(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]
