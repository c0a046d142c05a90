"""Whether some observers are stricter than others, and whether that decided anything."""

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.lib import formatting
from ksp.lib.charts import Deviation
from reports.selectors.statistics import ClassInsight, Insight, Ranked
from reports.selectors.statistics_tables import (
    Cell,
    Column,
    Row,
    Table,
    bounds,
    difference,
    figure,
    words,
)
from scoring.statistics.figures import Severity

# A normal distribution holds 95 % within so many standard deviations.
WITHIN: Final = 1.96
# An observer further from the middle of all than so many robust standard deviations is worth a talk.
FAR: Final = 3.5


def variance_parts(insight: Insight) -> list[str]:
    """Say what a contact's score varies with."""
    parts = insight.figures.variances
    if parts is None:
        return []
    whole = (parts.participant or 0.0) + parts.observer + parts.residual
    if not whole:
        return []
    sentences = [
        (_("How strict the observer is accounts for %(share)s of the variation in one contact."), parts.observer),
        (_("Who was contacted accounts for %(share)s of it."), parts.participant),
        (_("The rest, %(share)s, is the contact itself: the agent, the day, and chance."), parts.residual),
    ]
    return [
        text % {"share": formatting.percent(100 * variance / whole)}
        for text, variance in sentences
        if variance is not None
    ]


def winners_table(insight: Insight) -> Table:
    """Every class: who is first by the rules, and who would be with the observers' severity taken off."""
    compared = [one for one in insight.classes if one.winners and one.adjusted_winners]
    moved = [one for one in compared if _names(one.winners) != _names(one.adjusted_winners)]
    return Table(
        key="winners",
        title=_("Class winners"),
        summary=_winners_sentence(len(compared), len(moved)),
        columns=[
            Column("class", _("Class"), is_text=True),
            Column("winner", _("Winner"), is_text=True),
            Column("total", _("Total result")),
            Column("adjusted_winner", _("First when adjusted"), is_text=True),
            Column("adjusted", _("Adjusted total")),
            Column("same", _("Same winner"), is_text=True),
        ],
        rows=[_winner_row(one) for one in compared],
        nothing=_("No class has a winner that can be compared yet."),
    )


def _names(found: Sequence[Ranked]) -> list[str]:
    return sorted(one.name for one in found)


def _winners_sentence(classes: int, moved: int) -> str:
    if not classes:
        return ""
    if not moved:
        return _("Had all observers been equally strict, every class would have the same winner.")
    text = ngettext(
        "Had all observers been equally strict, %(moved)s of %(classes)s classes would have another winner.",
        "Had all observers been equally strict, %(moved)s of %(classes)s classes would have another winner.",
        moved,
    )
    return text % {"moved": formatting.number(moved), "classes": formatting.number(classes)}


def _winner_row(award_class: ClassInsight) -> Row:
    winners, adjusted = award_class.winners, award_class.adjusted_winners
    is_other = _names(winners) != _names(adjusted)
    answer = _("no") if is_other else _("yes")
    return Row(
        (
            words(award_class.name),
            words(", ".join(_names(winners))),
            figure(winners[0].total, 2),
            words(", ".join(_names(adjusted))),
            figure(adjusted[0].adjusted, 2),
            Cell("" if is_other else answer, (answer,), chips=(_("another winner"),) if is_other else ()),
        ),
        is_marked=is_other,
    )


def places_table(insight: Insight) -> Table:
    """Official totals and places beside the adjusted ones, in the chosen class or in the whole season."""
    chosen = insight.award_class
    ranked = insight.ranked if chosen is None else chosen.ranked
    rows = [_place_row(one, is_overall=chosen is None) for one in ranked]
    rows.sort(key=lambda row: (row.cells[1].values[0], row.cells[0].values[0]))
    return Table(
        key="places",
        title=_("Official and adjusted results"),
        summary=_places_sentence(ranked, is_overall=chosen is None),
        columns=[
            Column("participant", _("Participant"), is_text=True),
            Column("place", _("Place")),
            Column("total", _("Total result")),
            Column("adjusted_place", _("Adjusted place")),
            Column("adjusted", _("Adjusted total")),
            Column("interval", _("Adjusted total, probably between"), (_("Adjusted, from"), _("Adjusted, to"))),
            Column("difference", _("Difference")),
            Column("places", _("Probable places"), (_("Probable place, from"), _("Probable place, to"))),
        ],
        rows=rows,
        nothing=_("No participant has enough approved contacts for a place yet."),
        note=_("The difference is the adjusted total less the official one: + where the observers were stricter."),
    )


