"""Which tables each page of statistics has, and what they say together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from ksp.lib.charts import Figure, deviations
from reports.selectors import (
    statistics_drivers,
    statistics_fairness,
    statistics_questions,
    statistics_reliability,
    statistics_seasons,
)
from reports.selectors.statistics import Insight
from reports.selectors.statistics_tables import Table

Maker = Callable[[Insight], Table]
TABLES: Final[Mapping[str, Maker]] = {
    "reliability": statistics_reliability.reliability_table,
    "chances": statistics_reliability.chances_table,
    "pairs": statistics_reliability.pairs_table,
    "winners": statistics_fairness.winners_table,
    "places": statistics_fairness.places_table,
    "severity": statistics_fairness.severity_table,
    "driving_areas": statistics_drivers.areas_table,
    "driving_questions": statistics_drivers.questions_table,
    "items": statistics_questions.items_table,
    "weeks": statistics_questions.weeks_table,
    "methods": statistics_questions.methods_table,
    "changes": statistics_seasons.changes_table,
}
# Whoever opens the page of one class sees the tables of that class.
OF_A_CLASS: Final = frozenset({"pairs", "places", "driving_areas", "driving_questions"})


@dataclass(frozen=True)
class Finding:
    """What one page says in a sentence, and where to read on."""

    title: str
    text: str
    url: str


def findings(insight: Insight) -> list[Finding]:
    """Return the short answers, in the order of the pages; a page without one is left out."""
    figures = insight.figures
    found = [
        Finding(
            _("Is the order dependable?"),
            statistics_reliability.reliability_sentence(figures.season.reliability),
            reverse("reports:statistics_reliability"),
        ),
        Finding(
            _("Are the winners the best?"),
            statistics_reliability.chances_sentence(insight),
            reverse("reports:statistics_reliability"),
        ),
        Finding(
            _("Are the observers alike?"),
            " ".join(
                [
                    *statistics_fairness.variance_parts(insight)[:1],
                    statistics_fairness.winners_table(insight).summary,
                ]
            ),
            reverse("reports:statistics_fairness"),
        ),
        Finding(
            _("Do the questions measure well?"),
            statistics_questions.items_sentence(figures.items),
            reverse("reports:statistics_questions"),
        ),
        Finding(
            _("Were all weeks alike?"),
            statistics_questions.weeks_sentence(figures.weeks),
            reverse("reports:statistics_questions"),
        ),
        Finding(
            _("Is it better than last season?"),
            statistics_seasons.changes_sentence(insight),
            reverse("reports:statistics_seasons"),
        ),
    ]
    return [one for one in found if one.text]


def severity_chart(insight: Insight) -> Figure | None:
    """Draw every observer with the interval of how strict it is; none while observers cannot be told apart."""
    points = statistics_fairness.severity_points(insight)
    if not points:
        return None
    sentence = statistics_fairness.severity_sentence(insight.figures.severity)
    return deviations(
        points, title=_("Effect of each observer"), sentence=sentence, ends=(_("strictest"), _("kindest"))
    )


def weeks_chart(insight: Insight) -> Figure | None:
    """Draw every week with the interval of how far it lies from the others; none while there are too few contacts."""
    points = statistics_questions.week_points(insight)
    if not points:
        return None
    sentence = statistics_questions.weeks_sentence(insight.figures.weeks)
    return deviations(points, title=_("Drift from week to week"), sentence=sentence)
