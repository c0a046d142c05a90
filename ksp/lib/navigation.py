"""Which pages each role finds in its menu, and how many things wait behind them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Func, IntegerField, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Counter = Callable[[HttpRequest], int]
Rows = Callable[[Any], "QuerySet[Any]"]
_counters: dict[str, Counter] = {}
_rows: dict[str, Rows] = {}


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of a menu, by the name of its URL."""

    url_name: str
    label: str | Promise
    icon: str
    count: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that belong together, under a heading or none."""

    entries: tuple[Entry, ...]
    label: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """What one role moves about in, and the shell that shows it."""

    template: str
    groups: tuple[Group, ...]


@dataclass(slots=True)
class Link:
    """One entry as the page draws it."""

    url: str
    label: str | Promise
    icon: str
    count: int = 0
    current: str = ""


@dataclass(slots=True)
class LinkGroup:
    """Links under a heading or none."""

    label: str | Promise
    links: list[Link] = field(default_factory=list)


WORK = Group(
    (
        Entry(
            "reports:control",
            _("Control room"),
            "layout-grid",
            also=("reports:follow_up", "reports:behind", "reports:shifts"),
        ),
        Entry("responses:queue", _("Review"), "list", count="review", also=("responses:review", "responses:correct")),
        Entry(
            "plans:home",
            _("Plan"),
            "calendar-days",
            count="proposals",
            also=("plans:proposal", "plans:participant", "plans:compare", "plans:request"),
        ),
        Entry("assignments:list", _("Assignments"), "flag", count="unassigned", also=("assignments:detail",)),
        Entry("letters:outbox", _("Outbox"), "send", count="held_letters", also=("letters:letter",)),
        Entry("applications:list", _("Applications"), "mail-open", count="applications", also=("applications:detail",)),
        Entry("teams:team", _("Team"), "users", also=("teams:choose", "teams:advice", "teams:remove")),
        Entry("observers:list", _("Observers"), "user", also=("observers:detail",)),
        Entry("participants:list", _("Participants"), "building-2", also=("participants:detail",)),
        Entry(
            "reports:statistics",
            _("Statistics"),
            "chart-column",
            also=(
                "reports:statistics_fairness",
                "reports:statistics_reliability",
                "reports:statistics_drivers",
                "reports:statistics_questions",
                "reports:statistics_seasons",
                "reports:statistics_methods",
            ),
        ),
        Entry(
            "participants:seasons",
            _("Season setup"),
            "settings",
            also=("participants:season", "questionnaires:detail", "scoring:rules", "plans:settings"),
        ),
    )
)
ADMINISTRATION = Group(
    (
        Entry("accounts:administration", _("Overview"), "house"),
        Entry("accounts:users", _("Users"), "users", also=("accounts:invite",)),
        Entry(
            "participants:imports",
            _("Import"),
            "upload",
            also=("participants:import_participants", "participants:import"),
        ),
        Entry("accounts:audit", _("Log"), "history"),
    ),
    label=_("Administration"),
)
OBSERVER = Group(
    (
        Entry("assignments:observer_home", _("Home"), "house"),
        Entry(
            "assignments:own_list",
            _("Assignments"),
            "list",
            also=("assignments:own_detail", "letters:offers", "calendars:own", "responses:contact", "responses:form"),
        ),
        Entry("assignments:manual", _("Manual"), "book-open"),
        Entry(
            "observers:own_page",
            _("My page"),
            "user",
            also=("applications:own", "applications:own_work", "applications:own_relations"),
        ),
    )
)
PARTICIPANT = Group(
    (
        Entry(
            "reports:dashboard",
            _("Overview"),
            "chart-column",
            also=("reports:explain", "reports:explain_class", "reports:explain_season"),
        ),
        Entry("reports:drivers", _("Strengths and potential"), "flag"),
        Entry("reports:answers", _("Single answers"), "list", also=("reports:answer", "reports:explain_contact")),
        Entry("reports:comments", _("Comments"), "message-square"),
        Entry("reports:results", _("Result list"), "trophy"),
    )
)
PUBLIC = Group(
    (Entry("reports:results", _("Winners and results"), "trophy"),),
)

MENUS = {
    "administrator": Menu("base_work.html", (WORK, ADMINISTRATION)),
    "manager": Menu("base_work.html", (WORK,)),
    "observer": Menu("base_observer.html", (OBSERVER,)),
    "participant": Menu("base_participant.html", (PARTICIPANT,)),
}
ANYONE = Menu("base_public.html", (PUBLIC,))


def menu_of(role: str) -> Menu:
    """Return the menu of a role; a person without one finds what everyone may see."""
    return MENUS.get(role, ANYONE)


def register_count(key: str, counter: Counter) -> None:
    """Let the entries with this key show what the counter returns for a request."""
    _counters[key] = counter


def register_rows(key: str, rows: Rows) -> None:
    """Let the entries with this key show how many rows there are for the reader; one query counts all such keys."""
    _rows[key] = rows


def links(menu: Menu, request: HttpRequest) -> list[LinkGroup]:
    """Return the menu as drawn on the page that the request asks for."""
    counts = _count_rows(menu, request)
    groups = [
        LinkGroup(group.label, [link for entry in group.entries if (link := _link(entry, request, counts))])
        for group in menu.groups
    ]
    _mark_current([link for group in groups for link in group.links], menu, request)
    return groups


def address(url_name: str) -> str:
    """Return the address of a page, or nothing where this site does not have the page."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _count_rows(menu: Menu, request: HttpRequest) -> dict[str, int]:
    """Count, in one query, the rows behind all entries of the menu."""
    keys = [entry.count for group in menu.groups for entry in group.entries if entry.count in _rows]
    user = getattr(request, "user", None)
    if not keys or user is None or not user.is_authenticated:
        return {}
    parts = {key: Coalesce(Subquery(_counted(_rows[key](user))), 0) for key in keys}
    counted = get_user_model()._default_manager.filter(pk=user.pk).values_list(*parts.values()).first()
    return dict(zip(parts, counted or (), strict=False))


def _counted(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    counted = rows.order_by().annotate(counted_rows=Func("pk", function="COUNT", output_field=IntegerField()))
    numbers: QuerySet[Any] = counted.values("counted_rows")
    return numbers


def _link(entry: Entry, request: HttpRequest, counts: Mapping[str, int]) -> Link | None:
    url = address(entry.url_name)
    if not url:
        return None
    counter = _counters.get(entry.count)
    count = counter(request) if counter else counts.get(entry.count, 0)
    return Link(url, entry.label, entry.icon, count=count)


def _mark_current(drawn: list[Link], menu: Menu, request: HttpRequest) -> None:
    """Mark the link of this page, or of the page that this one lies under."""
    match = request.resolver_match
    name = match.view_name if match else ""
    for entry in (entry for group in menu.groups for entry in group.entries):
        if name and name in (entry.url_name, *entry.also):
            url = address(entry.url_name)
            break
    else:
        return
    for link in drawn:
        if link.url == url:
            link.current = "page" if link.url == request.path else "true"
