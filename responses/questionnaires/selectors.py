"""Reads a season's questionnaire as plain values, kept in memory once the season has opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from participants.models import Season
from responses.questionnaires.models import AnswerOption, PerformanceArea, Question, QuestionKind


@dataclass(frozen=True)
class AskedQuestion:
    """One question with its options, in order."""

    question: Question
    options: tuple[AnswerOption, ...]

    @cached_property
    def option_by_code(self) -> Mapping[str, AnswerOption]:
        """Find an option by its code."""
        return {option.code: option for option in self.options}

    @cached_property
    def number_by_option(self) -> Mapping[int, int]:
        """Find an option's number within the question by its key."""
        return {option.pk: number for number, option in enumerate(self.options)}


@dataclass(frozen=True)
class Questionnaire:
    """All areas, questions and options of a season, in order."""

    season_id: int
    areas: tuple[PerformanceArea, ...]
    asked: tuple[AskedQuestion, ...]

    @cached_property
    def by_code(self) -> Mapping[str, AskedQuestion]:
        """Find a question by its code."""
        return {item.question.code: item for item in self.asked}

    @cached_property
    def by_key(self) -> Mapping[int, AskedQuestion]:
        """Find a question by its key."""
        return {item.question.pk: item for item in self.asked}

    @cached_property
    def derived(self) -> dict[object, Any]:
        """What others have worked out of this questionnaire, kept for as long as it is."""
        return {}

    @cached_property
    def _by_method(self) -> dict[str, tuple[AskedQuestion, ...]]:
        return {}

    def for_method(self, method: str) -> Sequence[AskedQuestion]:
        """Return the questions that a contact by this method answers."""
        if method not in self._by_method:
            self._by_method[method] = tuple(item for item in self.asked if method in item.question.methods)
        return self._by_method[method]

    def waiting_question(self, method: str) -> AskedQuestion:
        """Return the question whose answer is computed from the attempts."""
        return next(item for item in self.for_method(method) if item.question.kind == QuestionKind.WAITING)


def questionnaire_of(season: Season) -> Questionnaire:
    """Return the season's questionnaire; without a query when it is frozen and known here already."""
    return _frozen_questionnaire(season.pk) if season.is_frozen else _read(season.pk)


def read_questionnaire(season: Season) -> Questionnaire:
    """Return the season's questionnaire as the database has it now."""
    return _read(season.pk)


@lru_cache(maxsize=32)
def _frozen_questionnaire(season_id: int) -> Questionnaire:
    return _read(season_id)


def forget_questionnaires() -> None:
    """Forget what is kept in memory: for tests, whose databases come and go, and for checks of what is stored."""
    _frozen_questionnaire.cache_clear()


def _read(season_id: int) -> Questionnaire:
    areas = tuple(PerformanceArea.objects.filter(season=season_id).order_by("position"))
    options: dict[int, list[AnswerOption]] = {}
    for option in AnswerOption.objects.filter(question__season=season_id).order_by("position"):
        options.setdefault(option.question_id, []).append(option)
    questions = Question.objects.filter(season=season_id).select_related("area").order_by("position")
    asked = tuple(AskedQuestion(question, tuple(options.get(question.pk, ()))) for question in questions)
    return Questionnaire(season_id, areas, asked)
