"""Charts drawn on the server: one specification, two widths, and the same figures as a table."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import vl_convert
from django.core.cache import cache
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ksp.lib import formatting
from ksp.lib.weeks import IsoWeek

if TYPE_CHECKING:
    import altair as alt
else:
    # It takes a second to import: the first drawing waits for it, not the start of the site.
    alt = SimpleLazyObject(lambda: import_module("altair"))

# Light values only: the style sheet maps each of them to its token, so one drawing serves every scheme.
OWN: Final = "#0b5a66"
CLASS: Final = "#b0600f"
SEASON: Final = "#6f787b"
QUIET: Final = "#556064"
LINE: Final = "#e3dfd7"
CARD: Final = "#ffffff"
BAD: Final = "#a8261c"
CONTROL: Final = "#75736d"
PALETTE: Final = frozenset({OWN, CLASS, SEASON, QUIET, LINE, CARD, BAD, CONTROL, "#cfe2e4", "#1c2a2d", "#f1eee8"})

# A phone's panel, a column, and a panel as wide as the page; the style sheet shows the one that fits.
WIDTHS: Final = (280, 520, 1080)
LABEL_SIZE: Final = 13
ONE_DAY: Final = 24 * 60 * 60
FULL_SCORE: Final = 100
MOST_STEPS: Final = 4
DOT_SPACE: Final = 14
SPARE_ATTRIBUTES: Final = re.compile(r' (?:role|aria-roledescription|aria-hidden|class|pointer-events)="[^"]*"')
WEEKS_LABELLED: Final = {280: 5, 520: 9, 1080: 18}
DRAWN_BY: Final = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()

CONFIG: Final[dict[str, Any]] = {
    "font": "Inter",
    "aria": False,
    "view": {"stroke": None},
    "axis": {
        "labelFont": "Inter",
        "labelFontSize": LABEL_SIZE,
        "labelColor": QUIET,
        "labelOverlap": False,
        "labelPadding": 8,
        "gridColor": LINE,
        "domain": False,
        "ticks": False,
        "title": None,
    },
    "text": {"font": "Inter", "fontSize": LABEL_SIZE},
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart in each width, the sentence that says its result, and its figures as a table."""

    title: str
    sentence: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    drawings: Sequence[SafeString]


