import base64
import hmac
import struct
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client

from ksp.accounts.models import AuditEvent, Role
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "en lang setning om fjellet"
NOW = datetime(2026, 1, 12, 10, tzinfo=UTC)
ACTIVATE = "/accounts/2fa/totp/activate/"


def code_for(secret, moment):
    """The six digits that an authenticator app shows at that moment (RFC 6238)."""
    counter = struct.pack(">Q", int(moment.timestamp()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, "sha1").digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@pytest.fixture
def strict(settings):
    """The site as it is outside the demo."""
    settings.KSP_REQUIRE_SECOND_FACTOR = True
    settings.DEMO = False


def person(role, **fields):
    user = UserFactory(role=role, **fields)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, user):
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MANAGER])
@pytest.mark.parametrize("address", ["/", "/assignments/", "/me/", "/metrics-of-nobody/"])
def test_manager_without_second_factor_is_led_to_set_it_up(strict, browser_of, role, address):
    page = browser_of(person(role)).get(address)

    assert (page.status_code, page.url) == (302, ACTIVATE)


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.PARTICIPANT])
def test_others_may_do_without(strict, browser_of, role):
    assert browser_of(person(role)).get("/me/").status_code == 200


def test_demo_asks_nobody(strict, settings, browser_of):
    settings.DEMO = True

    assert browser_of(person(Role.MANAGER)).get("/me/").status_code == 200


def test_manager_signs_in_with_two_steps(strict):
    manager = person(Role.MANAGER)
    client = Client()
    with time_machine.travel(NOW, tick=False):
        sign_in(client, manager)
        secret = client.get(ACTIVATE).context["form"].secret
        client.post(ACTIVATE, {"code": code_for(secret, NOW)})

        assert client.get("/assignments/").status_code == 200

    client = Client()
    later = NOW + timedelta(minutes=5)
    with time_machine.travel(later, tick=False):
        first_step = sign_in(client, manager)

        assert first_step.url == "/accounts/2fa/authenticate/"
        assert client.get("/assignments/").url == "/accounts/login/?next=/assignments/"
        wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
        assert "code" in wrong.context["form"].errors
        assert client.get("/assignments/").status_code == 302

        client.post("/accounts/2fa/authenticate/", {"code": code_for(secret, later)})

        assert client.get("/assignments/").status_code == 200


def test_second_factor_is_not_looked_up_again_in_every_request(strict, count_queries):
    manager = person(Role.MANAGER)
    client = Client()
    with time_machine.travel(NOW, tick=False):
        sign_in(client, manager)
        secret = client.get(ACTIVATE).context["form"].secret
        client.post(ACTIVATE, {"code": code_for(secret, NOW)})
    client = Client()
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        sign_in(client, manager)
        client.post("/accounts/2fa/authenticate/", {"code": code_for(secret, NOW + timedelta(minutes=5))})

        with count_queries() as queries:
            client.get("/me/")

    assert [query for query in queries if "mfa_authenticator" in query] == []


def test_email_is_signed_in_with_whatever_its_case():
    user = person(Role.OBSERVER, email="kari@ksp.example")
    client = Client()

    page = client.post("/accounts/login/", {"login": "KARI@KSP.example", "password": PASSWORD})

    assert (page.status_code, client.session["_auth_user_id"]) == (302, str(user.pk))


def test_sixth_wrong_password_is_told_to_wait_even_if_the_seventh_is_right():
    user = person(Role.OBSERVER)
    client = Client()
    for _try in range(5):
        client.post("/accounts/login/", {"login": user.email, "password": "feil"})

    page = sign_in(client, user)

    assert page.status_code == 200
    assert page.context["form"].non_field_errors()
    assert "_auth_user_id" not in client.session


def test_closed_account_is_out_at_once(browser_of):
    user = person(Role.OBSERVER)
    client = browser_of(user)
    assert client.get("/me/").status_code == 200

    user.is_active = False
    user.save()

    assert client.get("/me/").url == "/accounts/login/?next=/me/"


@pytest.mark.parametrize("accepted", ["en-GB,en;q=0.9", "nb", ""])
def test_norwegian_comes_first_whatever_the_browser_asks_for(accepted):
    page = Client(headers={"accept-language": accepted}).get("/accounts/login/")

    assert page.headers["Content-Language"] == "nb"
    assert 'lang="nb"' in page.content.decode()


def test_person_reads_the_chosen_language(browser_of):
    page = browser_of(UserFactory(language="en")).get("/me/")

    assert page.headers["Content-Language"] == "en"


def test_choice_on_the_device_comes_before_the_persons(browser_of):
    client = browser_of(UserFactory(language="nb"))
    client.post("/i18n/setlang/", {"language": "en"})

    assert client.get("/me/").headers["Content-Language"] == "en"


def test_unknown_language_is_left_out():
    client = Client()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "fr"

    assert client.get("/accounts/login/").headers["Content-Language"] == "nb"


def test_pages_of_people_are_not_stored(browser_of):
    assert browser_of(UserFactory()).get("/me/").headers["Cache-Control"] == "no-store"


def test_change_is_noted_with_where_it_came_from(browser_of):
    browser_of(UserFactory()).post("/me/appearance/", {"colour_scheme": "dark"})

    assert AuditEvent.objects.get().origin == "web 127.0.0.1"
