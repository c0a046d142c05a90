"""What is stored of how far a season's numbers can be trusted, with the names that belong to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from ksp.accounts.models import User
from observers.models import Observer
from participants.models import Season
from responses.questionnaires.selectors import Questionnaire, questionnaire_of
from scoring.season_statistics import KnownStatistics, enrolments_figures, known_statistics
from scoring.selectors import ClassResult, ParticipantResult, SeasonResults, season_results
from scoring.statistics.figures import ClassFigures, EnrolmentFigures, SeasonFigures

NOTHING_KNOWN = EnrolmentFigures()


@dataclass(frozen=True)
class Ranked:
    """One participant with a place: its official results, and what is known of how certain they are."""

    result: ParticipantResult
    figures: EnrolmentFigures

    @property
    def key(self) -> int:
        """The key of its enrolment."""
        return self.result.enrolment.pk

    @property
    def name(self) -> str:
        """What it is called."""
        return self.result.enrolment.participant.name

    @property
    def url(self) -> str:
        """Where it is shown to managers."""
        return reverse("participants:detail", args=[self.result.enrolment.participant.public_id])

    @property
    def total(self) -> float | None:
        """The official total, unrounded."""
        return self.result.results.all_methods.total

    @property
    def adjusted(self) -> float | None:
        """The total had all observers been of average severity."""
        total = self.figures.estimates.get("total")
        return None if total is None else total.adjusted


@dataclass(frozen=True)
class ClassInsight:
    """A class with its figures; none where it had no approved contact when they were computed."""

    result: ClassResult
    figures: ClassFigures | None
    ranked: Sequence[Ranked]

    @property
    def key(self) -> int:
        """The key of the class."""
        return self.result.award_class.pk

    @property
    def name(self) -> str:
        """What the class is called."""
        return self.result.award_class.name

    @property
    def winners(self) -> list[Ranked]:
        """Those who are first by the rules; several where the place is shared."""
        return [one for one in self.ranked if one.result.results.rank_class == 1]

    @property
    def adjusted_winners(self) -> list[Ranked]:
        """Those whom totals adjusted for the observers' severity would put first."""
        standings = [(one, one.figures.standing) for one in self.ranked]
        return [one for one, standing in standings if standing is not None and standing.adjusted_rank_class == 1]


@dataclass(frozen=True)
class Insight:
    """A season's statistics; what is not needed on a page is not read: results in three queries, the rest in one each.

    ``chosen`` is the class that a page is about, none for the whole season.
    """

    season: Season
    known: KnownStatistics
    reader: User
    chosen: int | None = None

    @property
    def figures(self) -> SeasonFigures:
        """What is stored of the season and its classes."""
        return self.known.figures

    @cached_property
    def results(self) -> SeasonResults:
        """The official results as they are stored."""
        return season_results(self.season)

    @cached_property
    def enrolments(self) -> Mapping[int, EnrolmentFigures]:
        """What is stored of each participant, by its enrolment."""
        return enrolments_figures(self.season)

    @cached_property
    def ranked(self) -> Sequence[Ranked]:
        """The participants with a place, the best first."""
        found = [
            Ranked(result, self.enrolments.get(result.enrolment.pk, NOTHING_KNOWN))
            for result in self.results.participants
            if result.is_ranked
        ]
        return sorted(found, key=lambda one: (one.result.results.rank_overall or 0, one.name))

    @cached_property
    def classes(self) -> Sequence[ClassInsight]:
        """The classes in the order of their names."""
        return [
            ClassInsight(
                result,
                self.figures.classes.get(result.award_class.pk),
                [one for one in self.ranked if one.result.enrolment.award_class_id == result.award_class.pk],
            )
            for result in self.results.classes
        ]

    @cached_property
    def names(self) -> Mapping[int, str]:
        """What each participant is called, by its enrolment."""
        return {one.enrolment.pk: one.enrolment.participant.name for one in self.results.participants}

    @cached_property
    def award_class(self) -> ClassInsight | None:
        """The chosen class, if it is one of the season's."""
        return next((one for one in self.classes if one.key == self.chosen), None)

    @property
    def compared_class(self) -> ClassInsight | None:
        """The class whose participants are compared two by two: the chosen one, else the first."""
        return self.award_class or next(iter(self.classes), None)

    @cached_property
    def observers(self) -> Mapping[int, Observer]:
        """The observers that the reader may see, by their keys."""
        keys = [one.observer for one in self.figures.severity]
        return Observer.objects.visible_to(self.reader).in_bulk(keys)

    @cached_property
    def questionnaire(self) -> Questionnaire:
        """The season's questions."""
        return questionnaire_of(self.season)

    @cached_property
    def areas(self) -> Mapping[str, str]:
        """The names of the performance areas by their codes."""
        return {area.code: area.name for area in self.questionnaire.areas}

    def question(self, code: str) -> str:
        """Return the wording of a question."""
        return self.questionnaire.by_code[code].question.text


def season_insight(season: Season, *, reader: User, chosen: str = "") -> Insight | None:
    """Return what is known of how far the season's numbers can be trusted: two queries; none while nothing is."""
    known = known_statistics(season)
    if known is None:
        return None
    return Insight(season, known, reader, int(chosen) if chosen.isdecimal() and len(chosen) < len(str(2**63)) else None)
