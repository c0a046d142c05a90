"""Which pages each role finds in its menu, and how many things wait behind them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Counter = Callable[[HttpRequest], int]
_counters: dict[str, Counter] = {}


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
        Entry("reports:control", _("Control room"), "layout-grid"),
        Entry("responses:queue", _("Review"), "list", count="review", also=("responses:review", "responses:correct")),
        Entry("assignments:list", _("Assignments"), "flag", count="unassigned", also=("assignments:detail",)),
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
            also=("participants:season", "questionnaires:detail", "scoring:rules"),
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
            also=("assignments:own_detail", "responses:contact", "responses:form"),
        ),
        Entry("assignments:manual", _("Manual"), "book-open"),
        Entry("observers:own_page", _("My page"), "user"),
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


def links(menu: Menu, request: HttpRequest) -> list[LinkGroup]:
    """Return the menu as drawn on the page that the request asks for."""
    groups = [
        LinkGroup(group.label, [link for entry in group.entries if (link := _link(entry, request))])
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


def _link(entry: Entry, request: HttpRequest) -> Link | None:
    url = address(entry.url_name)
    if not url:
        return None
    counter = _counters.get(entry.count)
    return Link(url, entry.label, entry.icon, count=counter(request) if counter else 0)


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
