import pytest
from django.test import Client

from ksp.accounts.models import AuditEvent, Role
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "en lang setning om fjellet"


@pytest.mark.parametrize("role", Role)
def test_profile_is_everybodys(browser_of, role):
    assert browser_of(UserFactory(role=role)).get("/me/").status_code == 200


def test_choices_are_stored_and_the_device_follows(browser_of):
    user = UserFactory(manager=True)
    client = browser_of(user)

    page = client.post("/me/", {"name": "Kari Lie", "language": "en", "colour_scheme": "dark"})

    user.refresh_from_db()
    assert (page.status_code, user.name, user.language, user.colour_scheme, user.has_shortcuts) == (
        302,
        "Kari Lie",
        "en",
        "dark",
        False,
    )
    assert client.get("/me/").headers["Content-Language"] == "en"


def test_shortcuts_are_a_choice_of_those_who_review(browser_of):
    has_choice = {
        role.value: "has_shortcuts" in browser_of(UserFactory(role=role)).get("/me/").context["form"].fields
        for role in Role
    }

    assert has_choice == {"administrator": True, "manager": True, "observer": False, "participant": False}


def test_choice_that_is_none_changes_nothing(browser_of):
    user = UserFactory(name="Kari")

    page = browser_of(user).post("/me/", {"name": "Ola", "language": "fr", "colour_scheme": "dark"})

    user.refresh_from_db()
    assert (list(page.context["form"].errors), user.name) == (["language"], "Kari")


def test_role_is_not_among_the_choices(browser_of):
    user = UserFactory()

    browser_of(user).post(
        "/me/", {"name": "Kari", "language": "nb", "colour_scheme": "auto", "role": "administrator", "is_active": "1"}
    )

    user.refresh_from_db()
    assert user.role == Role.OBSERVER


@pytest.mark.parametrize(
    ("back", "led_to"),
    [
        ("/admin/log/?who=x", "/admin/log/?who=x"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example", "/"),
        ("", "/"),
    ],
)
def test_colours_are_chosen_anywhere_and_lead_back(browser_of, back, led_to):
    user = UserFactory()

    page = browser_of(user).post("/me/appearance/", {"colour_scheme": "dark", "next": back})

    user.refresh_from_db()
    assert (page.url, user.colour_scheme) == (led_to, "dark")


def test_unknown_colours_are_left_out(browser_of):
    user = UserFactory()

    browser_of(user).post("/me/appearance/", {"colour_scheme": "rosa"})

    user.refresh_from_db()
    assert (user.colour_scheme, AuditEvent.objects.count()) == ("auto", 0)


def test_other_devices_are_signed_out():
    boss = UserFactory(administrator=True)
    boss.set_password(PASSWORD)
    boss.save()
    here, there = Client(), Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/130"})
    for client in (here, there):
        client.post("/accounts/login/", {"login": boss.email, "password": PASSWORD})

    page = here.get("/accounts/sessions/")
    assert "Firefox på Linux" in page.content.decode()
    here.post("/accounts/sessions/")

    assert (here.get("/me/").status_code, there.get("/me/").status_code) == (200, 302)
