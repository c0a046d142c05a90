"""Charts of a whole season: the plan, what is done and what comes, and numbers watched from day to day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from ksp.lib import formatting
from ksp.lib.charts import (
    CARD,
    CLASS,
    OWN,
    QUIET,
    SEASON,
    WEEKS_LABELLED,
    WIDTHS,
    Figure,
    count_axis,
    data_of,
    drawing,
    frame,
    kept,
    label,
    placed,
    points_at,
    week_axis,
)
from ksp.lib.weeks import IsoWeek

if TYPE_CHECKING:
    import altair as alt
else:
    # It takes a second to import: the first drawing waits for it, not the start of the site.
    alt = SimpleLazyObject(lambda: import_module("altair"))

OWN_SOFT: Final = "#cfe2e4"
SUNKEN: Final = "#f1eee8"
DRAWN_BY: Final = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
# Where the name of the plan stands, as a share of the weeks.
PLAN_NAMED_AT: Final = 0.5
FULL: Final = 100


@dataclass(frozen=True, slots=True)
class WeekProgress:
    """How many contacts a week was to bring, and has brought; None for weeks to come.

    ``low`` and ``high`` are between which numbers all approved contacts together probably lie at its end.
    """

    week: IsoWeek
    planned: int
    done: int | None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class WatchedDay:
    """One day: its number, what its contacts let expect, and how far from that it may lie."""

    day: date
    value: float
    expected: float
    reach: float
    is_signal: bool


def progress_by_week(progress: Sequence[WeekProgress], *, gone: float = 1.0) -> Figure:
    """Draw the contacts approved so far against the plan, both added up week by week, and what probably comes.

    ``gone`` is how much of the last week with approved contacts has gone by.
    """

    def draw() -> Figure:
        sentence = _progress_sentence(progress)
        columns = [_("Week"), _("Planned"), _("Approved")]
        return Figure(
            title=_("Progress by week"),
            sentence=sentence,
            columns=[*columns, _("Probably approved in all")] if _fan(progress) else columns,
            rows=[_progress_row(week, has_fan=bool(_fan(progress))) for week in progress],
            drawings=[drawing(_progress_chart(progress, gone, width), width, sentence) for width in WIDTHS],
        )

    return kept(draw, DRAWN_BY, progress, gone)


def watched_days(days: Sequence[WatchedDay], *, is_share: bool, sentence: str) -> Figure:
    """Draw each day as a dot, within how far from the expected it may lie; the table is the page's own."""

    def draw() -> Figure:
        drawings = [drawing(_watched_chart(days, width, is_share=is_share), width, sentence) for width in WIDTHS]
        return Figure(title="", sentence=sentence, columns=[], rows=[], drawings=drawings)

    return kept(draw, DRAWN_BY, days, is_share, sentence)


def _progress_sentence(progress: Sequence[WeekProgress]) -> str:
    done, planned = sum(week.done or 0 for week in progress), sum(week.planned for week in progress)
    counts = {"done": formatting.number(done), "planned": formatting.number(planned)}
    sentence = _("%(done)s of %(planned)s contacts are approved.") % counts
    fan = _fan(progress)
    if not fan:
        return sentence
    last = progress[fan[-1]["place"]]
    words = {
        "low": formatting.number(last.low),
        "high": formatting.number(last.high),
        "week": formatting.iso_week(last.week),
    }
    probably = _("Probably between %(low)s and %(high)s in %(week)s.") % words
    return f"{sentence} {probably}"


def _progress_row(week: WeekProgress, *, has_fan: bool) -> list[str]:
    row = [formatting.iso_week(week.week), formatting.number(week.planned), formatting.number(week.done)]
    if not has_fan:
        return row
    bounds = None if week.low is None or week.high is None else formatting.interval((week.low, week.high), 0)
    return [*row, bounds or formatting.MISSING]


def _fan(progress: Sequence[WeekProgress]) -> list[dict[str, Any]]:
    """Return the bounds of the weeks that are ahead, each at the end of its week."""
    return [
        {"x": place + 1, "low": week.low, "high": week.high, "place": place}
        for place, week in enumerate(progress)
        if week.low is not None
    ]


def _progress_chart(progress: Sequence[WeekProgress], gone: float, width: int) -> dict[str, Any]:
    planned = _added_up([week.planned for week in progress])
    done = _added_up([week.done for week in progress if week.done is not None])
    if len(done) > 1:
        done[-1]["x"] = len(done) - 2 + gone
    now = done[-1]
    top = max(planned[-1]["y"], now["y"], 1, *(week.high or 0 for week in progress))
    x, y = week_axis([week.week for week in progress], width), count_axis(top)
    place: dict[str, Any] = {"x": x, "y": y}
    plan = data_of(planned).mark_line(color=SEASON, strokeWidth=2, strokeDash=[5, 5], opacity=1)
    own = data_of(done).mark_line(color=OWN, strokeWidth=3, opacity=1, strokeCap="round")
    middle = planned[round(len(progress) * PLAN_NAMED_AT)]
    layers = [
        *_fan_layers(progress, now, x, (y, count_axis(top, "low:Q"))),
        placed(plan, x, y),
        placed(own, x, y),
        points_at([now], x, y, fill=OWN, stroke=CARD),
        label(_("plan"), at=middle, fill=SEASON, dy=-8, dx=-10, align="right", **place),
        label(_now_words(now), at=now, fill=OWN, dy=20, dx=6, align="left", fontWeight=600, **place),
    ]
    return frame(alt.LayerChart(layer=layers), width, right=16)


