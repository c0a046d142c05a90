"""The honest number: scores with their intervals, bars and strips, drawn as plain SVG."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ksp.lib import formatting
from ksp.lib.charts import Figure
from ksp.lib.formatting import Number

register = template.Library()

FULL: Final = 100
BAR_HEIGHT: Final = 40
LEAST_HEIGHT: Final = 2
BASELINE: Final = 62
HEAT_STEPS: Final = (45, 60, 70, 80)
# Answers to "would you recommend": 0-6 critics, 7-8 neutral, 9-10 promoters.
CRITIC_UP_TO: Final = 6
NEUTRAL_UP_TO: Final = 8


def _percent(share: float) -> str:
    """Return a length as SVG reads it, whatever the reader's language."""
    return f"{min(max(share, 0.0), 1.0):.2%}"


class Links(NamedTuple):
    """Where a number, and the means that it is compared with, are taken apart."""

    own: str
    award_class: str
    season: str


class Scale:
    """Where values stand between the two ends of a line."""

    def __init__(self, *values: Number | None, start: int = 0) -> None:
        self.low = 0 if any(value is not None and value < start for value in values) else start
        self.high = FULL

    def at(self, value: Number | None) -> str:
        """Return where the value stands, or nothing for no value."""
        if value is None:
            return ""
        return _percent((float(value) - self.low) / (self.high - self.low))

    def band(self, bounds: Sequence[Number]) -> dict[str, str]:
        """Return where a band begins and how wide it is."""
        low, high = (float(bound) for bound in bounds)
        return {"x": self.at(low), "width": _percent((high - low) / (self.high - self.low))}


@register.inclusion_tag("components/_score.html")
def score(  # noqa: PLR0913 -- a score is never shown without what it is compared with
    label: object,
    value: Number | None,
    n: int,
    *,
    bounds: Sequence[Number] | None = None,
    class_mean: Number | None = None,
    season_mean: Number | None = None,
    level: int = 3,
    note: object = "",
    start: int = 0,
    links: Links | None = None,
    difference: Sequence[Number] | None = None,
) -> dict[str, Any]:
    """Show a score: number, n, and a ruler with what it is compared with.

    ``start`` is where the ruler begins; give all that is compared on a page the same. ``links`` lead to how the
    numbers came about. ``difference`` is the distance to the class with its two bounds.
    """
    scale = Scale(value, class_mean, season_mean, *(bounds or ()), start=start)
    has_ruler = value is not None and (bounds is not None or class_mean is not None or season_mean is not None)
    return {
        "label": label,
        "value": value,
        "n": n,
        "bounds": bounds,
        "class_mean": class_mean,
        "season_mean": season_mean,
        "level": level,
        "note": note,
        "scale": scale,
        "ruler": _marks(scale, value, bounds, class_mean, season_mean) if has_ruler else None,
        "links": links,
        "chance": _chance(difference),
    }


def _chance(difference: Sequence[Number] | None) -> dict[str, Any] | None:
    """Tell between which values a difference lies, and whether all of them are on one side of nothing."""
    if difference is None:
        return None
    _, low, high = difference
    return {"bounds": (low, high), "is_certain": low > 0 or high < 0}


def _marks(
    scale: Scale,
    value: Number | None,
    bounds: Sequence[Number] | None,
    class_mean: Number | None,
    season_mean: Number | None,
) -> dict[str, Any]:
    return {
        "dot": scale.at(value),
        "band": scale.band(bounds) if bounds else None,
        "class_tick": scale.at(class_mean),
        "season_tick": scale.at(season_mean),
    }


@register.inclusion_tag("components/_area_bar.html")
def area_bar(  # noqa: PLR0913 -- a score is never shown without what it is compared with
    label: object,
    value: Number | None,
    *,
    class_mean: Number | None = None,
    season_mean: Number | None = None,
    note: object = "",
    links: Links | None = None,
    bounds: Sequence[Number] | None = None,
    difference: Sequence[Number] | None = None,
) -> dict[str, Any]:
    """Show one area from 0 to 100, never cut, with its interval and with the class and the season as ticks.

    ``difference`` is the distance to the class with its two bounds.
    """
    distance = None if value is None or class_mean is None else float(value) - float(class_mean)
    return {
        "label": label,
        "value": value,
        "class_mean": class_mean,
        "season_mean": season_mean,
        "note": note,
        "width": _percent(float(value or 0) / FULL),
        "class_tick": "" if class_mean is None else _percent(float(class_mean) / FULL),
        "season_tick": "" if season_mean is None else _percent(float(season_mean) / FULL),
        "direction": _direction(distance),
        "distance": None if distance is None else abs(distance),
        "links": links,
        "bounds": bounds,
        "band": Scale().band(bounds) if bounds else None,
        "chance": _chance(difference),
    }


@register.simple_tag
def explained(label: object, text: str, url: str = "") -> str:
    """Show a number that leads to how it came about; without an address, or where there is none, the text alone."""
    if not url or text == formatting.MISSING:
        return text
    words = _("%(label)s %(number)s: see how it came about") % {"label": label, "number": text}
    return format_html('<a class="explained" href="{}" aria-label="{}">{}</a>', url, words, text)


