"""Fingerprints of what results follow from: equal for equal content, the same on any database."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from participants.models import Enrolment, Season
from responses.models import SurveyResponse
from scoring.batteries import battery_of, scoring_rules
from scoring.engine.fingerprint import described, fingerprint
from scoring.engine.reports import ReportRow, Reports

_COLUMNS = ("code", "enrolment__participant__code", "enrolment__award_class__name", "method", "week")
Row = Sequence[Any]


def answers_fingerprint(season: Season) -> str:
    """Return a fingerprint of the questionnaire, the rules and every approved answer of the season."""
    return _of_rows(season, SurveyResponse.objects.approved().filter(season=season))


def participant_fingerprint(enrolment: Enrolment) -> str:
    """Return the same of one participant's approved answers alone."""
    return _of_rows(enrolment.season, SurveyResponse.objects.approved().filter(enrolment=enrolment))


def fingerprints_by_participant(season: Season) -> dict[str, str]:
    """Return a fingerprint of the approved answers alone of every participant that has some, by its id: one query."""
    rows = SurveyResponse.objects.approved().filter(season=season)
    found: dict[str, list[Row]] = {}
    for *head, packed in sorted(rows.values_list(*_COLUMNS, "is_answered", "packed")):
        found.setdefault(head[1], []).append([*head, bytes(packed or b"").hex()])
    return {code: _of_json(own) for code, own in found.items()}


def questionnaire_fingerprint(season: Season) -> str:
    """Return a fingerprint of the season's questions, alternatives and points."""
    return _of_json(described(battery_of(season)))


def rules_fingerprint(season: Season) -> str:
    """Return a fingerprint of the season's rules of scoring."""
    return _of_json(scoring_rules(season.settings).to_dict())


@cache
def code_fingerprint() -> str:
    """Return a fingerprint of the source that computes scores, places and awards, and how certain they are."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted([*(here / "engine").glob("*.py"), *(here / "statistics").glob("*.py")]):
        digest.update(
            path.relative_to(here).as_posix().encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0"
        )
    return digest.hexdigest()


def _of_rows(season: Season, responses: Any) -> str:
    battery = battery_of(season)
    rows = sorted(responses.values_list(*_COLUMNS, "is_answered", "packed"))
    owners = {code: place for place, code in enumerate(sorted({row[1] for row in rows}))}
    reports = Reports.from_rows(battery, _numbered(rows, owners))
    digest = hashlib.sha256(fingerprint(battery, scoring_rules(season.settings), reports).encode())
    digest.update(_json([row[:3] for row in rows]))
    return digest.hexdigest()


def _numbered(rows: Sequence[Row], owners: dict[str, int]) -> Iterable[ReportRow]:
    """Yield the rows with numbers that no database gave out."""
    for place, (_, owner, _, method, week, is_answered, packed) in enumerate(rows):
        number = int(week[:4]) * 100 + int(week[6:])
        yield ReportRow(place, owners[owner], method, number, bool(is_answered), packed or b"")


def _of_json(content: Any) -> str:
    return hashlib.sha256(_json(content)).hexdigest()


def _json(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()
