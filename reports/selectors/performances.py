"""Each performance on each contact method, grouped by area."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from participants.models import Season
from responses.questionnaires.comparing import Sameness
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.selectors import Questionnaire, questionnaire_of
from scoring.engine.battery import METHODS, WAITING
from scoring.engine.layout import Scored
from scoring.selectors import Results

# Fewer contacts than this are marked: one more could change the picture.
FEW = 5


@dataclass(frozen=True)
class Cell:
    """One performance on one contact method; ``score`` is None where it was not asked."""

    method: str
    score: float | None
    n: int
    is_fewer: bool

    @property
    def is_few(self) -> bool:
        """Whether the score rests on few contacts."""
        return 0 < self.n < FEW


@dataclass(frozen=True)
class Performance:
    """One question, and how the participant did on each contact method; ``figure`` is what explains it.

    ``mark`` tells that it is new or changed since the season before.
    """

    text: str
    figure: str
    cells: Sequence[Cell]
    mark: Sameness | None = None


@dataclass(frozen=True)
class AreaPerformances:
    """The performances of one area, in the order of the questionnaire."""

    name: str
    performances: Sequence[Performance]


@dataclass(frozen=True)
class Column:
    """One contact method, and how many contacts were answered on it."""

    method: str
    n: int

    @property
    def is_few(self) -> bool:
        """Whether everything in the column rests on few contacts."""
        return self.n < FEW


@dataclass(frozen=True)
class Matrix:
    """Performances by contact methods."""

    columns: Sequence[Column]
    areas: Sequence[AreaPerformances]

    @property
    def width(self) -> int:
        """How many columns the table has."""
        return 1 + len(self.columns)


def performance_matrix(season: Season, own: Results, *, marks: Mapping[str, Sameness]) -> Matrix:
    """Return every performance that gives points, on each method that the participant was contacted by.

    ``marks`` are of questions that are new or changed, by code.
    """
    columns = [Column(method, own.by_method[method].answered) for method in METHODS if method in own.by_method]
    questionnaire = questionnaire_of(season)
    areas = [
        AreaPerformances(
            area.name,
            [
                *_waiting(own, columns, area.code, _waiting_mark(questionnaire, columns, marks)),
                *_scored(own, columns, area.pk, questionnaire, marks),
            ],
        )
        for area in questionnaire.areas
    ]
    return Matrix(columns, [area for area in areas if area.performances])


def _waiting_mark(
    questionnaire: Questionnaire, columns: Sequence[Column], marks: Mapping[str, Sameness]
) -> Sameness | None:
    """Return what became of the waiting time: it is changed as soon as it is so on one of the methods."""
    asked = [questionnaire.waiting_question(column.method).question.code for column in columns]
    found = {marks.get(code) for code in asked}
    if found <= {None}:
        return None
    return Sameness.NEW if found == {Sameness.NEW} else Sameness.CHANGED


def _waiting(own: Results, columns: Sequence[Column], area: str, mark: Sameness | None) -> list[Performance]:
    """Return one row for the waiting time, which each method asks in a question of its own."""
    if area != WAITING:
        return []
    scores = [own.by_method[column.method].areas[WAITING] for column in columns]
    cells = [_cell(scored, column) for scored, column in zip(scores, columns, strict=True)]
    row = Performance(_("How soon the contact was answered"), f"area.{WAITING}", cells, mark)
    return [row] if any(cell.n for cell in cells) else []


def _scored(
    own: Results,
    columns: Sequence[Column],
    area: int,
    questionnaire: Questionnaire,
    marks: Mapping[str, Sameness],
) -> list[Performance]:
    """Return the area's scored questions that somebody was asked."""
    rows = []
    for item in questionnaire.asked:
        if item.question.area_id == area and item.question.kind == QuestionKind.SCORED:
            code = item.question.code
            cells = [_cell(own.by_method[column.method].questions[code], column) for column in columns]
            if any(cell.n for cell in cells):
                rows.append(Performance(item.question.text, f"question.{code}", cells, marks.get(code)))
    return rows


def _cell(scored: Scored, column: Column) -> Cell:
    return Cell(column.method, scored.score, scored.n, is_fewer=scored.n < column.n)
