"""The questions on customer experience: their means, distributions and intervals."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from reports.selectors.certainty import UNKNOWN, Certainty, KnownCertainty
from responses.questionnaires.selectors import questionnaire_of
from scoring.engine.layout import NpsResult, ScaleResult
from scoring.explanations.words import CX_NAMES
from scoring.selectors import EnrolmentResults

FULL = 100


@dataclass(frozen=True)
class CxScale:
    """One CX question: mean and distribution; for NPS also its three groups. ``figure`` explains it."""

    code: str
    figure: str
    name: str
    result: ScaleResult | NpsResult
    most: int
    value: float | None
    class_mean: float | None
    season_mean: float | None
    certainty: Certainty = UNKNOWN

    @property
    def label(self) -> str:
        """What the question is called in tables."""
        return self.code

    @property
    def n(self) -> int:
        """How many answered it."""
        return self.result.n

    @property
    def is_signed(self) -> bool:
        """Whether it can be less than nothing."""
        return self.is_nps

    @property
    def least(self) -> int:
        """Where the scale begins."""
        return -FULL if self.is_nps else min(self.result.distribution)

    @property
    def highest(self) -> int:
        """Where the scale ends."""
        return FULL if self.is_nps else self.most

    @property
    def is_nps(self) -> bool:
        """Whether it is the one with promoters and detractors."""
        return isinstance(self.result, NpsResult)


def cx_scales(found: EnrolmentResults, known: KnownCertainty) -> list[CxScale]:
    """Return what the participant's CX questions came to, those without an answer included."""
    own, award_class, season = found.own.all_methods, found.award_class.all_methods, found.season.all_methods
    questions = questionnaire_of(found.enrolment.season).by_code
    scales = []
    for code, result in own.cx.items():
        value, means = _value(result), (_value(award_class.cx[code]), _value(season.cx[code]))
        scales.append(
            CxScale(
                code=CX_NAMES.get(code, code),
                figure=f"cx.{code}",
                name=_name(code) or questions[code].question.text,
                result=result,
                most=max(result.distribution),
                value=value,
                class_mean=means[0],
                season_mean=means[1],
                certainty=known.of(f"cx.{code}", value, *means),
            )
        )
    return scales


def _value(result: ScaleResult | NpsResult) -> float | None:
    return result.score if isinstance(result, NpsResult) else result.mean


def _name(code: str) -> str:
    names = {
        "csat": _("Customer satisfaction"),
        "ces": _("How easy it was"),
        "nps": _("Would recommend"),
        "ves1": _("Added value"),
        "ves2": _("Added trust"),
    }
    return names.get(code, "")