def _direction(difference: float | None) -> str:
    """Tell in which direction a difference goes once it is rounded as it is shown."""
    if difference is None:
        return ""
    shown = formatting.signed(difference)
    return {"+": "above", formatting.MINUS: "below"}.get(shown[0], "equal")


@register.inclusion_tag("components/_strip.html")
def strip(
    value: Number, bounds: Sequence[Number] | None = None, *, winner: bool = False, start: int = 0
) -> dict[str, Any]:
    """Show one row of a result list, on the scale from ``start`` to 100 that all the rows share."""
    scale = Scale(start=start)
    band = scale.band([max(bounds[0], start), bounds[1]]) if bounds else None
    return {"value": value, "bounds": bounds, "dot": scale.at(value), "band": band, "winner": winner}


@register.inclusion_tag("components/_interval_line.html")
def interval_line(  # noqa: PLR0913 -- a value on a scale of its own, with what it is compared with
    label: object,
    value: Number,
    bounds: Sequence[Number] | None,
    *,
    low: Number,
    high: Number,
    class_mean: Number | None = None,
    season_mean: Number | None = None,
) -> dict[str, Any]:
    """Show a value with its interval on a line from ``low`` to ``high``; nothing has a tick where it is within.

    The label says it in words.
    """
    start, width = float(low), float(high) - float(low)

    def at(number: Number | None) -> str:
        return "" if number is None else _percent((float(number) - start) / width)

    band = None
    if bounds is not None:
        first, last = (min(max(float(bound) - start, 0), width) for bound in bounds)
        band = {"x": _percent(first / width), "width": _percent((last - first) / width)}
    return {
        "label": label,
        "dot": at(value),
        "band": band,
        "zero": at(0) if low < 0 < high else "",
        "class_tick": at(class_mean),
        "season_tick": at(season_mean),
    }


@register.inclusion_tag("components/_share_bar.html")
def share_bar(
    label: object,
    value: Number,
    *,
    text: object,
    bounds: Sequence[Number] | None = None,
    most: Number = FULL,
) -> dict[str, Any]:
    """Show how large something is, from 0 to ``most``, with its interval; ``text`` is the number as written."""
    band = None
    if bounds is not None:
        low, high = (min(float(bound) / float(most), 1.0) for bound in bounds)
        band = {"x": _percent(low), "width": _percent(high - low)}
    return {"label": label, "text": text, "width": _percent(float(value) / float(most)), "band": band}


@register.inclusion_tag("components/_progress.html")
def progress(label: object, done: int, total: int) -> dict[str, Any]:
    """Show how much of something is done, as a bar and in words."""
    return {"label": label, "done": done, "total": total, "width": _percent(done / total if total else 0)}


@register.inclusion_tag("components/_distribution.html")
def distribution(label: object, counts: Mapping[int, int], kind: str = "plain") -> dict[str, Any]:
    """Show how many gave each answer; ``kind`` is plain or nps, where critics and promoters differ."""
    if kind not in {"plain", "nps"}:
        message = f"There is no distribution called {kind!r}."
        raise ValueError(message)
    most = max(counts.values(), default=0) or 1
    share = 1 / (len(counts) or 1)
    bars = [
        {
            "value": value,
            "count": count,
            "x": _percent(position * share + share * 0.12),
            "width": _percent(share * 0.76),
            "middle": _percent((position + 0.5) * share),
            "height": max(round(BAR_HEIGHT * count / most), LEAST_HEIGHT),
            "top": BASELINE - max(round(BAR_HEIGHT * count / most), LEAST_HEIGHT),
            "label_y": BASELINE - max(round(BAR_HEIGHT * count / most), LEAST_HEIGHT) - 5,
            "fill": _answer_colour(value) if kind == "nps" else "#0b5a66",
        }
        for position, (value, count) in enumerate(sorted(counts.items()))
    ]
    return {"label": label, "bars": bars}


def _answer_colour(value: int) -> str:
    if value <= CRITIC_UP_TO:
        return "#b0600f"
    return "#6f787b" if value <= NEUTRAL_UP_TO else "#0b5a66"


@register.inclusion_tag("components/_chart.html")
def chart(figure: Figure) -> dict[str, Any]:
    """Show a chart with the same figures as a table under it."""
    return {"figure": figure}


@register.inclusion_tag("components/_legend.html")
def score_legend() -> dict[str, Any]:
    """Explain the marks of a ruler once, above the rulers."""
    return {}


@register.filter
def of_full(value: Number | None) -> str:
    """Return how long the bar of a score from 0 to 100 is."""
    return _percent(float(value or 0) / FULL)


@register.filter
def heat(value: Number | None) -> str:
    """Return the class of a matrix cell: five steps of one hue."""
    if value is None:
        return ""
    return f"h{sum(value >= step for step in HEAT_STEPS)}"
