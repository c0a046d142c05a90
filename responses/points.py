"""What the answers of one report are worth: points, and the points that were possible."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from responses.questionnaires.models import AnswerOption, QuestionKind
from responses.questionnaires.selectors import AskedQuestion

COUNTED = frozenset({QuestionKind.WAITING, QuestionKind.SCORED})
FULL_SCORE = 100


@dataclass(frozen=True, slots=True)
class Points:
    """Points out of the possible ones."""

    points: int = 0
    possible: int = 0

    def __add__(self, other: "Points") -> "Points":
        return Points(self.points + other.points, self.possible + other.possible)

    @property
    def score(self) -> float | None:
        """Points as a share of the possible ones, 0–100; none where nothing could give points."""
        return FULL_SCORE * self.points / self.possible if self.possible else None


NOTHING = Points()


def worth(asked: AskedQuestion, option: AnswerOption | None) -> Points:
    """Return what one answer counts for; “not applicable” and no answer take the question out."""
    if option is None or option.is_not_applicable or asked.question.kind not in COUNTED:
        return NOTHING
    return Points(option.points, max(one.points for one in asked.options))


def total(parts: Iterable[Points]) -> Points:
    """Return the points of all parts together."""
    return sum(parts, NOTHING)


def packed_score(asked: Sequence[AskedQuestion], numbers: Sequence[int]) -> float | None:
    """Return the score of a report from the numbers of its chosen options, −1 for none, in the season's order."""
    chosen = zip(asked, numbers, strict=True)
    return total(worth(item, item.options[number]) for item, number in chosen if number >= 0).score
