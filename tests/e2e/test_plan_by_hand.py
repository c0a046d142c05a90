"""A manager changes a proposal by hand: with the keyboard, by dragging, and with a list; and takes it back."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assignments.plans.selectors import choices_for
from tests.e2e.conftest import DESK
from tests.factories.accounts import UserFactory
from tests.plans.seasons import proposed, small_season

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def contact(settings):
    settings.DEMO = True
    season = small_season()
    manager = UserFactory(manager=True, organiser=season.organiser, email="manager@ksp.example")
    manager.set_password("demo")
    manager.save()
    return proposed(season, manager).contacts.select_related("participant", "observer").first()


@pytest.fixture
def page(visit, contact):
    visitor = visit(viewport=DESK)
    visitor.sign_in("manager@ksp.example")
    visitor.open(reverse("plans:participant", args=[contact.proposal.public_id, contact.participant.public_id]))
    yield visitor.page
    assert visitor.foreign == []


def week_of(page, contact):
    """Give the week in whose row the contact stands."""
    card = page.locator(f"[data-week]:has(#contact-{contact.number})")
    expect(card).to_have_count(1)
    return card.get_attribute("data-week")


def test_contact_is_moved_with_the_keyboard_and_back(page, contact):
    contact.proposal.refresh_from_db()
    weeks = [one.week for one in choices_for(contact).weeks if not one.rules]
    later = next(week for week in weeks if week > contact.week)
    steps = page.locator("[data-week]").evaluate_all("rows => rows.map((row) => row.dataset.week)").index(later)

    page.locator(f"#contact-{contact.number}").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-week='{later}']")).to_have_attribute("data-judged", "yes")
    for _step in range(steps):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator(".moved")).to_be_visible()
    expect(page.locator(f"#contact-{contact.number}")).to_be_focused()
    assert week_of(page, contact) == later
    page.get_by_role("button", name="Angre").click()
    expect(page.locator(".moved")).to_have_count(0)
    assert week_of(page, contact) == contact.week


def test_contact_goes_to_somebody_from_the_list_and_is_locked(page, contact):
    page.locator(f"#contact-{contact.number}").click()
    chosen = page.locator(".pick button").first
    name = chosen.get_attribute("aria-label").removeprefix("Velg ")
    chosen.click()

    card = page.locator(f"#contact-{contact.number}")
    expect(card).to_contain_text(name)
    page.get_by_role("button", name="Lås som den er").click()
    expect(card).to_have_class(re.compile("is-locked"))


def test_dragged_contact_stands_in_its_new_week(page, contact):
    later = next(one.week for one in choices_for(contact).weeks if not one.rules and one.week > contact.week)
    card = page.locator(f"#contact-{contact.number}")
    card.hover()

    card.drag_to(page.locator(f"[data-week='{later}']"))

    expect(page.locator(".moved")).to_be_visible()
    assert week_of(page, contact) == later
