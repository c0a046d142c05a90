"""How far a season's numbers can be trusted: pages for managers, their tables as files, and computing them now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from ksp.lib.sheets.writing import written_csv, written_xlsx
from participants.models import Season
from participants.selectors import current_season, seasons_of
from reports.selectors.statistics import Insight, season_insight
from reports.selectors.statistics_drivers import few_words
from reports.selectors.statistics_fairness import variance_parts
from reports.selectors.statistics_pages import OF_A_CLASS, TABLES, findings, severity_chart, weeks_chart
from reports.selectors.statistics_seasons import earlier_season
from reports.selectors.statistics_tables import DESCENDING, Cell, Column, Row, Table
from scoring.services import recompute_statistics

READ = "reports.read_statistics"
COMPUTE = "scoring.recompute_scores"
# A longer table shows its first rows, and the rest when asked.
MOST_ROWS, FIRST_ROWS = 30, 25
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Head:
    """The head of a column: where it leads to be sorted by, and how it is sorted now, in the words of ARIA."""

    column: Column
    url: str
    direction: str
    value: str


@dataclass(frozen=True)
class ShownTable:
    """A table on a page, with its heads and the addresses of its files; ``kept`` is what stays when it is sorted.

    ``drawn`` are the rows on the page; ``all_url`` leads to the rest of them, if there are more.
    """

    table: Table
    heads: Sequence[Head]
    csv_url: str
    xlsx_url: str
    kept: Sequence[tuple[str, str]]
    drawn: Sequence[tuple[Row, Sequence[tuple[Column, Cell]]]]
    all_url: str


@require_safe
@needs(READ)
def overview(request: UserRequest) -> HttpResponse:
    """Show the short answers, each leading to its page."""
    season, insight, context = _asked(request)
    if season is None or insight is None:
        return _without(request, context)
    found = findings(insight)
    return render(request, "reports/statistics_overview.html", {**context, "findings": found})


@require_safe
@needs(READ)
def fairness(request: UserRequest) -> HttpResponse:
    """Show how strict the observers are, and what that did to totals and places."""
    return _page(request, "reports/statistics_fairness.html", ("winners", "places", "severity"), has_classes=True)


@require_safe
@needs(READ)
def reliability(request: UserRequest) -> HttpResponse:
    """Show how dependable the order is, and which differences are more than chance."""
    return _page(request, "reports/statistics_reliability.html", ("reliability", "chances", "pairs"), has_classes=True)


@require_safe
@needs(READ)
def drivers(request: UserRequest) -> HttpResponse:
    """Show what satisfaction goes with."""
    tables = ("driving_areas", "driving_questions")
    return _page(request, "reports/statistics_drivers.html", tables, has_classes=True)


@require_safe
@needs(READ)
def questions(request: UserRequest) -> HttpResponse:
    """Show how well the questions measure, and whether weeks and methods pull the scores."""
    return _page(request, "reports/statistics_questions.html", ("items", "weeks", "methods"))


@require_safe
@needs(READ)
def seasons(request: UserRequest) -> HttpResponse:
    """Show what changed since the season before."""
    return _page(request, "reports/statistics_seasons.html", ("changes",))


@require_safe
@needs(READ)
def methods(request: UserRequest) -> HttpResponse:
    """Explain every method with its formula and its source."""
    _season, _insight, context = _asked(request)
    return render(request, "reports/statistics_methods.html", context)


@require_safe
@needs(READ)
def export(request: UserRequest, code: str, table: str, form: str) -> HttpResponse:
    """Give one of the tables as a file, unrounded."""
    if table not in TABLES or form not in TYPES:
        raise Http404
    season = get_object_or_404(Season.objects.visible_to(request.user), code=code)
    insight = season_insight(season, reader=request.user, chosen=request.GET.get("class", ""))
    if insight is None:
        raise Http404
    found = TABLES[table](insight)
    content = (
        written_csv(found.headings, found.records)
        if form == "csv"
        else written_xlsx(found.title, found.headings, found.records)
    )
    name = f"{season.code}-{table.replace('_', '-')}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=TYPES[form], headers=headers)


@require_POST
@needs(COMPUTE)
def compute(request: UserRequest, code: str) -> HttpResponse:
    """Compute the season's statistics now."""
    season = get_object_or_404(Season.objects.visible_to(request.user), code=code)
    try:
        recompute_statistics(season.pk, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The statistics are computed."))
    return redirect(f"{reverse('reports:statistics')}?{urlencode({'season': season.code})}")


def _asked(request: UserRequest) -> tuple[Season | None, Insight | None, dict[str, Any]]:
    """Return the season asked for, what is known of it, and what every page shows."""
    every = seasons_of(request.user)
    season = current_season(every, request.GET.get("season", ""))
    chosen = request.GET.get("class", "")
    insight = None if season is None else season_insight(season, reader=request.user, chosen=chosen)
    context = {
        "season": season,
        "seasons": every if len(every) > 1 else [],
        "insight": insight,
        "may_compute": season is not None and request.user.has_perm(COMPUTE, season),
        "query": "" if season is None else f"?{urlencode({'season': season.code})}",
    }
    return season, insight, context


def _without(request: UserRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "reports/statistics_none.html", context)


def _page(request: UserRequest, template: str, keys: Sequence[str], *, has_classes: bool = False) -> HttpResponse:
    season, insight, context = _asked(request)
    if season is None or insight is None:
        return _without(request, context)
    more = {
        "tables": {key: _shown(request, season, TABLES[key](insight)) for key in keys},
        "classes": insight.classes if has_classes else [],
        **_beside(insight, keys),
    }
    return render(request, template, {**context, **more})


def _beside(insight: Insight, keys: Sequence[str]) -> dict[str, Any]:
    """Return what pages show beside their tables."""
    found: dict[str, Any] = {}
    if "severity" in keys:
        found |= {"parts": variance_parts(insight), "severity_figure": severity_chart(insight)}
    if "weeks" in keys:
        found["weeks_figure"] = weeks_chart(insight)
    if "driving_areas" in keys:
        found["few_words"] = few_words(insight)
    if "changes" in keys:
        found["earlier"] = earlier_season(insight)
    return found


def _shown(request: UserRequest, season: Season, table: Table) -> ShownTable:
    """Return the table sorted as the address asks, ``sort=places.-total``, and where it can be sorted otherwise."""
    key, _dot, sort = request.GET.get("sort", "").partition(".")
    found = table.sorted_by(sort) if key == table.key else table
    kept = [(name, str(value)) for name, value in request.GET.items() if name in {"season", "class", "all"}]
    rows = list(found.drawn)
    is_cut = len(rows) > MOST_ROWS and request.GET.get("all") != table.key
    every = {**dict(request.GET.items()), "all": table.key}
    return ShownTable(
        table=found,
        heads=[_head(found, column, kept) for column in found.columns],
        csv_url=_file_url(request, season, table, "csv"),
        xlsx_url=_file_url(request, season, table, "xlsx"),
        kept=kept,
        drawn=rows[:FIRST_ROWS] if is_cut else rows,
        all_url=f"?{urlencode(every)}#{table.key}" if is_cut else "",
    )


def _file_url(request: UserRequest, season: Season, table: Table, form: str) -> str:
    address = reverse("reports:statistics_export", args=[season.code, table.key, form])
    chosen = request.GET.get("class", "")
    return f"{address}?{urlencode({'class': chosen})}" if chosen and table.key in OF_A_CLASS else address


def _head(table: Table, column: Column, kept: Sequence[tuple[str, str]]) -> Head:
    key, is_descending = table.sort.removeprefix(DESCENDING), table.sort.startswith(DESCENDING)
    is_current = key == column.key
    sort = column.natural
    if is_current:
        sort = column.key if is_descending else f"{DESCENDING}{column.key}"
    value = f"{table.key}.{sort}"
    direction = ("descending" if is_descending else "ascending") if is_current else ""
    return Head(column, f"?{urlencode([*kept, ('sort', value)])}#{table.key}", direction, value)
