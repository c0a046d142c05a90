"""The control room: how far the season has come, and what needs somebody today."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from assignments.filters import UNASSIGNED
from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.charts import progress_by_week
from ksp.lib.formatting import iso_week, number
from participants.models import Season
from participants.selectors import current_season, seasons_of
from reports.selectors.progress import SOON_WEEKS, SeasonProgress, Stage, season_progress
from responses.deadlines import LATE

TEMPLATE = "reports/control_room.html"


@dataclass(frozen=True, slots=True)
class StageBar:
    """How many contacts have come so far, how long their bar is, and where to see them."""

    label: str
    count: int
    width: str
    url: str


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that needs somebody, and where to do it."""

    icon: str
    text: str
    note: str
    url: str


@require_safe
@needs("reports.read_progress")
def control(request: UserRequest) -> HttpResponse:
    """Show a season's progress by week, class and state."""
    seasons = seasons_of(request.user)
    season = current_season(seasons, request.GET.get("season", ""))
    if season is None:
        return render(request, TEMPLATE, {"season": None})
    found = season_progress(season, user=request.user, now=timezone.now())
    context = {
        "season": season,
        "seasons": seasons if len(seasons) > 1 else [],
        "progress": found,
        "figure": progress_by_week(found.by_week()) if found.contacts else None,
        "bars": _bars(found),
        "signals": _signals(found),
        "review_url": _link("responses:queue", season),
        "late_url": _late_url(found),
        "unassigned_url": _link("assignments:list", season, state=UNASSIGNED),
    }
    return render(request, TEMPLATE, context)


def _link(url_name: str, season: Season, **choices: str) -> str:
    return f"{reverse(url_name)}?{urlencode({'season': season.code, **choices})}"


def _late_url(found: SeasonProgress) -> str:
    """Where the contacts are that are late, the oldest week first."""
    since = {"week": str(found.late_since)} if found.late_since else {}
    return _link("assignments:list", found.season, **since)


def _bars(found: SeasonProgress) -> list[StageBar]:
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
        return _link("responses:queue", season, state=stage.value)
    if stage is Stage.SUBMITTED:
        return _link("responses:queue", season)
    state = Stage.ACCEPTED if stage is Stage.DRAFT else stage
    return _link("assignments:list", season, state=state.value)


def _signals(found: SeasonProgress) -> list[Signal]:
    """Return what needs somebody, the most pressing first."""
    signals = (_late_reviews(found), _late_contacts(found), _unassigned(found), _unanswered(found), _unplanned(found))
    return [signal for signal in signals if signal is not None]


def _late_reviews(found: SeasonProgress) -> Signal | None:
    if not (count := found.late_reviews):
        return None
    text = ngettext("%(count)s report is past its deadline", "%(count)s reports are past their deadline", count)
    note = _("Observers and participants wait for them to be read.")
    url = _link("responses:queue", found.season, age=LATE)
    return Signal("clock", text % {"count": number(count)}, note, url)


def _late_contacts(found: SeasonProgress) -> Signal | None:
    if not (count := found.late):
        return None
    text = ngettext(
        "%(count)s contact lacks a report though its week is over",
        "%(count)s contacts lack a report though their week is over",
        count,
    )
    note = _("The oldest is from %(week)s.") % {"week": iso_week(found.late_since)}
    return Signal("triangle-alert", text % {"count": number(count)}, note, _late_url(found))


def _unassigned(found: SeasonProgress) -> Signal | None:
    if not (count := found.unassigned_soon):
        return None
    text = ngettext(
        "%(count)s contact up to %(week)s has no observer", "%(count)s contacts up to %(week)s have no observer", count
    )
    words = {"count": number(count), "week": iso_week(found.this_week + SOON_WEEKS)}
    url = _link("assignments:list", found.season, state=UNASSIGNED)
    return Signal("user", text % words, _("Offer them to somebody whom every rule allows."), url)


def _unanswered(found: SeasonProgress) -> Signal | None:
    if not (count := found.stages.get(Stage.OFFERED, 0)):
        return None
    text = ngettext("%(count)s offer has no answer", "%(count)s offers have no answer", count)
    url = _link("assignments:list", found.season, state=Stage.OFFERED.value)
    return Signal("mail-open", text % {"count": number(count)}, _("The observers have not said yes or no."), url)


def _unplanned(found: SeasonProgress) -> Signal | None:
    if not (count := found.not_in_plan):
        return None
    text = ngettext("%(count)s contact is not in the plan", "%(count)s contacts are not in the plan", count)
    words = {"planned": number(found.planned), "contacts": number(found.contacts)}
    note = _("The participants are to have %(planned)s contacts; %(contacts)s are planned.") % words
    return Signal("calendar-days", text % {"count": number(count)}, note, _link("assignments:list", found.season))
