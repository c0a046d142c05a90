"""The outbox: what is about to be sent to observers, and what was."""

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assignments.letters import services
from assignments.letters.models import Letter
from assignments.letters.selectors import letters_of, news_of, preview_of, rows_of, standing_of
from assignments.letters.workflow import PERMISSION, LetterState
from ksp.accounts.decorators import needs
from ksp.accounts.models import MOST_TRIES
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from ksp.lib.paging import page_of
from participants.selectors import current_season, seasons_of


@require_safe
@needs(PERMISSION)
def outbox(request: UserRequest) -> HttpResponse:
    """Show a season's letters: those that wait, were sent, or were dropped."""
    seasons = seasons_of(request.user)
    season = current_season(seasons, request.GET.get("season", ""))
    if season is None:
        return render(request, "letters/letter_outbox.html", {"season": None})
    show = request.GET.get("show", "")
    show = show if show in LetterState.values else LetterState.OPEN
    page = page_of(letters_of(season, show=show), request)
    context = {
        "season": season,
        "seasons": seasons,
        "show": str(show),
        "standing": standing_of(season),
        "page": page,
        "rows": rows_of(page.object_list),
        "most_tries": MOST_TRIES,
    }
    return render(request, "letters/letter_outbox.html", context)


@require_safe
@needs(PERMISSION)
def letter(request: UserRequest, key: UUID) -> HttpResponse:
    """Show one letter exactly as its observer gets it."""
    found = _visible(request, key)
    news = news_of(found)
    mail = preview_of(found, news, now=timezone.now())
    context = {"letter": found, "news": news, "mail": mail, "most_tries": MOST_TRIES}
    return render(request, "letters/letter_detail.html", context)


@require_POST
@needs(PERMISSION)
def send_held(request: UserRequest) -> HttpResponse:
    """Send all the letters of a season that are held back."""
    season = current_season(seasons_of(request.user), request.POST.get("season", ""))
    if season is None:
        return redirect("letters:outbox")
    keys = list(Letter.objects.filter(season=season).held().values_list("pk", flat=True))
    count = services.send_letters(keys, now=timezone.now(), by=request.user)
    if count:
        words = ngettext("%(count)s letter is on its way.", "%(count)s letters are on their way.", count)
        messages.success(request, words % {"count": count})
    else:
        messages.info(request, _("No letter was waiting for you to send it."))
    return redirect(_outbox_of(season.code))


@require_POST
@needs(PERMISSION)
def send(request: UserRequest, key: UUID) -> HttpResponse:
    """Send one letter now."""
    found = _visible(request, key)
    now, done = timezone.now(), _("The letter is on its way.")
    return _try(request, found, done, lambda: services.send_letter(found.pk, now=now, by=request.user))


@require_POST
@needs(PERMISSION)
def hold(request: UserRequest, key: UUID) -> HttpResponse:
    """Keep one letter back."""
    found = _visible(request, key)
    done = _("The letter is held back until you send it or let it go.")
    return _try(request, found, done, lambda: services.hold_letter(found.pk, by=request.user))


@require_POST
@needs(PERMISSION)
def let_go(request: UserRequest, key: UUID) -> HttpResponse:
    """Let one letter be sent at its time."""
    found = _visible(request, key)
    return _try(
        request, found, _("The letter is sent by itself."), lambda: services.let_letter_go(found.pk, by=request.user)
    )


@require_POST
@needs(PERMISSION)
def drop(request: UserRequest, key: UUID) -> HttpResponse:
    """Send nothing of one letter."""
    found, reason = _visible(request, key), request.POST.get("reason", "")
    done = _("The letter is dropped. Nothing is sent.")
    return _try(
        request,
        found,
        done,
        lambda: services.drop_letter(found.pk, reason=reason, now=timezone.now(), by=request.user),
    )


def _visible(request: UserRequest, key: UUID) -> Letter:
    rows = Letter.objects.visible_to(request.user).select_related("season", "observer__user", "mail", "closed_by")
    return get_object_or_404(rows.defer("season__manual"), public_id=key)


def _outbox_of(code: str) -> str:
    return f"{reverse('letters:outbox')}?{urlencode({'season': code})}"


def _try(request: UserRequest, found: Letter, done: str, change: Callable[[], Letter]) -> HttpResponse:
    """Make the change, and say on the letter's page what came of it."""
    try:
        changed = change()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        is_news = changed.state != LetterState.DROPPED or bool(request.POST.get("reason"))
        messages.success(request, done if is_news else changed.drop_reason)
    return redirect(found)
