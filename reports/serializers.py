"""The shape in which the API gives results and how they came about."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.urls import reverse

from ksp.lib import formatting
from ksp.lib.weeks import IsoWeek
from participants.models import Enrolment
from reports.links import explanation_path
from scoring.batteries import battery_of
from scoring.explanations import (
    ContactExplained,
    Explanation,
    FigureExplained,
    PlaceExplained,
    PlaceLine,
    figures_of,
    value_of,
)
from scoring.explanations.figures import Figure, Kind
from scoring.explanations.shapes import Basis, ContactLine, ContactShown
from scoring.selectors import EnrolmentResults, Results

Shaped = dict[str, Any]
# Makes an address of this site a whole one.
Whole = Callable[[str], str]


def results_shaped(found: EnrolmentResults, *, sees_all: bool, whole: Whole) -> Shaped:
    """Return a participant's own figures beside the means that its pages show, each with where it is explained."""
    enrolment = found.enrolment
    return {
        **_whose(enrolment),
        "award_class": enrolment.award_class.name,
        "contacts": found.own.all_methods.contacts,
        "answered": found.own.all_methods.answered,
        "figures": [
            _figure(figure, found, sees_all=sees_all, whole=whole)
            for figure in figures_of(battery_of(enrolment.season))
        ],
    }


def explanation_shaped(found: Explanation, enrolment: Enrolment, *, sees_all: bool, whole: Whole) -> Shaped:
    """Return how a participant's figure or place came about; times only to who sees all."""
    shaped = {
        **_whose(enrolment),
        "figure": found.figure.code,
        "method": found.figure.method or None,
        "label": found.label,
        "about": found.about,
        "value": found.value,
        "shown": found.shown,
        "rule": found.rule,
        "formula": found.formula,
        **_basis(found.basis, sees_all=sees_all),
    }
    if isinstance(found, PlaceExplained):
        return shaped | _place(found)
    return shaped | (_parts(found, enrolment, whole) if isinstance(found, FigureExplained) else {})


def contact_shaped(found: ContactExplained, enrolment: Enrolment, *, sees_all: bool, whole: Whole) -> Shaped:
    """Return how one contact's score came about: areas with their questions, answers, points and weights."""
    return {
        **_whose(enrolment),
        **_contact(found.contact, enrolment, whole),
        "points": found.points,
        "possible": found.possible,
        "score": found.score,
        "rule": found.rule,
        "areas": [
            {
                "area": area.code,
                "name": area.name,
                "points": area.points,
                "possible": area.possible,
                "weight": area.weight,
                "questions": [
                    {
                        "question": line.code,
                        "text": line.text,
                        "answer": line.answer,
                        "counts": line.counts,
                        "why": line.words,
                        "points": line.points,
                        "possible": line.possible,
                        "weight": line.weight,
                    }
                    for line in area.questions
                ],
            }
            for area in found.areas
        ],
        **_basis(found.basis, sees_all=sees_all),
    }


def _whose(enrolment: Enrolment) -> Shaped:
    participant = enrolment.participant
    return {"season": enrolment.season.code, "participant": participant.code, "name": participant.name}


def _basis(basis: Basis, *, sees_all: bool) -> Shaped:
    """Return rules and fingerprint; a participant learns the week of the computation alone."""
    return {
        "rules": basis.rules,
        "rules_in_words": basis.rules_in_words,
        "fingerprint": basis.fingerprint,
        "computed_at": basis.computed_at if sees_all else None,
        "computed_week": _week(basis.computed_at),
    }


def _week(when: datetime | None) -> str | None:
    return None if when is None else str(IsoWeek.of(when))


def _figure(figure: Figure, found: EnrolmentResults, *, sees_all: bool, whole: Whole) -> Shaped:
    if figure.is_place:
        place = found.own.rank_class if figure.kind is Kind.RANK_CLASS else found.own.rank_overall
        values: Shaped = {"value": place}
    else:
        means = [_value(figure, group) for group in (found.award_class, found.season)]
        # More decimals than the pages write would tell of the others behind a mean.
        shown = means if sees_all else [formatting.rounded(mean) for mean in means]
        values = {"value": _value(figure, found.own), "class_mean": shown[0], "season_mean": shown[1]}
    return {"figure": figure.code, **values, "explanation": whole(explanation_path(found.enrolment, figure.code))}


def _value(figure: Figure, results: Results) -> float | None:
    summary = results.by_method.get(figure.method)
    return None if summary is None else value_of(figure, summary)


def _parts(found: FigureExplained, enrolment: Enrolment, whole: Whole) -> Shaped:
    return {
        "stored": found.stored,
        "is_current": found.is_current,
        "contacts": [_contact(line.contact, enrolment, whole) | _added(line) for line in found.counted],
        "left_out": [
            {
                "reason": group.reason,
                "why": group.words,
                "contacts": [_contact(contact, enrolment, whole) for contact in group.contacts],
            }
            for group in found.left_out
        ],
    }


def _contact(contact: ContactShown, enrolment: Enrolment, whole: Whole) -> Shaped:
    keys = [enrolment.season.code, enrolment.participant.public_id, contact.key]
    return {
        "contact": contact.code,
        "url": whole(reverse("reports:api_contact", args=keys)),
        "method": contact.method,
        "week": str(contact.week),
        "answered": contact.is_answered,
    }


def _added(line: ContactLine) -> Shaped:
    return {
        "points": line.points,
        "possible": line.possible,
        "answer": line.answer,
        "value": line.value,
        "weight": line.weight,
        "contribution": line.contribution,
    }


def _place(found: PlaceExplained) -> Shaped:
    columns = [column.figure for column in found.columns]
    return {
        "of": found.of,
        "better": found.better,
        "equal": found.equal,
        "least_contacts": found.least_contacts,
        "decided_on": columns,
        "own": _place_line(found.own, columns),
        "compared": [_place_line(line, columns) for line in found.lines],
    }


def _place_line(line: PlaceLine, columns: list[str]) -> Shaped:
    return {
        "place": line.place,
        "shared": line.is_shared,
        "name": line.name,
        "contacts": line.contacts,
        "values": dict(zip(columns, line.values, strict=False)),
        "decided_by": line.decided_by or None,
        "is_own": line.is_own,
    }
