"""The control room: the plan against what is done, when the season reaches its goal, and what needs somebody today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.calendar import NORWAY, local_date
from ksp.lib.paging import page_of
from ksp.lib.season_charts import progress_by_week
from ksp.lib.sheets.writing import written_csv, written_xlsx
from participants.models import Season
from participants.selectors import current_season, seasons_of
from participants.workflow import SeasonState
from reports.forms import PlanMapForm
from reports.season_links import season_link
from reports.selectors.follow_up import Kind
from reports.selectors.forecast import SeasonForecast, season_forecast
from reports.selectors.plan_map import (
    View,
    enrolments_of,
    method_lines,
    participant_lines,
    table_of,
    week_lines,
)
from reports.selectors.progress import Line, SeasonProgress, Stage, season_progress
from reports.views.control_signals import signals_of
from reports.views.statistics import TYPES

TEMPLATE = "reports/control_room.html"
ROWS = 12
# Under these names the list of assignments is narrowed to a line of the map.
LINE_FILTERS = {View.PARTICIPANTS: "participant", View.CLASSES: "award_class", View.METHODS: "method"}
RUNNING = frozenset({SeasonState.OPEN, SeasonState.PAUSED})


@dataclass(frozen=True, slots=True)
class StageBar:
    """How many contacts have come so far, how long their bar is, and where to see them."""

    label: str
    count: int
    width: str
    url: str


@dataclass(frozen=True, slots=True)
class MapRow:
    """A line of the map: where its name leads, and where its contacts are; a week is added to that."""

    line: Line
    url: str
    contacts_url: str


@require_safe
@needs("reports.read_progress")
def control(request: UserRequest) -> HttpResponse:
    """Show a season's plan against what is done, its forecast and what needs somebody."""
    seasons = seasons_of(request.user)
    season = current_season(seasons, request.GET.get("season", ""))
    if season is None:
        return render(request, TEMPLATE, {"season": None})
    now = timezone.now()
    found = season_progress(season, user=request.user, now=now)
    context = {
        "season": season,
        "seasons": seasons if len(seasons) > 1 else [],
        "progress": found,
        "review_url": season_link("responses:queue", season),
        "late_url": season_link("reports:follow_up", season, kind=Kind.LATE),
        "unassigned_url": season_link("reports:follow_up", season, kind=Kind.UNASSIGNED),
        "behind_url": season_link("reports:behind", season),
        "shifts_url": season_link("reports:shifts", season),
        "plan_url": season_link("plans:home", season),
    }
    if found.contacts:
        context |= _map(request, found) | _goal(found, now)
        context |= {"bars": _bars(found), "signals": signals_of(found, user=request.user, now=now)}
    return render(request, TEMPLATE, context)


@require_safe
@needs("reports.read_progress")
def export(request: UserRequest, code: str, view: str, form: str) -> HttpResponse:
    """Give the plan against what is done as a file: all rows that the filters leave."""
    if form not in TYPES or view not in set(View):
        raise Http404
    season = get_object_or_404(Season.objects.visible_to(request.user), code=code)
    found = season_progress(season, user=request.user, now=timezone.now())
    enrolments = enrolments_of(found, user=request.user, narrowed=_form(request, found).narrowed())
    listed = list(enrolments) if view == View.PARTICIPANTS else []
    table = table_of(View(view), found, listed, user=request.user)
    write = written_csv if form == "csv" else lambda *table_parts: written_xlsx(table.title, *table_parts)
    headers = {"Content-Disposition": f'attachment; filename="{season.code}-{view}.{form}"'}
    return HttpResponse(write(table.headings, table.rows), content_type=TYPES[form], headers=headers)


def _map(request: UserRequest, found: SeasonProgress) -> dict[str, Any]:
    """Return what the table shows, as the address asks."""
    asked = request.GET.get("view", "")
    view = View(asked) if asked in set(View) else View.PARTICIPANTS
    form = _form(request, found)
    context: dict[str, Any] = {
        "view": view.value,
        "tabs": [(one.value, name, season_link("reports:control", found.season, view=one)) for one, name in _views()],
        "csv_url": _file_url(request, found.season, view, "csv"),
        "xlsx_url": _file_url(request, found.season, view, "xlsx"),
    }
    if view is View.WEEKS:
        return context | {"week_lines": week_lines(found)}
    if view is View.PARTICIPANTS:
        narrowed = form.narrowed()
        page = page_of(enrolments_of(found, user=request.user, narrowed=narrowed), request, size=ROWS)
        enrolments = list(page.object_list)
        lines = participant_lines(found, enrolments, user=request.user)
        keys = [str(one.participant.public_id) for one in enrolments]
        urls = [reverse("participants:detail", args=[key]) for key in keys]
        rows = [_row(found, view, *row) for row in zip(lines, keys, urls, strict=True)]
        is_narrowed = any((narrowed.award_class, narrowed.words, narrowed.is_late))
        return context | {"rows": rows, "page": page, "form": form, "is_narrowed": is_narrowed}
    lines = list(found.classes) if view is View.CLASSES else method_lines(found, user=request.user)
    return context | {"rows": [_row(found, view, line, str(line.key)) for line in lines]}