def _now_words(now: dict[str, Any]) -> str:
    return _("%(count)s now") % {"count": formatting.number(now["y"])}


def _fan_layers(
    progress: Sequence[WeekProgress], now: dict[str, Any], x: alt.X, axes: tuple[alt.Y, alt.Y]
) -> list[alt.Chart]:
    fan, (y, low) = _fan(progress), axes
    if not fan:
        return []
    rows = [{"x": now["x"], "low": now["y"], "high": now["y"]}, *({**row} for row in fan)]
    band = data_of(rows).mark_area(fill=OWN_SOFT, opacity=1).encode(y2="high:Q")
    edges = [
        data_of([{"x": row["x"], "y": row[edge]} for row in rows]).mark_line(color=OWN, strokeWidth=1.25, opacity=1)
        for edge in ("low", "high")
    ]
    end = {"x": fan[-1]["x"], "y": fan[-1]["low"]}
    words = label(_("forecast, 95%"), at=end, x=x, y=y, fill=OWN, dy=44, align="right")
    return [placed(band, x, low), *(placed(edge, x, y) for edge in edges), words]


def _added_up(counts: Sequence[int]) -> list[dict[str, Any]]:
    points: list[dict[str, Any]] = [{"x": 0, "y": 0}]
    for count in counts:
        points.append({"x": len(points), "y": points[-1]["y"] + count})
    return points


def _watched_chart(days: Sequence[WatchedDay], width: int, *, is_share: bool) -> dict[str, Any]:
    rows = [
        {"x": place + 0.5, "y": day.value, "low": day.expected - day.reach, "high": day.expected + day.reach}
        for place, day in enumerate(days)
    ]
    for row in rows:
        row["low"] = max(row["low"], 0.0)
    ends = _ends(rows, is_share=is_share)
    x, y, low = _day_axis(days, width), _value_axis(ends, "y:Q", is_share), _value_axis(ends, "low:Q", is_share)
    usual = [{"x": place + 0.5, "y": day.expected} for place, day in enumerate(days)]
    quiet = [row for row, day in zip(rows, days, strict=True) if not day.is_signal]
    loud = [row for row, day in zip(rows, days, strict=True) if day.is_signal]
    layers = [
        placed(data_of(rows).mark_area(fill=SUNKEN, opacity=1).encode(y2="high:Q"), x, low),
        placed(data_of(usual).mark_line(color=SEASON, strokeWidth=2, strokeDash=[5, 5], opacity=1), x, y),
        placed(_dots(quiet, OWN, 28), x, y),
        placed(_dots(loud, CLASS, 95), x, y),
        label(_("expected"), at=usual[-1], x=x, y=y, fill=SEASON, dx=8, dy=4, align="left"),
    ]
    layers += [_loud_label(row, x, y, is_share=is_share, end=len(days)) for row in loud]
    return frame(alt.LayerChart(layer=layers), width, right=64)


def _dots(rows: list[dict[str, Any]], colour: str, size: int) -> alt.Chart:
    dots: alt.Chart = data_of(rows).mark_point(shape="circle", size=size, opacity=1, fill=colour, stroke=CARD)
    return dots


def _loud_label(row: dict[str, Any], x: alt.X, y: alt.Y, *, is_share: bool, end: int) -> alt.Chart:
    words = formatting.percent(row["y"]) if is_share else formatting.score(row["y"])
    place: dict[str, Any] = {"align": "right", "dx": -10} if row["x"] > end / 2 else {"align": "left", "dx": 10}
    return label(words, at=row, x=x, y=y, fill=CLASS, dy=4, fontWeight=600, **place)


def _ends(rows: Sequence[dict[str, Any]], *, is_share: bool) -> tuple[float, float]:
    """Return round numbers between which all lie; shares begin at 0."""
    low, high = min(min(row["low"], row["y"]) for row in rows), max(max(row["high"], row["y"]) for row in rows)
    step = 10 if high - low > 10 else 1  # noqa: PLR2004 -- tens for scores, ones for scales of few steps
    return (0.0 if is_share else float(floor(low / step) * step), float(max(ceil(high / step) * step, step)))


def _value_axis(ends: tuple[float, float], field: str, is_share: bool) -> alt.Y:  # noqa: FBT001 -- what it is of
    low, high = ends
    values = [low, (low + high) / 2, high]
    names = [formatting.percent(value) if is_share else formatting.plain(value, 1) for value in values]
    axis = alt.Axis(values=values, labelExpr=f"{json.dumps(names)}[round((datum.value - {low}) / {(high - low) / 2})]")
    return alt.Y(field, scale=alt.Scale(domain=[low, high], nice=False), axis=axis)


def _day_axis(days: Sequence[WatchedDay], width: int) -> alt.X:
    """Name the weeks where they begin."""
    weeks = [IsoWeek.of(day.day) for day in days]
    first = [place for place, week in enumerate(weeks) if not place or weeks[place - 1] != week]
    every = max(1, -(-len(first) // WEEKS_LABELLED[width]))
    named = {str(place): str(weeks[place].week) for place in first[::every]}
    axis = alt.Axis(
        values=[place + 0.5 for place in first[::every]],
        grid=False,
        labelExpr=f"{json.dumps(named)}[floor(datum.value)]",
        labelColor=QUIET,
        title=None,
    )
    return alt.X("x:Q", scale=alt.Scale(domain=[0, max(len(days), 1)], nice=False), axis=axis)