@dataclass(frozen=True, slots=True)
class WeekContact:
    """One contact of a participant: its week and its score, or none where nobody answered."""

    week: IsoWeek
    score: float
    is_answered: bool = True


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far something lies above or below all the others, within which bounds; marked where that stands out."""

    label: str
    value: float
    interval: tuple[float, float]
    is_marked: bool = False


def week_by_week(contacts: Sequence[WeekContact], *, weeks: Sequence[IsoWeek], class_mean: float | None) -> Figure:
    """Draw every contact as a dot in its week, with the mean of the class as a line."""

    def draw() -> Figure:
        sentence = _week_sentence(contacts, class_mean)
        return Figure(
            title=_("Week by week"),
            sentence=sentence,
            columns=[_("Week"), _("Contacts"), _("Scores")],
            rows=[_week_row(week, contacts) for week in weeks],
            drawings=[drawing(_week_chart(contacts, weeks, class_mean, width), width, sentence) for width in WIDTHS],
        )

    return kept(draw, "week_by_week", contacts, weeks, class_mean)


def deviations(points: Sequence[Deviation], *, title: str, sentence: str, ends: Sequence[str] = ()) -> Figure:
    """Draw each as a dot with its interval around 0; the figures are in the table that the page has beside it.

    ``ends`` say what the first and the last one are, where they have no labels.
    """

    def draw() -> Figure:
        drawings = [drawing(_deviation_chart(points, ends, width), width, sentence) for width in WIDTHS]
        return Figure(title=title, sentence=sentence, columns=[], rows=[], drawings=drawings)

    return kept(draw, "deviations", points, title, sentence, ends)


def warm() -> None:
    """Start the drawing machine, so that the first reader does not wait for it."""
    _svg({"mark": "point", "data": {"values": [{}]}})


def kept(draw: Callable[[], Figure], *drawn_from: object) -> Figure:
    """Return the figure, drawn once for the same data and language and then read from the cache."""
    written = repr((DRAWN_BY, get_language(), drawn_from))
    key = f"figure:{hashlib.sha256(written.encode()).hexdigest()}"
    return cast("Figure", cache.get_or_set(key, draw, ONE_DAY))


def _week_sentence(contacts: Sequence[WeekContact], class_mean: float | None) -> str:
    unanswered = sum(not contact.is_answered for contact in contacts)
    parts = [
        ngettext("%(count)s contact.", "%(count)s contacts.", len(contacts)) % {"count": len(contacts)},
        ngettext("%(count)s was not answered.", "%(count)s were not answered.", unanswered) % {"count": unanswered}
        if unanswered
        else _("All were answered."),
    ]
    if contacts:
        mean = sum(contact.score for contact in contacts) / len(contacts)
        parts.append(_("The mean is %(mean)s.") % {"mean": formatting.score(mean)})
    if class_mean is not None:
        parts.append(_("The mean of the class is %(mean)s.") % {"mean": formatting.score(class_mean)})
    return " ".join(parts)


def _week_row(week: IsoWeek, contacts: Iterable[WeekContact]) -> list[str]:
    own = [contact for contact in contacts if contact.week == week]
    shown = [formatting.score(one.score) if one.is_answered else _("no answer") for one in own]
    return [formatting.iso_week(week), formatting.number(len(own)), " · ".join(shown) or formatting.MISSING]


def _dots(contacts: Sequence[WeekContact], weeks: Sequence[IsoWeek]) -> list[dict[str, Any]]:
    """Place the contacts of a week side by side within it."""
    place = {week: index for index, week in enumerate(weeks)}
    totals, seen = Counter(contact.week for contact in contacts), Counter[IsoWeek]()
    dots = []
    for contact in contacts:
        if contact.week not in place:
            continue
        seen[contact.week] += 1
        x = place[contact.week] + seen[contact.week] / (totals[contact.week] + 1)
        dots.append({"x": round(x, 4), "y": contact.score, "answered": contact.is_answered})
    return dots


def _week_chart(
    contacts: Sequence[WeekContact], weeks: Sequence[IsoWeek], class_mean: float | None, width: int
) -> dict[str, Any]:
    dots = _dots(contacts, weeks)
    x, y = week_axis(weeks, width), _scale_axis()
    layers: list[alt.Chart] = []
    if class_mean is not None:
        layers += _mean_line(class_mean, end=len(weeks), y=y)
    answered = [dot for dot in dots if dot["answered"]]
    layers.append(points_at(answered, x, y, fill=OWN, stroke=CARD))
    unanswered = [dot for dot in dots if not dot["answered"]]
    if unanswered:
        layers.append(points_at(unanswered, x, y, fill=CARD, stroke=BAD))
        layers.append(_no_answer_label(unanswered[0], x, y, end=len(weeks)))
    return frame(alt.LayerChart(layer=layers), width, right=64)


def points_at(dots: list[dict[str, Any]], x: alt.X, y: alt.Y, *, fill: str, stroke: str) -> alt.Chart:
    """Draw each as a dot; a hollow red one is thicker."""
    ring = 2.5 if stroke == BAD else 1.5
    marks = data_of(dots).mark_point(shape="circle", size=95, opacity=1, fill=fill, stroke=stroke, strokeWidth=ring)
    return placed(marks, x, y)


def _mean_line(mean: float, *, end: int, y: alt.Y) -> list[alt.Chart]:
    end_of_line = {"x": end, "y": mean}
    place: dict[str, Any] = {"x": _x(), "y": y, "fill": CLASS, "align": "left", "dx": 8}
    line = data_of([{"x": 0, "end": end, "y": mean}]).mark_rule(color=CLASS, strokeWidth=2, opacity=1)
    return [
        placed(line.encode(x2="end:Q"), _x(), y),
        label(formatting.score(mean), at=end_of_line, dy=-2, fontWeight=600, **place),
        label(_("the class"), at=end_of_line, dy=14, **place),
    ]


def _no_answer_label(dot: dict[str, Any], x: alt.X, y: alt.Y, *, end: int) -> alt.Chart:
    is_late = dot["x"] > end * 0.7
    place: dict[str, Any] = {"align": "right", "dx": -10} if is_late else {"align": "left", "dx": 10}
    return label(_("no answer"), at=dot, x=x, y=y, fill=BAD, dy=-8, **place)


def _x() -> alt.X:
    return alt.X("x:Q")


def week_axis(weeks: Sequence[IsoWeek], width: int) -> alt.X:
    """Return an axis with a place for each week, some of them named."""
    return _place_axis([str(week.week) for week in weeks], width)


def _place_axis(labels: Sequence[str], width: int) -> alt.X:
    every = max(1, -(-len(labels) // WEEKS_LABELLED[width]))
    middles = [index + 0.5 for index in range(0, len(labels), every)]
    axis = alt.Axis(values=middles, grid=False, labelExpr=f"{json.dumps(labels)}[floor(datum.value)]", title=None)
    return alt.X("x:Q", scale=alt.Scale(domain=[0, max(len(labels), 1)], nice=False), axis=axis)


def _scale_axis() -> alt.Y:
    scale = alt.Scale(domain=[0, FULL_SCORE], nice=False)
    return alt.Y("y:Q", scale=scale, axis=alt.Axis(values=[0, 50, FULL_SCORE], title=None))


def count_axis(top: int, field: str = "y:Q") -> alt.Y:
    """Return an axis from 0 to the number, with few round steps."""
    step = round_step(top)
    values = list(range(0, top + 1, step))
    names = json.dumps([formatting.number(value) for value in values])
    axis = alt.Axis(values=values, labelExpr=f"{names}[round(datum.value / {step})]", title=None)
    return alt.Y(field, scale=alt.Scale(domain=[0, top], nice=False), axis=axis)


def round_step(top: int) -> int:
    """Return a round number that goes two to four times into ``top``."""
    step = 1
    for factor in (2, 5, 10) * 9:
        if top // step <= MOST_STEPS:
            break
        step = 10 ** (len(str(step)) - 1) * factor
    return step


def _deviation_chart(points: Sequence[Deviation], ends: Sequence[str], width: int) -> dict[str, Any]:
    rows = [
        {"x": place + 0.5, "y": point.value, "low": point.interval[0], "high": point.interval[1]}
        for place, point in enumerate(points)
    ]
    reach = max(max(-row["low"], row["high"]) for row in rows) or 1.0
    x, y = _labelled_axis([point.label for point in points], width), _signed_axis(reach)
    size = 70 if len(points) * DOT_SPACE < width else 16
    zero = data_of([{"x": 0, "end": len(points), "y": 0}]).mark_rule(color=CONTROL).encode(x2="end:Q")
    layers = [placed(zero, _x(), y)]
    for is_marked, colour in ((False, OWN), (True, CLASS)):
        chosen = [row for row, point in zip(rows, points, strict=True) if point.is_marked == is_marked]
        if chosen:
            line = data_of(chosen).mark_rule(color=SEASON, strokeWidth=1.5, opacity=1).encode(y2="high:Q")
            layers.append(placed(line, x, _signed_axis(reach, "low:Q")))
            dots = data_of(chosen).mark_point(shape="circle", size=size, opacity=1, fill=colour, stroke=colour)
            layers.append(placed(dots, x, y))
    for place, words, align in zip((0, len(points)), ends, ("left", "right"), strict=False):
        at = {"x": place, "y": -reach if place else reach}
        layers.append(label(words, at=at, x=x, y=y, fill=QUIET, align=align))
    return frame(alt.LayerChart(layer=layers), width, right=16)


def _labelled_axis(labels: Sequence[str], width: int) -> alt.X:
    if not any(labels):
        return alt.X("x:Q", scale=alt.Scale(domain=[0, max(len(labels), 1)], nice=False), axis=None)
    return _place_axis(labels, width)


def _signed_axis(reach: float, field: str = "y:Q") -> alt.Y:
    step = round_step(int(2 * reach))
    steps = range(-int(reach // step), int(reach // step) + 1)
    names = json.dumps([formatting.signed(place * step, 0) for place in steps])
    axis = alt.Axis(
        values=[place * step for place in steps], labelExpr=f"{names}[round(datum.value / {step}) - {steps[0]}]"
    )
    return alt.Y(field, scale=alt.Scale(domain=[-reach, reach], nice=False), axis=axis)


def data_of(rows: list[dict[str, Any]]) -> alt.Chart:
    """Begin a layer that shows these rows."""
    return alt.Chart(alt.InlineData(values=rows))


def placed(chart: alt.Chart, x: alt.X, y: alt.Y) -> alt.Chart:
    """Return the layer on its axes."""
    placed: alt.Chart = chart.encode(x=x, y=y)
    return placed


def label(words: str, *, at: dict[str, Any], x: alt.X, y: alt.Y, **style: Any) -> alt.Chart:
    """Write a few words at a place."""
    written: alt.Chart = data_of([{**at, "text": words}]).encode(text="text:N")
    return placed(written.mark_text(opacity=1, baseline="alphabetic", **style), x, y)


def frame(chart: alt.LayerChart, width: int, *, right: int) -> dict[str, Any]:
    """Fix the outer width, so that text is drawn at its size and never scaled."""
    left, top, bottom, height = 44, 14, 30, 200
    return {
        **chart.properties(width=width - left - right, height=height).to_dict(validate=False),
        "autosize": {"type": "none"},
        "padding": {"left": left, "right": right, "top": top, "bottom": bottom},
        "background": None,
        "config": CONFIG,
    }


def drawing(spec: dict[str, Any], width: int, sentence: str) -> SafeString:
    """Return the chart as SVG that says its result to those who cannot see it."""
    opening = format_html('<svg class="chart chart-{}" role="img" aria-label="{}" ', width, sentence)
    # The converter escapes what it draws; the sentence is escaped above.
    return mark_safe(f"{opening}{_svg(spec)}")  # noqa: S308 -- both parts are escaped


def _svg(spec: dict[str, Any]) -> str:
    """Return the drawing from the size in its opening tag on, without what only scripts and readers of parts use."""
    drawn = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return SPARE_ATTRIBUTES.sub("", drawn[drawn.index("width=") :])
