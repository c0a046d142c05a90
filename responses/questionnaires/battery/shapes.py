"""What a battery of questions consists of."""

from collections.abc import Sequence
from dataclasses import dataclass

METHODS = ("phone", "email", "chat", "messenger")
KINDS = ("waiting", "scored", "unscored", "cx", "comment")


class BatteryError(ValueError):
    """A battery is missing, cannot be read, or breaks a rule; the message lists everything wrong."""

    def __init__(self, code: str, problems: Sequence[str]) -> None:
        self.code = code
        self.problems = tuple(problems)
        super().__init__(f"Battery {code}: " + "; ".join(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to answer a question; ``value`` is a number on a scale or the limit of a step."""

    code: str
    label_nb: str
    label_en: str
    points: int = 0
    not_applicable: bool = False
    value: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A performance area, and the points every method can reach in it."""

    code: str
    position: int
    points: int
    name_nb: str
    name_en: str
    intro_nb: str
    intro_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question with its guidance; ``adaptable`` guidance may be rewritten per participant."""

    code: str
    area: str
    kind: str
    methods: tuple[str, ...]
    position: int
    text_nb: str
    text_en: str
    help_nb: str
    help_en: str
    options: tuple[Option, ...] = ()
    adaptable: bool = False

    @property
    def has_points(self) -> bool:
        """Tell whether the answer counts towards the total."""
        return self.kind in {"waiting", "scored"}

    @property
    def possible_points(self) -> int:
        """The points of the best option."""
        return max((option.points for option in self.options), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """A whole questionnaire: areas and questions in the order in which they are asked."""

    code: str
    areas: tuple[Area, ...]
    questions: tuple[Question, ...]

    def questions_for(self, method: str) -> tuple[Question, ...]:
        """Return the questions asked after a contact by that method."""
        return tuple(question for question in self.questions if method in question.methods)

    def possible_points(self, method: str, area: str) -> int:
        """Return what a contact by that method can reach in the area, nothing left out."""
        return sum(question.possible_points for question in self.questions_for(method) if question.area == area)