def _row(found: SeasonProgress, view: View, line: Line, key: str, url: str = "") -> MapRow:
    contacts_url = season_link("assignments:list", found.season, **{LINE_FILTERS[view]: key})
    return MapRow(line, f"{url}?season={found.season.code}" if url else contacts_url, contacts_url)


def _views() -> list[tuple[View, str]]:
    return [
        (View.PARTICIPANTS, _("Participants")),
        (View.CLASSES, _("Classes")),
        (View.METHODS, _("Contact methods")),
        (View.WEEKS, _("Weeks")),
    ]


def _form(request: UserRequest, found: SeasonProgress) -> PlanMapForm:
    classes = [(one.key, one.name) for one in found.classes]
    return PlanMapForm(request.GET, season=found.season, classes=classes)


def _file_url(request: UserRequest, season: Season, view: View, form: str) -> str:
    kept = request.GET.copy()
    for name in ("page", "season", "view"):
        kept.pop(name, None)
    address = reverse("reports:control_export", args=[season.code, view.value, form])
    return f"{address}?{kept.urlencode()}" if kept else address


def _goal(found: SeasonProgress, now: datetime) -> dict[str, Any]:
    """Return when the season reaches its goal, and the chart of it; one that is over has nothing ahead."""
    is_running = found.season.state in RUNNING and found.approved < found.contacts
    ahead = season_forecast(found, now=now) if is_running else None
    return {
        "ahead": ahead,
        "is_running": is_running,
        "is_chance_of_all": ahead is not None and _may_all_be_done(ahead),
        "figure": progress_by_week(found.by_week(_fan(ahead)), gone=_gone(found, now)),
    }


def _may_all_be_done(ahead: SeasonForecast) -> bool:
    return ahead.at_the_end is not None and ahead.at_the_end.high >= ahead.whole


def _fan(ahead: SeasonForecast | None) -> Mapping[Any, tuple[int, int]]:
    return {point.week: (point.low, point.high) for point in ahead.fan} if ahead is not None else {}


def _gone(found: SeasonProgress, now: datetime) -> float:
    """Return how much of this week's working days has gone by, today included; all of it in a season that is over."""
    if found.this_week != found.shown_week:
        return 1.0
    monday, sunday = found.this_week.monday(), found.this_week.sunday()
    whole = len(NORWAY.working_days(monday, sunday)) or 1
    return len(NORWAY.working_days(monday, local_date(now))) / whole


def _bars(found: SeasonProgress) -> Sequence[StageBar]:
    most = max(found.stages.values(), default=0) or 1
    names = _stage_names()
    return [
        StageBar(
            names[stage],
            found.stages.get(stage, 0),
            f"{found.stages.get(stage, 0) / most:.1%}",
            _stage_url(stage, found.season),
        )
        for stage in Stage
    ]


def _stage_names() -> Mapping[Stage, str]:
    return {
        Stage.UNASSIGNED: _("Without an observer"),
        Stage.PLANNED: _("Planned"),
        Stage.OFFERED: _("Offered"),
        Stage.ACCEPTED: _("Accepted"),
        Stage.DRAFT: _("Being made"),
        Stage.SUBMITTED: _("Waiting for review"),
        Stage.RETURNED: _("Returned"),
        Stage.APPROVED: _("Approved"),
        Stage.REJECTED: _("Rejected"),
    }


def _stage_url(stage: Stage, season: Season) -> str:
    if stage in {Stage.RETURNED, Stage.APPROVED, Stage.REJECTED}:
        return season_link("responses:queue", season, state=stage.value)
    if stage is Stage.SUBMITTED:
        return season_link("responses:queue", season)
    state = Stage.ACCEPTED if stage is Stage.DRAFT else stage
    return season_link("assignments:list", season, state=state.value)
