"""Contacts that need somebody, who is behind, and reminders to observers."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assignments.letters.services import remind as remind_observers
from assignments.models import Assignment
from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from ksp.lib.formatting import number
from ksp.lib.paging import page_of
from participants.models import Season
from participants.selectors import current_season, seasons_of
from reports.forms import FollowUpForm
from reports.season_links import season_link
from reports.selectors.behind import observers_behind, participants_behind, review_queue
from reports.selectors.follow_up import Kind, Listed, season_follow_up
from reports.selectors.plan_map import Narrowed, enrolments_of
from reports.selectors.progress import season_progress

# Of the participants behind their plan the page shows so many; the map of the control room shows all.
MOST_PARTICIPANTS = 25


@require_safe
@needs("reports.read_progress")
def follow_up(request: UserRequest) -> HttpResponse:
    """List the contacts that are late, at risk or without an observer, with the reasons."""
    seasons = seasons_of(request.user)
    season = current_season(seasons, request.GET.get("season", ""))
    if season is None:
        return render(request, "reports/control_follow_up.html", {"season": None})
    kind = _kind(request.GET.get("kind", ""))
    found = season_follow_up(season, user=request.user, now=timezone.now())
    classes = list(season.classes.values_list("pk", "name"))
    data = {**request.GET.dict(), "season": season.code, "kind": kind.value}
    form = FollowUpForm(data, classes=classes)
    asked = form.asked()
    listed = _narrowed(found.listed(kind), asked.get("award_class"), asked.get("q", ""))
    context = {
        "season": season,
        "kind": kind.value,
        "tabs": [(name, _url(season, one), one is kind, len(found.listed(one))) for one, name in _kinds()],
        "form": form,
        "is_narrowed": bool(asked.get("award_class") or asked.get("q")),
        "reset_url": _url(season, kind),
        "page": page_of(listed, request),
        "class_names": dict(classes),
        "remindable": len({one.contact.observer for one in listed if one.contact.can_be_reminded}),
        "late_window": kind is not Kind.UNASSIGNED,
        "outbox_url": season_link("letters:outbox", season),
        "plan_url": season_link("plans:home", season),
    }
    return render(request, "reports/control_follow_up.html", context)


@require_safe
@needs("reports.read_progress")
def behind(request: UserRequest) -> HttpResponse:
    """Show which observers and participants are behind, and how the review stands."""
    seasons = seasons_of(request.user)
    season = current_season(seasons, request.GET.get("season", ""))
    if season is None:
        return render(request, "reports/control_behind.html", {"season": None})
    now = timezone.now()
    progress = season_progress(season, user=request.user, now=now)
    enrolments = list(enrolments_of(progress, user=request.user, narrowed=Narrowed()))
    participants = participants_behind(progress, enrolments, user=request.user)
    context = {
        "season": season,
        "progress": progress,
        "observers": page_of(observers_behind(season_follow_up(season, user=request.user, now=now)), request),
        "participants": participants[:MOST_PARTICIPANTS],
        "participant_count": len(participants),
        "all_url": season_link("reports:control", season, late="yes"),
        "queue": review_queue(progress, user=request.user, now=now),
        "queue_url": season_link("responses:queue", season),
        "outbox_url": season_link("letters:outbox", season),
    }
    return render(request, "reports/control_behind.html", context)


@require_POST
@needs("reports.read_progress")
def remind(request: UserRequest, code: str) -> HttpResponse:
    """Remind the observers of the chosen contacts, or of all of a kind; each gets one letter."""
    season = get_object_or_404(Season.objects.visible_to(request.user), code=code)
    chosen = _chosen(request, season)
    try:
        reminded = remind_observers(chosen, by=request.user, now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        _tell(request, season, reminded)
    return redirect(_back(request, season))


def _tell(request: UserRequest, season: Season, reminded: int) -> None:
    """Say who hears of it and when; the letter can be looked at and dropped until then."""
    if not reminded:
        messages.info(request, _("Nobody is reminded: all of them were reminded today, or have no account."))
        return
    text = ngettext("%(count)s observer gets one reminder.", "%(count)s observers get one reminder each.", reminded) % {
        "count": number(reminded)
    }
    minutes = season.settings.letters_wait_minutes
    waits = ngettext(
        "It waits in the outbox for %(minutes)s minute, where you can still drop it.",
        "It waits in the outbox for %(minutes)s minutes, where you can still drop it.",
        minutes,
    )
    messages.success(request, f"{text} {waits % {'minutes': number(minutes)}}")


def _chosen(request: UserRequest, season: Season) -> list[int]:
    """Return the keys of the assignments that the form names, of those that the person may see."""
    everyone = request.POST.get("everyone", "")
    if everyone:
        found = season_follow_up(season, user=request.user, now=timezone.now())
        text = request.POST.get("award_class", "")
        award_class = int(text) if text.isdecimal() else None
        listed = _narrowed(found.listed(_kind(everyone)), award_class, request.POST.get("q", ""))
        return [one.contact.pk for one in listed if one.contact.can_be_reminded]
    keys = [key for text in request.POST.getlist("contact") if (key := _key(text))]
    rows = Assignment.objects.visible_to(request.user).filter(season=season, public_id__in=keys)
    return list(rows.values_list("pk", flat=True))


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _back(request: UserRequest, season: Season) -> str:
    """Return the list that the person came from."""
    asked = request.POST.get("next", "")
    is_here = asked and url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure())
    return asked if is_here else _url(season, Kind.LATE)


def _kind(text: str) -> Kind:
    return Kind(text) if text in set(Kind) else Kind.LATE


def _kinds() -> list[tuple[Kind, str]]:
    return [(Kind.LATE, _("Late")), (Kind.RISK, _("At risk")), (Kind.UNASSIGNED, _("Without an observer"))]


def _url(season: Season, kind: Kind) -> str:
    return season_link("reports:follow_up", season, kind=kind)


def _narrowed(listed: Sequence[Listed], award_class: int | None, words: str) -> list[Listed]:
    """Keep the contacts of a class whose participant or observer has every word."""
    wanted = [word.casefold() for word in words.split()[:6]]
    return [
        one
        for one in listed
        if award_class in {None, one.contact.award_class}
        and all(word in f"{one.contact.participant} {one.contact.observer_name}".casefold() for word in wanted)
    ]
