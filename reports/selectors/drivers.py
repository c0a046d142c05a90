"""What satisfaction goes with in a season, and where one participant is strong or has most to win."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from ksp.accounts.models import User
from participants.models import Enrolment
from reports.selectors.performances import FEW
from responses.questionnaires.comparing import Sameness
from responses.questionnaires.earlier import comparison_with_earlier
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.selectors import AskedQuestion, Questionnaire, questionnaire_of
from scoring.engine.battery import Floats
from scoring.engine.layout import Scored
from scoring.explanations.words import CX_NAMES
from scoring.rule_words import method_names
from scoring.selectors import enrolment_results
from scoring.statistics.drivers import Driver, Drivers, Explained, potential, strengths
from scoring.stored_figures import near_drivers
from scoring.visibility import shows_intervals

OUTCOMES = ("nps", "csat", "ces")
FULL = 100
# So many are shown as bars; all of them are in the table.
SHOWN, HEAVIEST = 5, 10
Bounds = tuple[float, float]


@dataclass(frozen=True)
class Choice:
    """One measure of satisfaction to choose."""

    code: str
    label: str
    is_current: bool


@dataclass(frozen=True)
class Share:
    """How much of what is explained goes with one area, in per cent; ``bounds`` for those who see intervals."""

    label: str
    share: float
    bounds: Bounds | None


@dataclass(frozen=True)
class Shares:
    """The areas of a season or a class: how much of satisfaction they explain (per cent), from how many contacts."""

    areas: Sequence[Share]
    explained: float
    n: int
    few: bool
    most: float


@dataclass(frozen=True)
class Weighed:
    """One performance: how much it weighs (per cent), how the participant did, and what that comes to.

    ``potential`` and ``strength`` are weight times points lost, and times points won beyond the class, in per cent.
    ``is_against`` where satisfaction falls as it rises.
    """

    figure: str
    text: str
    mark: Sameness | None
    share: float
    bounds: Bounds | None
    score: float | None
    class_mean: float | None
    n: int
    potential: float | None
    strength: float | None
    is_against: bool

    @property
    def is_few(self) -> bool:
        """Whether the score rests on few contacts."""
        return self.n < FEW


@dataclass(frozen=True)
class SatisfactionDrivers:
    """Everything on the page, for one measure of satisfaction; without ``season`` nothing is computed yet."""

    outcome: str
    choices: Sequence[Choice]
    season: Shares | None
    award_class: Shares | None
    performances: Sequence[Weighed]
    few: bool
    has_intervals: bool

    @property
    def to_win(self) -> Sequence[Weighed]:
        """The performances with most to win, the largest first."""
        found = [one for one in self.performances if one.potential and not one.is_against]
        return sorted(found, key=lambda one: one.potential or 0, reverse=True)[:SHOWN]

    @property
    def best(self) -> Sequence[Weighed]:
        """The performances that the participant does better than its class, those that matter most first."""
        found = [one for one in self.performances if one.strength and not one.is_against]
        return sorted(found, key=lambda one: one.strength or 0, reverse=True)[:SHOWN]

    @property
    def heaviest(self) -> Sequence[Weighed]:
        """The performances that weigh most."""
        return self.performances[:HEAVIEST]

    @property
    def most_weight(self) -> float:
        """What the longest of their bars and intervals reaches."""
        return max((one.bounds[1] if one.bounds else one.share for one in self.heaviest), default=1)

    @property
    def most_to_win(self) -> float:
        """The largest potential: the full length of a bar."""
        return max((one.potential or 0 for one in self.to_win), default=1)

    @property
    def most_won(self) -> float:
        """The largest strength: the full length of a bar."""
        return max((one.strength or 0 for one in self.best), default=1)


def satisfaction_drivers(user: User, enrolment: Enrolment, *, outcome: str = "") -> SatisfactionDrivers:
    """Return what one measure of satisfaction goes with, and the participant's strengths and potential by it."""
    known = near_drivers(enrolment)
    available = [code for code in OUTCOMES if code in known.season]
    current = outcome if outcome in available else next(iter(available), "")
    with_bounds = shows_intervals(user, enrolment.season)
    season, award_class = known.season.get(current), known.award_class.get(current)
    questionnaire = questionnaire_of(enrolment.season)
    return SatisfactionDrivers(
        outcome=CX_NAMES.get(current, current),
        choices=[Choice(code, CX_NAMES.get(code, code), code == current) for code in available],
        season=_shares(season, questionnaire, with_bounds=with_bounds),
        award_class=_shares(award_class, questionnaire, with_bounds=with_bounds),
        performances=[] if season is None else _weighed(enrolment, season.items, with_bounds=with_bounds),
        few=season is not None and season.items.few,
        has_intervals=with_bounds,
    )


