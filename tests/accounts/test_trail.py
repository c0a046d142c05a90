from datetime import timedelta

import pytest
from django.utils import timezone

from ksp.accounts.trail import PAGE_SIZE
from tests.factories.accounts import AuditEventFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory(administrator=True, name="Ada Lie")


@pytest.fixture
def desk(boss, browser_of):
    return browser_of(boss)


def shown(page):
    return [event.target_name for event in page.context["page"].events]


@pytest.mark.parametrize("rows", [1, 3])
def test_audit_trail_has_a_constant_number_of_queries(desk, boss, rows, count_queries):
    AuditEventFactory.create_batch(rows, organiser=boss.organiser)

    with count_queries(5):
        page = desk.get("/admin/log/")

    assert len(page.context["page"].events) == rows


def test_audit_trail_is_read_page_by_page_without_gap_or_double(desk, boss):
    for number in range(PAGE_SIZE * 2 + 3):
        AuditEventFactory(organiser=boss.organiser, target_name=f"Ting {number}")
    found, before = [], ""

    for _page in range(3):
        page = desk.get("/admin/log/", {"before": before})
        found += shown(page)
        before = page.context["page"].earlier

    assert found == [f"Ting {number}" for number in reversed(range(PAGE_SIZE * 2 + 3))]
    assert before == ""


@pytest.mark.parametrize("before", ["tull", "2026-01-01~1", "~", "2026-01-01T00:00:00+00:00~x"])
def test_place_that_is_none_is_the_beginning(desk, boss, before):
    AuditEventFactory(organiser=boss.organiser, target_name="Ting")

    assert shown(desk.get("/admin/log/", {"before": before})) == ["Ting"]


def test_audit_trail_is_narrowed(desk, boss):
    season = AuditEventFactory(organiser=boss.organiser, target_name="KSP 2022", verb="season.opened", actor=boss)
    AuditEventFactory(organiser=boss.organiser, target_name="Kari", verb="user.changed", target_type="accounts.user")
    AuditEventFactory(target_name="Fremmed", verb="season.opened")
    today = timezone.localdate()
    queries = [
        {"who": "ada"},
        {"who": boss.email.upper()},
        {"thing": "ksp"},
        {"verb": "season.opened"},
        {"target": season.target},
        {"since": today, "until": today, "thing": "KSP"},
        {"until": today - timedelta(days=1)},
        {"since": today + timedelta(days=1)},
        {"who": "ingen"},
    ]

    found = [shown(desk.get("/admin/log/", query)) for query in queries]

    assert found == [["KSP 2022"]] * 6 + [[]] * 3


def test_date_that_cannot_be_read_is_told_and_hides_nothing(desk, boss):
    AuditEventFactory(organiser=boss.organiser, target_name="Ting")

    page = desk.get("/admin/log/", {"since": "i går"})

    assert (shown(page), list(page.context["form"].errors)) == (["Ting"], ["since"])
