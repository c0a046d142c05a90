"""What every answer says to the browser about safety."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.factories.accounts import UserFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import RepresentativeFactory

ROOT = Path(__file__).resolve().parent.parent
POLICY = {
    "base-uri": "'none'",
    "connect-src": "'self'",
    "default-src": "'none'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "img-src": "'self' data:",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
}
PLAIN = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
PUBLIC = [
    "/",
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/password/reset/key/1-set-password/",
    "/healthz/live",
    "/healthz/ready",
    "/invitation/no-such-token/",
    "/metrics",
    "/no-such-page/",
    "/results/",
]
HOMES = {"administrator": "/admin/", "manager": "/review/", "observer": "/observer/", "participant": "/dashboard/"}


def policy_of(answer):
    parts = [part.strip() for part in answer.headers["Content-Security-Policy"].split(";")]
    return dict(part.split(" ", 1) for part in parts if part)


def plain_headers_of(answer):
    return {name: answer.headers.get(name) for name in PLAIN}


@pytest.mark.django_db
@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_allows_nothing_from_elsewhere(path, client):
    answer = client.get(path)

    assert answer.status_code in {200, 302, 404, 410}
    assert policy_of(answer) == POLICY
    assert plain_headers_of(answer) == PLAIN


@pytest.mark.django_db
@pytest.mark.parametrize("role", HOMES)
def test_page_of_a_signed_in_person_allows_nothing_from_elsewhere_and_is_not_kept(role, browser_of):
    people = {"observer": lambda: ObserverFactory().user, "participant": lambda: RepresentativeFactory().user}
    user = people.get(role, lambda: UserFactory(role=role))()

    answer = browser_of(user).get(HOMES[role])

    assert answer.status_code == 200
    assert policy_of(answer) == POLICY
    assert plain_headers_of(answer) == PLAIN
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Language"] == "nb"


@pytest.mark.django_db
def test_refused_form_allows_nothing_from_elsewhere(client):
    client.handler.enforce_csrf_checks = True

    answer = client.post("/accounts/login/", {"login": "someone@ksp.example", "password": "something"})

    assert answer.status_code == 403
    assert policy_of(answer) == POLICY


@pytest.mark.django_db
def test_session_is_out_of_reach_of_scripts_and_other_sites(client):
    user = UserFactory(role="observer")
    user.set_password("en lang setning")
    user.save()

    answer = client.post("/accounts/login/", {"login": user.email, "password": "en lang setning"})

    cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


# With HTTPS, as where the site is installed for real

PROGRAM = """
import json, django
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
from tests.factories.accounts import UserFactory
user = UserFactory(role="observer")
user.set_password("en lang setning")
user.save()
client = Client()
def shown(answer):
    return {"status": answer.status_code, "headers": dict(answer.headers), "cookies": {
        name: {key: value for key, value in morsel.items() if value} for name, morsel in answer.cookies.items()}}
secret = {"login": user.email, "password": "en lang setning"}
print(json.dumps({
    "plain": shown(client.get("/accounts/login/")),
    "health": shown(client.get("/healthz/live")),
    "proxied": shown(client.get("/accounts/login/", headers={"x-forwarded-proto": "https"})),
    "language": shown(client.post("/i18n/setlang/", {"language": "en"}, secure=True)),
    "login": shown(client.post("/accounts/login/", secret, secure=True)),
}))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Give the answers of a site whose settings are those of an installation."""
    environment = {
        "ALLOWED_HOSTS": "testserver",
        "DJANGO_SETTINGS_MODULE": "ksp.settings",
        "KSP_DATA_DIR": str(tmp_path_factory.mktemp("installed")),
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "not-a-secret-but-long-enough-for-a-test-of-headers",
        "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_plain_http_leads_to_https_except_for_watchers(installed):
    assert (installed["plain"]["status"], installed["plain"]["headers"]["Location"]) == (
        301,
        "https://testserver/accounts/login/",
    )
    assert installed["health"]["status"] == 200
    assert installed["proxied"]["status"] == 200


def test_browser_keeps_to_https_for_a_year(installed):
    assert installed["proxied"]["headers"]["Strict-Transport-Security"] == (
        "max-age=31536000; includeSubDomains; preload"
    )


def test_cookies_are_for_https_and_this_host_alone(installed):
    cookies = installed["proxied"]["cookies"] | installed["login"]["cookies"] | installed["language"]["cookies"]

    assert {"__Host-csrftoken", "__Host-sessionid"} <= cookies.keys()
    for name, flags in cookies.items():
        assert (flags["secure"], flags["path"], flags["samesite"], flags.get("domain")) == (True, "/", "Lax", None), (
            name
        )
    assert cookies["__Host-sessionid"]["httponly"] is True
    assert installed["login"]["status"] == 302
