"""The observer's own application: written in two parts, looked over, sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from ksp.lib.navigation import address
from ksp.lib.workflow import allowed
from observers.applications import services
from observers.applications.contents import Ties, Work
from observers.applications.forms import WorkForm, read_ties
from observers.applications.models import Application
from observers.applications.periods import OfferedWeek, last_day_to_apply, offered_weeks
from observers.applications.selectors.own import Choice, ClassCard, Gap, TieRow, choices_of, classes_of, gaps_of
from observers.applications.workflow import SUBMIT, WITHDRAW, ApplicationState
from observers.decorators import observer_page
from observers.models import Observer

INVALID, CONFLICT, SAVED = 400, 409, 204
AUTOSAVE: Final = "X-Autosave"
ALL_WEEKS: Final = "all_weeks"
BY_WEEKS: Final = frozenset({ALL_WEEKS, "no_weeks"})
PAGES: Final = {"work": "applications:own_work", "ties": "applications:own_relations"}
WRITABLE: Final = SUBMIT.sources
WORK_FIELDS: Final = ("methods", "weeks", "weekly_capacity", "season_capacity", "county", "about")


@dataclass(frozen=True, slots=True)
class Desk:
    """What one request of an observer is about."""

    observer: Observer
    choices: list[Choice]
    choice: Choice
    application: Application | None

    @property
    def can_write(self) -> bool:
        """The season takes applications, and this one is not sent."""
        return self.choice.is_open and (self.application is None or self.application.state in WRITABLE)

    def url(self, name: str, **more: str) -> str:
        """Return the address of one of the pages, for this season."""
        return f"{reverse(name)}?{urlencode({'season': self.choice.season.code, **more})}"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the application: where it is written, and whether it is whole."""

    name: str
    url: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One class on the page, with which of its participants the search finds."""

    card: ClassCard
    rows: list[tuple[TieRow, bool]]
    is_found: bool
    is_open: bool
    is_lacking: bool


@require_safe
@observer_page
def own(request: UserRequest) -> HttpResponse:
    """Show the application: how to begin, what is missing, what was sent, or what was decided."""
    observer = Observer.objects.visible_to(request.user).first()
    desk = _desk(request, observer) if observer else None
    if desk is None:
        return render(request, "applications/application_own.html", {"observer": observer, "choice": None})
    application, season = desk.application, desk.choice.season
    gaps = gaps_of(application) if application and desk.can_write else []
    context = {
        "observer": observer,
        "choice": desk.choice,
        "choices": desk.choices,
        "application": application,
        "season": season,
        "can_write": desk.can_write,
        "until": last_day_to_apply(season),
        "gaps": [(gap, _place(desk, gap)) for gap in gaps],
        "is_checking": bool(gaps) and request.GET.get("check") == "yes",
        "parts": _parts(desk, gaps) if desk.can_write else [],
        "cards": classes_of(season, application, desk.observer) if application else [],
        "can_withdraw": application is not None
        and application.state == ApplicationState.SUBMITTED
        and WITHDRAW in allowed([WITHDRAW], application, by=request.user),
        "report_url": address("teams:report_relation"),
    }
    return render(request, "applications/application_own.html", context)


@observer_page
def work(request: UserRequest) -> HttpResponse:
    """Let the observer say how, when and how much they can work."""
    desk = _asked_desk(request)
    if request.method != "POST" and not desk.can_write:
        return redirect(desk.url("applications:own"))
    season, today = desk.choice.season, localdate()
    offered = [week for week in offered_weeks(season) if week.last >= today]
    source = desk.application or desk.observer
    initial = {name: getattr(source, name, "") for name in WORK_FIELDS}
    form = WorkForm(_posted_work(request, offered), offered=offered, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _save(request, desk, work=form.work)
    if request.method == "POST" and AUTOSAVE in request.headers:
        return HttpResponse(status=INVALID)
    chosen = form["weeks"].value() or []
    context = {
        "season": season,
        "form": form,
        "weeks": [(week, week.week in chosen) for week in offered],
        "address": desk.url("applications:own_work"),
        "back_url": desk.url("applications:own"),
    }
    return render(request, "applications/application_work.html", context, status=INVALID if form.errors else 200)


@observer_page
def relations(request: UserRequest) -> HttpResponse:
    """Let the observer go through every class, and say whom they are a customer of or registered with."""
    desk = _asked_desk(request)
    if request.method != "POST" and not desk.can_write:
        return redirect(desk.url("applications:own"))
    if request.method == "POST":
        return _save(request, desk, ties=read_ties(request.POST))
    cards = classes_of(desk.choice.season, desk.application, desk.observer)
    query, is_checking = request.GET.get("q", "").strip(), request.GET.get("check") == "yes"
    sections = [_section(card, query, is_checking=is_checking) for card in cards]
    context = {
        "season": desk.choice.season,
        "sections": sections,
        "query": query,
        "is_found": any(section.is_found for section in sections),
        "answered": sum(card.is_answered for card in cards),
        "tied": sum(len(card.tied) for card in cards),
        "classes": len(cards),
        "lacking": [section.card for section in sections if section.is_lacking],
        "address": desk.url("applications:own_relations"),
        "back_url": desk.url("applications:own"),
    }
    return render(request, "applications/application_relations.html", context)


@require_POST
@observer_page
def submit(request: UserRequest) -> HttpResponse:
    """Send the application; if something is missing, the page says what and where."""
    desk = _asked_desk(request)
    if desk.application is None:
        raise Http404
    try:
        services.submit_application(desk.application.pk, by=request.user, now=timezone.now())
    except DomainError as error:
        if not isinstance(error, services.ApplicationIncomplete):
            messages.error(request, str(error))
        return redirect(desk.url("applications:own", check="yes"))
    messages.success(request, _("Your application is sent. You get an e-mail when it is decided."))
    return redirect(desk.url("applications:own"))


@require_POST
@observer_page
def withdraw(request: UserRequest) -> HttpResponse:
    """Take the application back."""
    desk = _asked_desk(request)
    if desk.application is None:
        raise Http404
    try:
        services.withdraw_application(desk.application.pk, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your application is withdrawn. You can change it and send it again."))
    return redirect(desk.url("applications:own"))


def _desk(request: UserRequest, observer: Observer | None) -> Desk | None:
    """Return the season that is asked for, else the first that concerns the observer; none if none does."""
    if observer is None:
        return None
    asked = request.POST.get("season") or request.GET.get("season", "")
    choices = choices_of(observer, today=localdate())
    choice = next((one for one in choices if one.season.code == asked), None) or next(iter(choices), None)
    if choice is None:
        return None
    own_ones = Application.objects.visible_to(request.user).filter(season=choice.season)
    application = own_ones.select_related("season", "observer").first()
    return Desk(observer, choices, choice, application)


def _asked_desk(request: UserRequest) -> Desk:
    """Return what the request is about, or say that there is nothing."""
    desk = _desk(request, Observer.objects.visible_to(request.user).first())
    if desk is None:
        raise Http404
    return desk


def _save(request: UserRequest, desk: Desk, *, work: Work | None = None, ties: Ties | None = None) -> HttpResponse:
    """Keep one part, and go on to where the pressed button leads."""
    season, observer = desk.choice.season, desk.observer
    try:
        services.save_application(season.pk, observer.pk, work=work, ties=ties, by=request.user, now=timezone.now())
    except DomainError as error:
        if AUTOSAVE in request.headers:
            return HttpResponse(status=CONFLICT)
        messages.error(request, str(error))
        return redirect(desk.url("applications:own"))
    if AUTOSAVE in request.headers:
        return HttpResponse(status=SAVED)
    then = request.POST.get("then", "")
    if then in BY_WEEKS:
        return redirect(desk.url("applications:own_work") + "#weeks")
    if then == "search":
        return redirect(desk.url("applications:own_relations", q=request.POST.get("q", "")))
    return redirect(desk.url("applications:own_relations" if work else "applications:own"))


def _posted_work(request: UserRequest, offered: Sequence[OfferedWeek]) -> QueryDict | None:
    """Return what was filled in, with every week or none where that button was pressed."""
    if request.method != "POST":
        return None
    posted = request.POST.copy()
    if (then := posted.get("then", "")) in BY_WEEKS:
        posted.setlist("weeks", [week.week for week in offered if then == ALL_WEEKS])
    return posted


def _place(desk: Desk, gap: Gap) -> str:
    """Return where a gap is filled."""
    return f"{desk.url(PAGES[gap.part], check='yes')}#{gap.anchor}"


def _parts(desk: Desk, gaps: Sequence[Gap]) -> list[Part]:
    """Return the parts to write, and whether each is whole."""
    lacking = {gap.part for gap in gaps} if desk.application else set(PAGES)
    return [Part(name, desk.url(page), is_whole=name not in lacking) for name, page in PAGES.items()]


def _section(card: ClassCard, query: str, *, is_checking: bool) -> Section:
    """Return a class as the page shows it: only what the search finds, open where there is something to do."""
    wanted = query.casefold()
    in_class = wanted in card.name.casefold()
    rows = [(row, in_class or wanted in row.name.casefold()) for row in card.rows]
    is_found = any(found for _row, found in rows)
    is_lacking = is_checking and not card.is_answered
    return Section(card, rows, is_found=is_found, is_open=bool(query and is_found) or is_lacking, is_lacking=is_lacking)
