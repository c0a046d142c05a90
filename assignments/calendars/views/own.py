"""The observer's own calendar, week by week, and the switches of the private address."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assignments.calendars import services
from assignments.calendars.models import CalendarFeed
from assignments.calendars.selectors import feed_of, own_calendar
from assignments.calendars.tokens import token_of
from ksp.accounts.requests import UserRequest
from ksp.lib.weeks import IsoWeek
from observers.decorators import observer_page
from observers.models import Observer

YEARS = range(2000, 2100)


@require_safe
@observer_page
def own(request: UserRequest) -> HttpResponse:
    """Show the observer's contacts by week, and under which address a calendar program reads them."""
    feed = feed_of(request.user)
    address = _address(feed) if feed else ""
    context = {
        "calendar": own_calendar(request.user, asked=_asked(request), now=timezone.now()),
        "feed": feed,
        "address": address,
        "subscription": f"webcal:{address.partition(':')[2]}",
    }
    return render(request, "calendars/calendar_own.html", context)


@require_POST
@observer_page
def make_address(request: UserRequest) -> HttpResponse:
    """Make a new private address."""
    services.make_address(_observer(request).pk, by=request.user)
    messages.success(request, _("The address is new. One that you had before no longer works."))
    return redirect(reverse("calendars:own") + "#feed")


@require_POST
@observer_page
def show_names(request: UserRequest) -> HttpResponse:
    """Put participants' names into the calendar, or take them out."""
    feed = get_object_or_404(CalendarFeed, observer=_observer(request))
    shows_names = request.POST.get("shows_names") == "yes"
    services.show_names(feed.observer_id, shows_names=shows_names, by=request.user)
    if shows_names:
        messages.success(request, _("The calendar shows participants’ names from the next time it is read."))
    else:
        messages.success(request, _("The names are gone from the calendar the next time it is read."))
    return redirect(reverse("calendars:own") + "#feed")


@require_POST
@observer_page
def close(request: UserRequest) -> HttpResponse:
    """Take the private address away."""
    services.close_feed(_observer(request).pk, by=request.user)
    messages.success(request, _("The address no longer works. Your contacts are still shown here."))
    return redirect(reverse("calendars:own") + "#feed")


def _observer(request: UserRequest) -> Observer:
    return get_object_or_404(Observer.objects.visible_to(request.user))


def _asked(request: UserRequest) -> IsoWeek | None:
    """Return the week that the address asks for, unless no season can have it."""
    try:
        week = IsoWeek.parse(request.GET.get("week", ""))
    except ValueError:
        return None
    return week if week.year in YEARS else None


def _address(feed: CalendarFeed) -> str:
    token = token_of(feed.public_id, feed.version)
    return settings.SITE_URL + reverse("calendars:feed", args=[token])
