"""How many points a questionnaire can give, by area and contact method."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from participants.models import ContactMethod, Season
from responses.questionnaires.comparing import Comparison, Sameness
from responses.questionnaires.models import AnswerOption, PerformanceArea, Question, QuestionKind
from responses.questionnaires.selectors import AskedQuestion, Questionnaire, questionnaire_of

GIVES_POINTS = frozenset({QuestionKind.WAITING, QuestionKind.SCORED})


@dataclass(frozen=True, slots=True)
class AreaTotals:
    """The points of one area, in the order of the contact methods."""

    area: PerformanceArea
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """One question with its options; ``mark`` where it is new or changed since the season before."""

    question: Question
    options: tuple[AnswerOption, ...]
    mark: Sameness | None


@dataclass(frozen=True, slots=True)
class AreaQuestions:
    """One area with the questions that are shown of it."""

    area: PerformanceArea
    asked: tuple[ShownQuestion, ...]


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


def by_area(
    questionnaire: Questionnaire, *, method: str = "", comparison: Comparison | None = None
) -> list[AreaQuestions]:
    """Return the questions of each area, of one contact method or of all, marked where a comparison is at hand."""
    asked = questionnaire.for_method(method) if method else questionnaire.asked
    marks: Mapping[str, Sameness] = comparison.marks if comparison else {}
    groups = (
        AreaQuestions(
            area,
            tuple(
                ShownQuestion(item.question, item.options, marks.get(item.question.code))
                for item in asked
                if item.question.area_id == area.pk
            ),
        )
        for area in questionnaire.areas
    )
    return [group for group in groups if group.asked]


@dataclass(frozen=True)
class SinceEarlier:
    """How many questions are as they were in the season before, and those that are asked no more."""

    season: Season
    counts: Mapping[str, int]
    gone: tuple[Question, ...]


def since_earlier(comparison: Comparison) -> SinceEarlier:
    """Return what became of the questions in figures, with what is gone; no query once the earlier one is known."""
    before = questionnaire_of(comparison.old).by_code
    gone = tuple(before[code].question for code in comparison.gone)
    return SinceEarlier(comparison.old, comparison.counts, gone)
