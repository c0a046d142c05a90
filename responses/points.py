"""What the answers of one report are worth: points, and the points that were possible."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from responses.questionnaires.models import AnswerOption, QuestionKind
from responses.questionnaires.selectors import AskedQuestion

COUNTED: Final = frozenset({QuestionKind.WAITING, QuestionKind.SCORED})
FULL_SCORE: Final = 100
# What each option of each question is worth, in the season's order.
Table = Sequence[Sequence["Points"]]


@dataclass(frozen=True, slots=True)
class Points:
    """Points out of the possible ones."""

    points: int = 0
    possible: int = 0

    @property
    def score(self) -> float | None:
        """Points as a share of the possible ones, 0–100; none where nothing could give points."""
        return FULL_SCORE * self.points / self.possible if self.possible else None


NOTHING: Final = Points()


def worth(asked: AskedQuestion, option: AnswerOption | None) -> Points:
    """Return what one answer counts for; “not applicable” and no answer take the question out."""
    if option is None or option.is_not_applicable or asked.question.kind not in COUNTED:
        return NOTHING
    return Points(option.points, max(one.points for one in asked.options))


def total(parts: Iterable[Points]) -> Points:
    """Return the points of all parts together."""
    listed = list(parts)
    return Points(sum(part.points for part in listed), sum(part.possible for part in listed))


def table_of(asked: Iterable[AskedQuestion]) -> Table:
    """Return what every option is worth, to look up many reports in."""
    return [[worth(item, option) for option in item.options] for item in asked]


def packed_score(table: Table, numbers: Sequence[int]) -> float | None:
    """Return the score of a report from the numbers of its chosen options, −1 for none."""
    chosen = zip(table, numbers, strict=True)
    return total(options[number] for options, number in chosen if number >= 0).score
