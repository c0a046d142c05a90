"""How many points a questionnaire can give, by area and contact method."""

from collections.abc import Sequence
from dataclasses import dataclass

from participants.models import ContactMethod
from responses.questionnaires.models import PerformanceArea, QuestionKind
from responses.questionnaires.selectors import AskedQuestion, Questionnaire

GIVES_POINTS = frozenset({QuestionKind.WAITING, QuestionKind.SCORED})


@dataclass(frozen=True, slots=True)
class AreaTotals:
    """The points of one area, in the order of the contact methods."""

    area: PerformanceArea
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AreaQuestions:
    """One area with the questions that are shown of it."""

    area: PerformanceArea
    asked: tuple[AskedQuestion, ...]


def most_points(asked: AskedQuestion) -> int:
    """Return the points of the best option."""
    return max((option.points for option in asked.options), default=0)


def totals_of(questionnaire: Questionnaire) -> tuple[list[AreaTotals], tuple[int, ...]]:
    """Return what each area that gives points can reach by each method, and the sums by method."""
    scored = [item for item in questionnaire.asked if item.question.kind in GIVES_POINTS]
    rows = [
        AreaTotals(area, tuple(_sum(scored, area=area, method=method) for method in ContactMethod))
        for area in questionnaire.areas
        if any(item.question.area_id == area.pk for item in scored)
    ]
    return rows, tuple(sum(row.points[place] for row in rows) for place in range(len(ContactMethod)))


def _sum(scored: Sequence[AskedQuestion], *, area: PerformanceArea, method: str) -> int:
    return sum(
        most_points(item) for item in scored if item.question.area_id == area.pk and method in item.question.methods
    )


def by_area(questionnaire: Questionnaire, *, method: str = "") -> list[AreaQuestions]:
    """Return the questions of each area, of one contact method or of all."""
    asked = questionnaire.for_method(method) if method else questionnaire.asked
    groups = (
        AreaQuestions(area, tuple(item for item in asked if item.question.area_id == area.pk))
        for area in questionnaire.areas
    )
    return [group for group in groups if group.asked]
