"""Reads the batteries from the files beside it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from responses.questionnaires.battery.checks import battery_problems
from responses.questionnaires.battery.shapes import Area, Battery, BatteryError, Option, Question

FOLDER = Path(__file__).parent
Table = Mapping[str, Any]


def available_batteries() -> tuple[str, ...]:
    """Return the codes that ``load_battery`` knows, oldest season first."""
    return tuple(sorted(path.stem.upper() for path in FOLDER.glob("*.toml")))


@cache
def load_battery(code: str) -> Battery:
    """Return the battery of that code, checked, or raise BatteryError."""
    if code.upper() not in available_batteries():
        known = ", ".join(available_batteries())
        raise BatteryError(code, [f"there is none of that code, only {known}"])
    battery = read_battery(FOLDER / f"{code.lower()}.toml")
    if problems := battery_problems(battery):
        raise BatteryError(battery.code, problems)
    return battery


def read_battery(path: Path) -> Battery:
    """Return what the file says, on top of what it extends, without judging it."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        areas = [Area(**area) for area in raw.get("areas", ())]
        scales = raw.get("scales", {})
        questions = [_question(question, scales) for question in raw.get("questions", ())]
        code = str(raw["code"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise BatteryError(path.stem.upper(), [f"the file cannot be read: {error}"]) from error
    if "extends" in raw:
        base = read_battery(path.with_name(f"{raw['extends'].lower()}.toml"))
        areas, questions = [*base.areas, *areas], [*base.questions, *questions]
    return Battery(
        code=code,
        areas=tuple(sorted(areas, key=lambda area: area.position)),
        questions=tuple(sorted(questions, key=lambda question: question.position)),
    )


def _question(raw: Table, scales: Table) -> Question:
    fields = dict(raw)
    options = fields.pop("options", None)
    if options is None:
        options = _from_scale(scales, name=fields.pop("scale", None), points=fields.pop("points", None))
    fields["methods"] = tuple(fields["methods"])
    return Question(**fields, options=tuple(Option(**option) for option in options))


def _from_scale(scales: Table, *, name: str | None, points: list[int] | None) -> list[dict[str, Any]]:
    """Spell out the options of a scale, each with its points."""
    if name is None:
        return []
    if name not in scales:
        message = f"there is no scale “{name}”"
        raise ValueError(message)
    scale = scales[name]
    if points is None:
        return [dict(option) for option in scale]
    return [{**option, "points": value} for option, value in zip(scale, points, strict=True)]