def _shares(found: Drivers | None, questionnaire: Questionnaire, *, with_bounds: bool) -> Shares | None:
    """Return the areas' shares, the largest first; None where nothing is explained."""
    if found is None:
        return None
    names = {area.code: area.name for area in questionnaire.areas}
    known = [one for one in found.areas.drivers if one.share is not None]
    if not known:
        return None
    areas = [Share(names[one.code], FULL * (one.share or 0), _bounds(one, shown=with_bounds)) for one in known]
    return Shares(
        areas=sorted(areas, key=lambda one: one.share, reverse=True),
        explained=FULL * found.areas.r_squared,
        n=found.n,
        few=found.areas.few,
        most=max(FULL * (one.high or one.share or 0) for one in known),
    )


def _bounds(driver: Driver, *, shown: bool) -> Bounds | None:
    if not shown or driver.low is None or driver.high is None:
        return None
    return FULL * driver.low, FULL * driver.high


def _weighed(enrolment: Enrolment, items: Explained, *, with_bounds: bool) -> list[Weighed]:
    """Return the performances that explain something, the heaviest first."""
    results = enrolment_results(enrolment)
    own, others = results.own.all_methods.questions, results.award_class.all_methods.questions
    comparison = comparison_with_earlier(enrolment.season)
    marks: Mapping[str, Sameness] = comparison.marks if comparison else {}
    asked = questionnaire_of(enrolment.season).by_code
    known = [one for one in items.drivers if one.share is not None and one.code in own]
    lost, won = _lost_and_won(known, own, others)
    rows = [
        Weighed(
            figure=f"question.{one.code}",
            text=_text(asked[one.code]),
            mark=marks.get(one.code),
            share=FULL * (one.share or 0),
            bounds=_bounds(one, shown=with_bounds),
            score=own[one.code].score,
            class_mean=others[one.code].score if one.code in others else None,
            n=own[one.code].n,
            potential=lost[place],
            strength=won[place],
            is_against=one.correlation < 0,
        )
        for place, one in enumerate(known)
    ]
    return sorted(rows, key=lambda one: one.share, reverse=True)


def _lost_and_won(
    known: Sequence[Driver], own: Mapping[str, Scored], others: Mapping[str, Scored]
) -> tuple[list[float | None], list[float | None]]:
    """Return the potential and the strength of each, in per cent; None where there is no score."""
    importance = np.array([one.share for one in known], np.float64)
    scores = _scores(own, known)
    lost = potential(importance, scores[None, :])[0]
    won = strengths(importance, scores, _scores(others, known))
    return _in_per_cent(lost), _in_per_cent(won)


def _scores(found: Mapping[str, Scored], known: Sequence[Driver]) -> Floats:
    values = [found[one.code].score if one.code in found else None for one in known]
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _in_per_cent(values: Floats) -> list[float | None]:
    return [None if np.isnan(value) else FULL * float(value) for value in values]


def _text(item: AskedQuestion) -> str:
    """Return the question; the waiting time is asked of each contact method in the same words."""
    if item.question.kind != QuestionKind.WAITING:
        return item.question.text
    methods = ", ".join(method_names(item.question.methods))
    return _("How soon the contact was answered (%(methods)s)") % {"methods": methods}
