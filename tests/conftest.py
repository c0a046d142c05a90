"""What every test starts from: cheap passwords, a folder and a cache of its own, and a way to count queries."""

import contextlib
import os
import tempfile

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import translation

pytest_plugins = ["tests.workers"]
# The database's own bookkeeping, which differs between the two databases and costs next to nothing.
BOOKKEEPING = ("BEGIN", "COMMIT", "RELEASE", "ROLLBACK", "SAVEPOINT")


def pytest_configure(config):
    """Keep this process' files and cached values apart from everybody else's."""
    from django.conf import settings

    folder = tempfile.TemporaryDirectory(prefix="ksp-test-")
    config.add_cleanup(folder.cleanup)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw-1")
    own = {
        "CACHES": settings.CACHES,
        "KSP_REQUIRE_SECOND_FACTOR": False,
        "MEDIA_ROOT": folder.name,
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    }
    if settings.REDIS_URL and worker != "gw-1":
        address = f"{settings.REDIS_URL.rpartition('/')[0]}/{int(worker.removeprefix('gw')) + 1}"
        own["REDIS_URL"] = own["CELERY_BROKER_URL"] = address
        own["CACHES"] = {"default": {**settings.CACHES["default"], "LOCATION": address}}
    changed = override_settings(**own)
    changed.enable()
    config.add_cleanup(changed.disable)


def pytest_runtest_setup(item):
    """Pass over what cannot be shown on the database of this run."""
    from django.conf import settings

    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    if item.get_closest_marker("worker") and not settings.REDIS_URL:
        pytest.skip("needs Redis")


@pytest.fixture(autouse=True)
def _usual_language():
    """Let no test speak the language of the last reader of another one."""
    from django.conf import settings

    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _empty_cache():
    """Let no test find what another one remembered, such as the tries of a sign-in or a questionnaire of that key."""
    from responses.questionnaires.selectors import forget_questionnaires

    cache.clear()
    forget_questionnaires()


@pytest.fixture
def count_queries():
    """Give a context that holds the queries made inside it, the database's bookkeeping aside."""

    @contextlib.contextmanager
    def counted(expected=None):
        queries = []
        with CaptureQueriesContext(connection) as captured:
            yield queries
        queries += [query["sql"] for query in captured if not query["sql"].startswith(BOOKKEEPING)]
        assert expected in {None, len(queries)}, f"{len(queries)} queries instead of {expected}:\n" + "\n".join(queries)

    return counted


@pytest.fixture
def browser_of():
    """Give a browser in which a person has signed in."""

    def signed_in(user):
        client = Client()
        client.force_login(user)
        return client

    return signed_in
