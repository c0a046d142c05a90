"""Menus: each role finds its pages, and sees where it is."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import resolve, reverse

from ksp.lib import navigation
from ksp.lib.context_processors import Shell, shell
from tests.factories.accounts import UserFactory

ROLES = ["administrator", "manager", "observer", "participant"]


@pytest.fixture(autouse=True)
def _no_counts(monkeypatch):
    """Leave out the counts that the apps above have registered."""
    monkeypatch.setattr(navigation, "_counters", {})


def request_for(path, user=None):
    request = RequestFactory().get(path)
    request.resolver_match = resolve(request.path)
    request.user = user or AnonymousUser()
    return request


def drawn(role, path):
    groups = navigation.links(navigation.menu_of(role), request_for(path))
    return [link for group in groups for link in group.links]


@pytest.mark.parametrize("menu", [*navigation.MENUS.values(), navigation.ANYONE])
def test_every_entry_leads_to_a_page_of_this_site(menu):
    for group in menu.groups:
        for entry in group.entries:
            assert resolve(reverse(entry.url_name)).view_name == entry.url_name


@pytest.mark.parametrize(
    ("role", "addresses"),
    [
        (
            "manager",
            [
                "/control/",
                "/review/",
                "/plan/",
                "/assignments/",
                "/outbox/",
                "/applications/",
                "/team/",
                "/observers/",
                "/participants/",
                "/control/statistics/",
                "/admin/seasons/",
            ],
        ),
        ("observer", ["/observer/", "/observer/assignments/", "/observer/manual/", "/observer/me/"]),
        (
            "participant",
            ["/dashboard/", "/dashboard/drivers/", "/dashboard/answers/", "/dashboard/comments/", "/results/"],
        ),
        ("", ["/results/"]),
    ],
)
def test_each_role_has_its_own_menu(role, addresses):
    assert [link.url for link in drawn(role, "/results/")] == addresses


def test_an_administrator_has_the_managers_menu_and_one_more_group():
    groups = navigation.links(navigation.menu_of("administrator"), request_for("/results/"))

    assert [len(group.links) for group in groups] == [11, 4]
    assert [link.url for link in groups[1].links] == ["/admin/", "/admin/users/", "/admin/imports/", "/admin/log/"]


@pytest.mark.parametrize(
    ("role", "path", "marked"),
    [
        ("manager", "/review/", {"/review/": "page"}),
        ("manager", "/review/0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a/", {"/review/": "true"}),
        ("administrator", "/admin/users/", {"/admin/users/": "page"}),
        ("observer", "/observer/reports/0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a/", {"/observer/assignments/": "true"}),
        ("observer", "/results/", {}),
    ],
)
def test_the_page_one_is_on_is_marked(role, path, marked):
    assert {link.url: link.current for link in drawn(role, path) if link.current} == marked


def test_a_registered_count_stands_beside_its_entry():
    navigation.register_count("review", lambda _request: 47)

    counts = {link.url: link.count for link in drawn("manager", "/review/") if link.count}

    assert counts == {"/review/": 47}


@pytest.mark.parametrize("role", ROLES)
def test_the_shell_of_a_person_is_that_of_the_role(role):
    frame = Shell(request_for("/results/", UserFactory.build(role=role, colour_scheme="dark")))

    assert (frame.template, frame.colour_scheme) == (navigation.MENUS[role].template, "dark")


def test_a_visitor_gets_the_public_shell(settings):
    settings.DEMO = True

    context = shell(request_for("/results/?class=strom"))

    frame = context["shell"]
    assert (frame.template, frame.colour_scheme, frame.shortcuts) == ("base_public.html", "auto", "off")
    assert (frame.person, frame.here, context["demo"]) == (None, "/results/?class=strom", True)