def _places(one: Ranked, *, is_overall: bool) -> tuple[int | None, int | None]:
    """Return the official and the adjusted place."""
    results, standing = one.result.results, one.figures.standing
    if is_overall:
        return results.rank_overall, None if standing is None else standing.adjusted_rank_overall
    return results.rank_class, None if standing is None else standing.adjusted_rank_class


def _place_row(one: Ranked, *, is_overall: bool) -> Row:
    place, adjusted_place = _places(one, is_overall=is_overall)
    estimate, standing = one.figures.estimates.get("total"), one.figures.standing
    interval = None if standing is None else standing.rank_overall if is_overall else standing.rank_class
    is_moved = adjusted_place is not None and (place == 1) != (adjusted_place == 1)
    chip = _("would be first") if adjusted_place == 1 else _("would not be first")
    moved_by = None if one.total is None or one.adjusted is None else one.adjusted - one.total
    return Row(
        (
            words(one.name, url=one.url, chips=(chip,) if is_moved else ()),
            figure(place),
            figure(one.total, 1),
            figure(adjusted_place),
            figure(one.adjusted, 1),
            bounds(None if estimate is None else estimate.interval),
            difference(moved_by),
            bounds(interval, 0),
        ),
        is_marked=is_moved,
    )


def _places_sentence(ranked: Sequence[Ranked], *, is_overall: bool) -> str:
    pairs = [_places(one, is_overall=is_overall) for one in ranked]
    known = [(place, adjusted) for place, adjusted in pairs if place is not None and adjusted is not None]
    if not known:
        return ""
    kept = sum(place == adjusted for place, adjusted in known)
    if kept == len(known):
        return _("Everybody keeps their place when adjusted.")
    furthest = max(abs(place - adjusted) for place, adjusted in known)
    text = _("%(kept)s of %(all)s keep their place when adjusted; the largest move is %(furthest)s places.")
    return text % {
        "kept": formatting.number(kept),
        "all": formatting.number(len(known)),
        "furthest": formatting.number(furthest),
    }


def severity_table(insight: Insight) -> Table:
    """Every observer, the strictest first."""
    severity = insight.figures.severity
    return Table(
        key="severity",
        title=_("How strict the observers are"),
        summary=severity_sentence(severity),
        columns=[
            Column("observer", _("Observer"), is_text=True),
            Column("effect", _("Effect in points")),
            Column("interval", _("Probably between"), (_("Effect, from"), _("Effect, to"))),
            Column("reports", _("Reports")),
            Column("distance", _("Distance from the middle")),
        ],
        rows=[_severity_row(insight, one) for one in severity],
        nothing=_("There are too few approved contacts to tell observers apart."),
        note=_(
            "Effect: how many points the observer's contacts lie above (kind) or below (strict) those of others, drawn "
            "towards 0 where the observer has few reports. Distance is in robust standard deviations; beyond "
            "3.5 is worth a talk, and proves nothing."
        ),
    )


def severity_sentence(severity: Sequence[Severity]) -> str:
    """Say how far apart the observers are."""
    if not severity:
        return ""
    far = sum(is_far(one) for one in severity)
    text = _(
        "%(count)s observers: the strictest gives %(low)s points, the kindest %(high)s, compared with the average. "
        "%(far)s of them stand out."
    )
    return text % {
        "count": formatting.number(len(severity)),
        "low": formatting.signed(severity[0].effect),
        "high": formatting.signed(severity[-1].effect),
        "far": formatting.number(far) if far else _("None"),
    }


def is_far(one: Severity) -> bool:
    """Whether the observer stands out from all others."""
    return abs(one.distance) > FAR


def _interval(one: Severity) -> tuple[float, float]:
    half = WITHIN * one.standard_deviation
    return one.effect - half, one.effect + half


def _severity_row(insight: Insight, one: Severity) -> Row:
    observer = insight.observers.get(one.observer)
    name = _("Unknown observer") if observer is None else str(observer)
    url = "" if observer is None else reverse("observers:detail", args=[observer.public_id])
    chip = _("much stricter") if one.effect < 0 else _("much kinder")
    return Row(
        (
            words(name, url=url, chips=(chip,) if is_far(one) else ()),
            difference(one.effect),
            bounds(_interval(one)),
            figure(one.reports),
            figure(one.distance, 1),
        ),
        is_marked=is_far(one),
    )


def severity_points(insight: Insight) -> list[Deviation]:
    """Return the observers as a chart shows them, the strictest first."""
    return [Deviation("", one.effect, _interval(one), is_marked=is_far(one)) for one in insight.figures.severity]
