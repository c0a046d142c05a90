"""What satisfaction goes with, in the whole season or in one class."""

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.lib import formatting
from reports.selectors.statistics import Insight
from reports.selectors.statistics_tables import Cell, Column, Row, Table, words
from scoring.explanations.words import CX_NAMES
from scoring.statistics.drivers import Driver, Drivers, Explained

OUTCOMES: Final = ("nps", "csat", "ces")
Level = Callable[[Drivers], Explained]


def areas_table(insight: Insight) -> Table:
    """Every performance area, and its part of what explains each kind of satisfaction."""
    return _table(
        insight,
        lambda drivers: drivers.areas,
        label=insight.areas,
        key="driving_areas",
        title=_("Performance areas"),
        first=_("Performance area"),
    )


def questions_table(insight: Insight) -> Table:
    """Every performance, and its part of what explains each kind of satisfaction."""
    labels = {code: asked.question.text for code, asked in insight.questionnaire.by_code.items()}
    return _table(
        insight,
        lambda drivers: drivers.items,
        label=labels,
        key="driving_questions",
        title=_("Performances"),
        first=_("Performance"),
    )


def drivers_of(insight: Insight) -> Mapping[str, Drivers]:
    """Return the drivers of the chosen class, or of the season, by outcome."""
    chosen = insight.award_class
    if chosen is None:
        return insight.figures.season.drivers
    return {} if chosen.figures is None else chosen.figures.drivers


def few_words(insight: Insight) -> str:
    """Say which outcomes rest on too few reports, or nothing."""
    drivers = drivers_of(insight)
    few = [CX_NAMES[code] for code in OUTCOMES if code in drivers and drivers[code].areas.few]
    if not few:
        return ""
    return _("There are few reports behind %(outcomes)s: take these figures as a hint only.") % {
        "outcomes": ", ".join(few)
    }


def _table(insight: Insight, level: Level, *, label: Mapping[str, str], key: str, title: str, first: str) -> Table:
    drivers = drivers_of(insight)
    explained = {code: level(drivers[code]) for code in OUTCOMES if code in drivers}
    found = {code: {driver.code: driver for driver in one.drivers} for code, one in explained.items()}
    codes = list(dict.fromkeys(code for one in found.values() for code in one))
    return Table(
        key=key,
        title=title,
        summary=_sentence(drivers, explained),
        columns=[Column("name", first, is_text=True), *(_column(outcome) for outcome in found)],
        rows=[
            Row((words(label.get(code, code)), *(_driver_cell(drivers.get(code)) for drivers in found.values())))
            for code in codes
        ],
        nothing=_("There are too few answers to say what satisfaction goes with."),
    )


def _column(outcome: str) -> Column:
    name = CX_NAMES[outcome]
    parts = (_("%(outcome)s, share"), _("%(outcome)s, from"), _("%(outcome)s, to"), _("%(outcome)s, correlation"))
    return Column(outcome, name, tuple(part % {"outcome": name} for part in parts))


def _driver_cell(driver: Driver | None) -> Cell:
    if driver is None:
        return Cell(formatting.MISSING, (None,) * 4)
    share = None if driver.share is None else 100 * driver.share
    note = ""
    if driver.low is not None and driver.high is not None:
        note = formatting.interval((100 * driver.low, 100 * driver.high))
    return Cell(
        formatting.percent(share, 1),
        (driver.share, driver.low, driver.high, driver.correlation),
        chips=(_("falls when this rises"),) if driver.correlation < 0 else (),
        note=note,
    )


def _sentence(drivers: Mapping[str, Drivers], explained: Mapping[str, Explained]) -> str:
    if not explained:
        return ""
    reports = max(drivers[code].n for code in explained)
    text = ngettext(
        "From %(count)s answered report. Together these explain %(shares)s of the variation inside each participant.",
        "From %(count)s answered reports. Together these explain %(shares)s of the variation inside each participant.",
        reports,
    )
    shares = [f"{formatting.percent(100 * one.r_squared)} ({CX_NAMES[code]})" for code, one in explained.items()]
    return text % {"count": formatting.number(reports), "shares": ", ".join(shares)}
