"""What each contact of a participant has in a figure: points and possible points, an answer, or a reason to be out."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ksp.lib.weeks import IsoWeek
from participants.models import Enrolment
from responses.models import SurveyResponse
from responses.questionnaires.selectors import AskedQuestion, Questionnaire, questionnaire_of
from scoring.batteries import battery_of
from scoring.engine.battery import FIELD, FIELD_MASK, METHODS, NPS, WAITING, Battery, Ints
from scoring.engine.layout import DETRACTOR, PROMOTER
from scoring.engine.reports import NO_ANSWER, Reports
from scoring.engine.rules import Rules
from scoring.engine.scores import ReportScores, score_reports
from scoring.explanations.figures import Figure, Kind
from scoring.explanations.shapes import ContactShown, Left

COLUMNS = ("pk", "enrolment_id", "method", "week", "is_answered", "packed", "public_id", "code")


@dataclass(frozen=True, eq=False)
class Approved:
    """A participant's approved contacts, by week, and what each of them scored."""

    battery: Battery
    questionnaire: Questionnaire
    contacts: Sequence[ContactShown]
    reports: Reports
    scores: ReportScores


@dataclass(frozen=True)
class Part:
    """What one contact has in a figure, exactly; with ``left`` it does not count."""

    contact: ContactShown
    value: Fraction = Fraction(0)
    points: int | None = None
    possible: int | None = None
    answer: str = ""
    left: Left | None = None


def approved_contacts(enrolment: Enrolment) -> Approved:
    """Return the participant's approved contacts, scored anew: one query."""
    battery = battery_of(enrolment.season)
    rows = SurveyResponse.objects.approved().filter(enrolment=enrolment).order_by("week", "code").values_list(*COLUMNS)
    found = list(rows)
    contacts = [ContactShown(row[6], row[7], row[2], IsoWeek.parse(row[3]), bool(row[4])) for row in found]
    reports = Reports.from_rows(
        battery,
        (
            (row[0], row[1], contact.method, _number(contact.week), contact.is_answered, row[5] or b"")
            for row, contact in zip(found, contacts, strict=True)
        ),
    )
    questionnaire = questionnaire_of(enrolment.season)
    return Approved(battery, questionnaire, contacts, reports, score_reports(battery, reports))


def _number(week: IsoWeek) -> int:
    return week.year * 100 + week.week


def parts_of(figure: Figure, approved: Approved, rules: Rules) -> list[Part]:
    """Return what every contact has in the figure, in the order of the contacts."""
    if figure.kind is Kind.CX:
        parts = _cx_parts(figure.name, approved)
    elif figure.kind is Kind.QUESTION:
        parts = _question_parts(figure.name, approved)
    else:
        parts = _scored_parts(figure, approved, rules)
    return [
        part if figure.method in {"", part.contact.method} else Part(part.contact, left=Left.OTHER_METHOD)
        for part in parts
    ]


def _scored_parts(figure: Figure, approved: Approved, rules: Rules) -> list[Part]:
    """Return points and possible points in total, or in an area."""
    points, possible = _points(figure, approved)
    over_all = figure.kind in {Kind.TOTAL, Kind.METHOD, Kind.WAITING_ALL} or figure.name in rules.areas_over_all
    parts = []
    for place, contact in enumerate(approved.contacts):
        if not contact.is_answered and not over_all:
            parts.append(Part(contact, left=Left.UNANSWERED))
        elif not possible[place]:
            parts.append(Part(contact, left=_why_nothing(figure, approved, contact)))
        else:
            own, could_be = int(points[place]), int(possible[place])
            parts.append(Part(contact, Fraction(100 * own, could_be), own, could_be))
    return parts


def _points(figure: Figure, approved: Approved) -> tuple[Ints, Ints]:
    """Return points and possible points of each contact; one without an answer has 0 of all that it could have."""
    scores, reports = approved.scores, approved.reports
    area = WAITING if figure.kind is Kind.WAITING_ALL else figure.name if figure.kind is Kind.AREA else ""
    if not area:
        return scores.points, scores.possible
    place = approved.battery.areas.index(area)
    could_be = approved.battery.method_possible[reports.method, place + 1]
    possible = np.where(reports.answered, scores.area_possible[:, place], could_be)
    return scores.area_points[:, place].astype(np.int64), possible.astype(np.int64)


def _why_nothing(figure: Figure, approved: Approved, contact: ContactShown) -> Left:
    """Tell why nothing could give points: the method asks nothing there, or nothing was applicable."""
    battery = approved.battery
    column = battery.areas.index(figure.name) + 1 if figure.kind is Kind.AREA else 0
    asks = battery.method_possible[METHODS.index(contact.method), column]
    return Left.NOT_APPLICABLE if asks else Left.NOT_ASKED


def _question_parts(code: str, approved: Approved) -> list[Part]:
    """Return points and possible points of one question, where it was answered and applicable."""
    place = approved.battery.questions.index(code)
    packed = approved.battery.codes(approved.reports.method, approved.reports.answers)[:, place].astype(np.int64)
    parts = []
    for contact, found, number in zip(approved.contacts, packed.tolist(), _chosen(approved, place), strict=True):
        points, possible = found & FIELD_MASK, found >> FIELD
        if contact.is_answered and possible:
            words = _label(approved, code, number)
            parts.append(Part(contact, Fraction(100 * points, possible), points, possible, words))
        else:
            parts.append(Part(contact, left=_why_out(approved, contact, code, number)))
    return parts


def _cx_parts(code: str, approved: Approved) -> list[Part]:
    """Return the step that each contact chose; for NPS what a critic, a neutral or a promoter adds."""
    item = approved.questionnaire.by_code[code]
    numbers = _chosen(approved, approved.battery.questions.index(code))
    parts = []
    for contact, number in zip(approved.contacts, numbers, strict=True):
        value = _step(item, contact, number)
        if value is None:
            parts.append(Part(contact, left=_why_out(approved, contact, code, number)))
        else:
            worth = 100 * ((value >= PROMOTER) - (value <= DETRACTOR)) if code == NPS else value
            parts.append(Part(contact, Fraction(worth), answer=item.options[number].label))
    return parts


def _step(item: AskedQuestion, contact: ContactShown, number: int) -> int | None:
    """Return the step of the scale that an answered contact chose, if its method asks for it."""
    if number == NO_ANSWER or not contact.is_answered or contact.method not in item.question.methods:
        return None
    option = item.options[number]
    return None if option.is_not_applicable else option.value


def _why_out(approved: Approved, contact: ContactShown, code: str, number: int) -> Left:
    """Tell why one question gives a contact nothing."""
    if not contact.is_answered:
        return Left.UNANSWERED
    if contact.method not in approved.questionnaire.by_code[code].question.methods:
        return Left.NOT_ASKED
    return Left.MISSING if number == NO_ANSWER else Left.NOT_APPLICABLE


def _chosen(approved: Approved, place: int) -> list[int]:
    numbers: list[int] = approved.reports.answers[:, place].tolist()
    return numbers


def _label(approved: Approved, code: str, number: int) -> str:
    return approved.questionnaire.by_code[code].options[number].label
