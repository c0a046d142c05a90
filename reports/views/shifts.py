"""Numbers watched from day to day: charts with their limits, and the days that stood out."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.charts import Figure
from ksp.lib.formatting import long_date, number
from ksp.lib.season_charts import WatchedDay, watched_days
from participants.models import Season
from participants.selectors import current_season, seasons_of
from reports.season_links import season_link
from reports.selectors.shifts import DayPoint, Part, Series, Shift, Watch, season_watch
from reports.selectors.watched_contacts import Measure
from reports.shift_words import evidence_of, headline_of, measure_name, shown_value

TEMPLATE = "reports/control_shifts.html"


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day as the table beside the chart says it."""

    point: DayPoint
    value: str
    expected: str
    bounds: str


@dataclass(frozen=True, slots=True)
class Told:
    """A day that stood out, in words, and where its chart is."""

    headline: str
    evidence: str
    url: str


@require_safe
@needs("reports.read_progress")
def shifts(request: UserRequest) -> HttpResponse:
    """Show one watched number of the season, a class or a method, and every day that stood out in any of them."""
    seasons = seasons_of(request.user)
    season = current_season(seasons, request.GET.get("season", ""))
    if season is None:
        return render(request, TEMPLATE, {"season": None})
    watch = season_watch(season, now=timezone.now())
    asked = request.GET.get("measure", "")
    measure = Measure(asked) if asked in set(Measure) else Measure.FIRST_TRY
    series = _series(watch, measure, request.GET.get("of", ""))
    context = {
        "season": season,
        "measure": measure.value,
        "measure_name": measure_name(measure),
        "tabs": [(measure_name(one), _url(season, one, series), one is measure) for one in Measure],
        "parts": [(_value(one), one.name or _("The whole season")) for one in watch.series if one.measure is measure],
        "chosen": _value(series) if series else "",
        "series": series,
        "figure": _figure(series) if series and series.points else None,
        "rows": [_row(measure, point) for point in reversed(series.points)] if series else [],
        "told": [_told(season, shift) for shift in watch.shifts],
    }
    return render(request, TEMPLATE, context)


def _series(watch: Watch, measure: Measure, of: str) -> Series | None:
    """Return the chart that the address names, else that of the whole season."""
    part, _colon, key = of.partition(":")
    named = watch.of(measure, Part(part), key) if part in set(Part) else None
    return named or watch.of(measure, Part.SEASON, "")


def _value(series: Series) -> str:
    return f"{series.part}:{series.key}"


def _url(season: Season, measure: Measure, series: Series | None) -> str:
    of = {"of": _value(series)} if series else {}
    return season_link("reports:shifts", season, measure=measure, **of)


def _told(season: Season, shift: Shift) -> Told:
    url = season_link("reports:shifts", season, measure=shift.measure, of=f"{shift.part}:{shift.key}")
    return Told(headline_of(shift), evidence_of(shift), url)


def _row(measure: Measure, point: DayPoint) -> DayRow:
    low, high = max(point.expected - point.reach, 0.0), point.expected + point.reach
    bounds = f"{shown_value(measure, low)} – {shown_value(measure, high)}"
    return DayRow(point, shown_value(measure, point.value), shown_value(measure, point.expected), bounds)


def _figure(series: Series) -> Figure:
    """Draw the chart; shares are drawn in per cent."""
    is_share = series.measure.is_share
    scale = 100 if is_share else 1
    days = [
        WatchedDay(
            point.day, scale * point.value, scale * point.expected, scale * point.reach, is_signal=point.is_signal
        )
        for point in series.points
    ]
    return watched_days(days, is_share=is_share, sentence=_sentence(series, series.points))


def _sentence(series: Series, points: Sequence[DayPoint]) -> str:
    loud = [long_date(point.day) for point in points if point.is_signal]
    words = {"name": measure_name(series.measure), "days": number(len(points)), "loud": ", ".join(loud)}
    if not loud:
        return _("%(name)s on %(days)s days: no day stands out.") % words
    return _("%(name)s on %(days)s days. These stand out: %(loud)s.") % words
