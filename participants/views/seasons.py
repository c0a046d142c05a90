"""Seasons: made, set up, opened, paused, closed, published."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.accounts.selectors import history_of
from ksp.lib.errors import DomainError
from ksp.lib.panels import panels
from ksp.lib.workflow import allowed
from participants import services
from participants.models import AwardClass, Season
from participants.preparation import points_of
from participants.season_forms import ClassForm, ManualForm, NewSeasonForm, SeasonForm, SettingsForm
from participants.selectors import figures_of
from participants.workflow import TRANSITIONS, SeasonState

READ = "participants.read_season"
CHANGE = "participants.change_season"
Move = Callable[[Season, UserRequest], object]

MOVES: dict[str, Move] = {
    "open": lambda season, request: services.open_season(season.pk, by=request.user),
    "pause": lambda season, request: services.pause_season(
        season.pk, reason=request.POST.get("reason", ""), by=request.user
    ),
    "resume": lambda season, request: services.resume_season(season.pk, by=request.user),
    "close": lambda season, request: services.close_season(season.pk, by=request.user),
    "publish": lambda season, request: services.publish_season(season.pk, by=request.user),
}


@require_safe
@needs(READ)
def seasons(request: UserRequest) -> HttpResponse:
    """Show every season, the latest first."""
    rows = Season.objects.visible_to(request.user).current_first().annotate(enrolled=Count("enrolments"))
    context = {"seasons": rows, "may_change": request.user.has_perm(CHANGE)}
    return render(request, "participants/season_list.html", context)


@needs(CHANGE)
def create_season(request: UserRequest) -> HttpResponse:
    """Make a season in preparation."""
    form = NewSeasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_season(request.user.organiser, by=request.user, **form.cleaned_data)
        except services.NameTaken as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, _("The season is made. Below stands what it needs before it opens."))
            return redirect("participants:season", made.code)
    return render(request, "participants/season_create.html", {"form": form})


def _visible(request: UserRequest, code: str) -> Season:
    return get_object_or_404(Season.objects.visible_to(request.user), code=code)


@require_safe
@needs(READ)
def season(request: UserRequest, code: str) -> HttpResponse:
    """Show one season: how it stands, what it lacks, its classes."""
    found = _visible(request, code)
    moves = allowed(TRANSITIONS.values(), found, by=request.user)
    context = {
        "season": found,
        "tab": "overview",
        "moves": [name for name, move in TRANSITIONS.items() if move in moves],
        "may_change": request.user.has_perm(CHANGE, found),
        "points": points_of(found) if found.state == SeasonState.PREPARING else [],
        "figures": figures_of(found),
        "classes": found.classes.annotate(size=Count("enrolments")),
        "history": history_of(found)[:10],
        "panels": panels("participants:season", found, user=request.user),
    }
    return render(request, "participants/season_detail.html", context)


@require_POST
@needs(CHANGE)
def move_season(request: UserRequest, code: str, move: str) -> HttpResponse:
    """Open, pause, resume, close or publish the season."""
    found = _visible(request, code)
    if move not in MOVES:
        raise Http404
    try:
        MOVES[move](found, request)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        found.refresh_from_db(fields=["state"])
        words = {"season": found.name, "state": found.get_state_display()}
        messages.success(request, _("%(season)s is now: %(state)s.") % words)
    return redirect("participants:season", code)


@needs(READ)
def settings(request: UserRequest, code: str) -> HttpResponse:
    """Show what the season decides for itself; administrators change it."""
    found = _visible(request, code)
    form = SettingsForm(request.POST or None, season=found)
    if request.method == "POST":
        _require_change(request, found)
        if form.is_valid():
            try:
                services.change_season_settings(found.pk, settings=form.settings, by=request.user)
            except DomainError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("The settings are saved."))
            return redirect("participants:season_settings", code)
    context = {"season": found, "tab": "settings", "form": form, "may_change": request.user.has_perm(CHANGE, found)}
    return render(request, "participants/season_settings.html", context)


@needs(READ)
def frame(request: UserRequest, code: str) -> HttpResponse:
    """Show the season's name, dates and manual; administrators change them."""
    found = _visible(request, code)
    initial = {name: getattr(found, name) for name in ("name", "starts_on", "ends_on", "manual")}
    form = SeasonForm(request.POST or None, initial=initial)
    manual = ManualForm(request.POST or None, initial=initial)
    if request.method == "POST":
        _require_change(request, found)
        if form.is_valid() and manual.is_valid():
            services.change_season(found.pk, by=request.user, **form.cleaned_data, **manual.cleaned_data)
            messages.success(request, _("The season is saved."))
            return redirect("participants:season_frame", code)
    context = {
        "season": found,
        "tab": "frame",
        "form": form,
        "manual": manual,
        "may_change": request.user.has_perm(CHANGE, found),
    }
    return render(request, "participants/season_frame.html", context)


def _require_change(request: UserRequest, found: Season) -> None:
    if not request.user.has_perm(CHANGE, found):
        raise PermissionDenied


@require_POST
@needs(CHANGE)
def create_class(request: UserRequest, code: str) -> HttpResponse:
    """Make a class in the season."""
    found, form = _visible(request, code), ClassForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the name of the class."))
        return redirect("participants:season", code)
    try:
        made = services.create_class(found.pk, name=form.cleaned_data["name"], by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The class “%(name)s” is made.") % {"name": made.name})
    return redirect("participants:season", code)


@require_POST
@needs("participants.pause_class")
def pause_class(request: UserRequest, code: str, key: int) -> HttpResponse:
    """Pause a class with a reason, or let it go on."""
    award_class = get_object_or_404(AwardClass, pk=key, season=_visible(request, code))
    is_pause = request.POST.get("pause") == "yes"
    now = timezone.now() if is_pause else None
    try:
        services.pause_class(award_class.pk, reason=request.POST.get("reason", ""), now=now, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        paused, goes_on = _("The class “%(name)s” is paused."), _("The class “%(name)s” goes on.")
        messages.success(request, (paused if is_pause else goes_on) % {"name": award_class.name})
    return redirect("participants:season", code)
