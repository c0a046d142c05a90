import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from ksp.accounts.models import Role
from scripts.services import free_port
from tests.factories.accounts import UserFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import RepresentativeFactory

pytestmark = pytest.mark.django_db

HOMES = {
    Role.ADMINISTRATOR: "/admin/",
    Role.MANAGER: "/review/",
    Role.OBSERVER: "/observer/",
    Role.PARTICIPANT: "/dashboard/",
}


def person(role):
    if role == Role.OBSERVER:
        return ObserverFactory().user
    return RepresentativeFactory().user if role == Role.PARTICIPANT else UserFactory(role=role)


@pytest.mark.parametrize("role", Role.values)
def test_door_leads_each_role_to_its_own_home(role, browser_of):
    answer = browser_of(person(role)).get("/")

    assert (answer.status_code, answer.headers["Location"]) == (302, HOMES[role])


@pytest.mark.parametrize("role", Role.values)
def test_home_of_each_role_opens(role, browser_of):
    answer = browser_of(person(role)).get(HOMES[role])

    assert answer.status_code == 200
    assert b"<h1" in answer.content


def test_door_asks_a_stranger_to_sign_in(client):
    answer = client.get("/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=/")


def test_process_says_that_it_lives_without_asking_the_database(client, count_queries):
    with count_queries(0):
        answer = client.get("/healthz/live")

    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, b"ok\n", "text/plain")


def readiness(client):
    answer = client.get("/healthz/ready")
    return answer.status_code, answer.json()


def test_site_is_ready(client):
    assert readiness(client) == (200, {"database": "ok", "broker": "ok"})


def test_site_without_its_broker_is_not_ready(client, settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"

    assert readiness(client) == (503, {"database": "ok", "broker": "unreachable"})


def test_site_without_its_database_is_not_ready(client):
    def away(*_args, **_kwargs):
        raise OperationalError

    with connection.execute_wrapper(away):
        assert readiness(client) == (503, {"database": "unreachable", "broker": "ok"})


def test_site_whose_database_is_behind_is_not_ready(client):
    MigrationRecorder(connection).record_unapplied(*MigrationLoader(connection).graph.leaf_nodes("scoring")[0])

    assert readiness(client) == (503, {"database": "migrations are missing", "broker": "ok"})


def test_watchers_need_not_sign_in_and_change_nothing():
    strict = Client(enforce_csrf_checks=True)

    assert [strict.get(f"/healthz/{path}").cookies for path in ("live", "ready")] == [{}, {}]


def test_metrics_count_requests(client):
    answer = client.get("/metrics")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert b"python_info" in answer.content


@pytest.mark.django_db
def test_nobody_changes_the_own_address_alone(browser_of):
    user = UserFactory(manager=True)

    answer = browser_of(user).post("/accounts/email/", {"email": "other@ksp.example", "action_add": ""})

    user.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, "/me/")
    assert (user.email, list(user.emailaddress_set.filter(email="other@ksp.example"))) == (user.email, [])
