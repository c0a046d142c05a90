"""Explains one contact: every question with its answer, points, possible points and weight."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from ksp.lib.weeks import IsoWeek
from responses.models import SurveyResponse
from responses.questionnaires.models import PerformanceArea, QuestionKind
from responses.questionnaires.selectors import AskedQuestion, questionnaire_of
from scoring.batteries import battery_of
from scoring.engine.battery import Battery
from scoring.engine.reports import unpack
from scoring.explanations.basis import basis_of
from scoring.explanations.shapes import Basis, ContactShown


class Counts(StrEnum):
    """Whether and how a question counts in the contact's score."""

    COUNTED = "counted"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"
    UNANSWERED = "unanswered"
    UNSCORED = "unscored"
    CX = "cx"


@dataclass(frozen=True)
class QuestionLine:
    """One question: ``weight`` (0–1) is its part of the contact's possible points, None where it has none."""

    code: str
    text: str
    answer: str
    counts: Counts
    words: str
    points: int | None
    possible: int | None
    weight: float | None


@dataclass(frozen=True)
class AreaLines:
    """The questions of one area, and the points they add up to; ``weight`` is their part of all possible points."""

    code: str
    name: str
    points: int
    possible: int
    weight: float
    questions: Sequence[QuestionLine]


@dataclass(frozen=True)
class ContactExplained:
    """One contact's score (0–100; None where nothing could give points) and all that it came from."""

    contact: ContactShown
    points: int
    possible: int
    score: float | None
    rule: str
    areas: Sequence[AreaLines]
    basis: Basis


@dataclass(frozen=True)
class _Found:
    """One question as the report has it, before weights are known."""

    item: AskedQuestion
    answer: str
    counts: Counts
    points: int | None
    possible: int | None


def explain_contact(response: SurveyResponse) -> ContactExplained:
    """Return how one approved contact's score came about: two queries; ``response`` has its enrolment at hand."""
    questionnaire = questionnaire_of(response.season)
    battery = battery_of(response.season)
    chosen = unpack(battery, response.packed or b"")
    found = [
        _found(item, battery, chosen.get(item.question.code), is_answered=bool(response.is_answered))
        for item in questionnaire.for_method(response.method)
        if item.question.kind != QuestionKind.COMMENT
    ]
    points, possible = _added(found)
    areas = [_area(area, found, possible) for area in questionnaire.areas]
    return ContactExplained(
        contact=ContactShown(
            response.public_id,
            response.code,
            response.method,
            IsoWeek.parse(response.week),
            bool(response.is_answered),
        ),
        points=points,
        possible=possible,
        score=100 * points / possible if possible else None,
        rule=_rule(is_answered=bool(response.is_answered)),
        areas=[area for area in areas if area.questions],
        basis=basis_of(response.enrolment),
    )


def _found(item: AskedQuestion, battery: Battery, number: int | None, *, is_answered: bool) -> _Found:
    option = None if number is None else item.options[number]
    counts = _counts(item, is_missing=option is None, is_not_applicable=bool(option and option.is_not_applicable))
    if not is_answered and counts in {Counts.COUNTED, Counts.MISSING, Counts.NOT_APPLICABLE}:
        counts = Counts.UNANSWERED
    points = possible = None
    if counts in {Counts.COUNTED, Counts.UNANSWERED}:
        possible = int(battery.possible[battery.questions.index(item.question.code)])
        points = option.points if option is not None and counts is Counts.COUNTED else 0
    return _Found(item, "" if option is None else option.label, counts, points, possible)


def _counts(item: AskedQuestion, *, is_missing: bool, is_not_applicable: bool) -> Counts:
    if item.question.kind == QuestionKind.CX:
        return Counts.CX
    if item.question.kind == QuestionKind.UNSCORED:
        return Counts.UNSCORED
    if is_missing:
        return Counts.MISSING
    return Counts.NOT_APPLICABLE if is_not_applicable else Counts.COUNTED


def _added(found: Sequence[_Found]) -> tuple[int, int]:
    return sum(one.points or 0 for one in found), sum(one.possible or 0 for one in found)


def _area(area: PerformanceArea, found: Sequence[_Found], whole: int) -> AreaLines:
    own = [one for one in found if one.item.question.area_id == area.pk]
    points, possible = _added(own)
    return AreaLines(
        code=area.code,
        name=area.name,
        points=points,
        possible=possible,
        weight=possible / whole if whole else 0.0,
        questions=[_line(one, whole) for one in own],
    )


def _line(one: _Found, whole: int) -> QuestionLine:
    return QuestionLine(
        code=one.item.question.code,
        text=one.item.question.text,
        answer=one.answer,
        counts=one.counts,
        words=_words(one.counts),
        points=one.points,
        possible=one.possible,
        weight=one.possible / whole if one.possible and whole else None,
    )


def _words(counts: Counts) -> str:
    sentences = {
        Counts.COUNTED: "",
        Counts.NOT_APPLICABLE: _("Not applicable: taken out of both points and possible points."),
        Counts.MISSING: _("Not answered: taken out of both points and possible points."),
        Counts.UNANSWERED: _("Nobody answered the contact: 0 of the possible points."),
        Counts.UNSCORED: _("Without points: never counts in the score."),
        Counts.CX: _("Customer experience (CX): never counts in the score."),
    }
    return sentences[counts]


def _rule(*, is_answered: bool) -> str:
    if is_answered:
        return _(
            "A contact’s score is 100 × points / possible points. A question that is not applicable or not answered "
            "is taken out of both. Questions without points and CX never count."
        )
    return _("A contact that nobody answered has 0 of all the points that its contact method can give.")
