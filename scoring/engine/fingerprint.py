"""A fingerprint of all that results follow from: battery, rules and reports."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np

from scoring.engine.battery import KINDS, METHODS, Battery
from scoring.engine.reports import Reports
from scoring.engine.rules import Rules

_COLUMNS = (("id", "<i8"), ("enrolment", "<i8"), ("method", "<i1"), ("week", "<i4"))


def fingerprint(battery: Battery, rules: Rules, reports: Reports) -> str:
    """SHA-256 in hex: equal for equal content, whatever the order of the reports."""
    digest = hashlib.sha256()
    head = {"battery": described(battery), "rules": rules.to_dict(), "reports": len(reports)}
    digest.update(json.dumps(head, sort_keys=True, separators=(",", ":")).encode())
    order = np.argsort(reports.id, kind="stable")
    for column, dtype in _COLUMNS:
        digest.update(getattr(reports, column)[order].astype(dtype).tobytes())
    digest.update(reports.answered[order].astype("<i1").tobytes())
    digest.update(reports.answers[order].astype("<i2").tobytes())
    return digest.hexdigest()


def described(battery: Battery) -> dict[str, Any]:
    """The questionnaire as JSON can hold it: all that scores follow from, and nothing else."""
    questions = range(len(battery.questions))
    return {
        "areas": battery.areas,
        "questions": [
            {
                "code": battery.questions[question],
                "area": battery.areas[battery.area[question]] if battery.area[question] >= 0 else "",
                "kind": KINDS[battery.kind[question]],
                "methods": [METHODS[m] for m in np.flatnonzero(battery.asked[:, question])],
                "options": _options(battery, question),
            }
            for question in questions
        ],
    }


def _options(battery: Battery, question: int) -> list[list[int | bool | float | None]]:
    own = battery.options(question)
    values = [None if np.isnan(value) else value for value in battery.value[own].tolist()]
    columns = (battery.points[own].tolist(), battery.not_applicable[own].tolist(), values)
    return [list(option) for option in zip(*columns, strict=True)]
