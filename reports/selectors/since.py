"""What changed since the earlier season: in the performances that are the same, and by the questionnaire itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.selectors.certainty import Distance, KnownCertainty
from responses.questionnaires.comparing import Comparison, Sameness
from responses.questionnaires.selectors import Questionnaire, questionnaire_of
from scoring.statistics.figures import SinceEarlier
from scoring.statistics.intervals import Contrast, Interval

TOTAL, COMPARABLE, BATTERY, OF_CLASS = "total", "comparable", "battery", "class"
# A scale that always shows at least these many points each way.
LEAST_WIDTH = 5


@dataclass(frozen=True)
class Change:
    """One change in points; ``bounds`` and ``is_certain`` are None for those who do not see intervals."""

    code: str
    value: float
    bounds: Interval | None
    is_certain: bool | None


@dataclass(frozen=True)
class LeftOut:
    """A question that is the same in words, but moved unlike the others, with its change in points."""

    text: str
    change: float


@dataclass(frozen=True)
class Questions:
    """What became of the questions, in the words of the later season; those that are gone in those of the earlier."""

    changed: Sequence[str]
    new: Sequence[str]
    gone: Sequence[str]
    left_out: Sequence[LeftOut]

    def __bool__(self) -> bool:
        """Whether there is any question that is not compared."""
        return bool(self.changed or self.new or self.gone or self.left_out)


@dataclass(frozen=True)
class Since:
    """The changes since an earlier season; ``kept`` is how many performances are compared.

    ``most`` is how far the scale reaches to both sides.
    """

    season: str
    changes: Sequence[Change]
    kept: int
    most: float
    questions: Questions | None

    @property
    def least(self) -> float:
        """How far the scale reaches downwards."""
        return -self.most


def since_earlier(known: KnownCertainty, comparison: Comparison | None) -> Since | None:
    """Return how a participant changed since an earlier season; None where there is nothing to compare with."""
    since, of_class = known.figures.own.since, known.figures.class_since
    if since is None:
        return None
    contrasts = {
        TOTAL: since.change.total,
        COMPARABLE: since.change.comparable,
        BATTERY: since.change.battery,
    }
    if of_class is not None and of_class.season == since.season:
        contrasts[OF_CLASS] = of_class.change.comparable
    changes = [_change(code, contrast, known) for code, contrast in contrasts.items()]
    has_lists = comparison is not None and comparison.old.code == since.season
    return Since(
        season=since.season,
        changes=changes,
        kept=len(since.kept),
        most=_reach(changes),
        questions=_questions(comparison, since) if comparison and has_lists else None,
    )


def _change(code: str, contrast: Contrast, known: KnownCertainty) -> Change:
    distance = Distance.of(contrast) if known.shows_intervals else None
    if distance is None:
        return Change(code, contrast.value, None, None)
    return Change(code, distance.value, distance.bounds, distance.is_certain)


def _reach(changes: Iterable[Change]) -> float:
    shown: list[float] = [abs(number) for one in changes for number in (one.value, *(one.bounds or ()))]
    return max([LEAST_WIDTH, *shown])


def _questions(comparison: Comparison, since: SinceEarlier) -> Questions:
    before, after = questionnaire_of(comparison.old), questionnaire_of(comparison.new)
    marked = comparison.marks.items()
    return Questions(
        changed=_texts(after, (code for code, mark in marked if mark == Sameness.CHANGED)),
        new=_texts(after, (code for code, mark in marked if mark == Sameness.NEW)),
        gone=_texts(before, comparison.gone),
        left_out=[LeftOut(after.by_code[one.code].question.text, one.change) for one in since.left_out],
    )


def _texts(questionnaire: Questionnaire, codes: Iterable[str]) -> list[str]:
    """Return the questions once each: several methods may ask the same."""
    return list(dict.fromkeys(questionnaire.by_code[code].question.text for code in codes))
