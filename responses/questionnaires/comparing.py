"""Which questions of two seasons are the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db import models
from django.utils.translation import gettext_lazy as _

from participants.models import Season
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.selectors import AskedQuestion, Questionnaire, questionnaire_of

COUNTED = {QuestionKind.WAITING, QuestionKind.SCORED}


class Sameness(models.TextChoices):
    """What became of a question since the season before."""

    SAME = "same", _("Unchanged")
    CHANGED = "changed", _("Changed")
    NEW = "new", _("New")


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two seasons' questionnaires beside each other; ``of`` tells of every question of the later one by its code.

    A question is the same if it is asked in the same words of the same methods, stands in the same area, and has the
    same alternatives with the same points. ``gone`` are the codes of the earlier one that are asked no more.
    """

    old: Season
    new: Season
    of: Mapping[str, Sameness]
    gone: tuple[str, ...]
    common: tuple[str, ...]

    @cached_property
    def marks(self) -> Mapping[str, Sameness]:
        """What became of those that are not the same, by code."""
        return {code: sameness for code, sameness in self.of.items() if sameness != Sameness.SAME}

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many questions there are of each kind, and how many are gone."""
        found = {sameness.value: 0 for sameness in Sameness}
        for sameness in self.of.values():
            found[sameness.value] += 1
        return {**found, "gone": len(self.gone)}


def compare_questionnaires(old: Season, new: Season, *, after: Questionnaire | None = None) -> Comparison:
    """Return what became of each question; ``common`` are those that count in both and are the same, by code.

    ``after`` is the later questionnaire, where it has been read already.
    """
    before, after = questionnaire_of(old), after or questionnaire_of(new)
    key = (compare_questionnaires, old.pk)
    if key not in after.derived:
        after.derived[key] = _compared(old, new, before, after)
    comparison: Comparison = after.derived[key]
    return comparison


def _compared(old: Season, new: Season, before: Questionnaire, after: Questionnaire) -> Comparison:
    of = {code: _sameness(before.by_code.get(code), item) for code, item in after.by_code.items()}
    return Comparison(
        old=old,
        new=new,
        of=of,
        gone=tuple(code for code in before.by_code if code not in after.by_code),
        common=tuple(
            code
            for code, sameness in of.items()
            if sameness == Sameness.SAME and after.by_code[code].question.kind in COUNTED
        ),
    )


def _sameness(before: AskedQuestion | None, after: AskedQuestion) -> Sameness:
    if before is None:
        return Sameness.NEW
    return Sameness.SAME if _content(before) == _content(after) else Sameness.CHANGED


def _content(item: AskedQuestion) -> tuple[object, ...]:
    """Return all that a question is to those who ask, answer and score it; not where it stands in its area."""
    question = item.question
    options = tuple((option.label_nb, option.points, option.is_not_applicable, option.value) for option in item.options)
    return question.text_nb, question.kind, question.area.code, tuple(sorted(question.methods)), options
