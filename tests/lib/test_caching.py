import pytest

from ksp.lib.caching import PatientRedisCache


@pytest.fixture
def away():
    return PatientRedisCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 0.2}})


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (lambda cache: cache.get("key", "nothing"), "nothing"),
        (lambda cache: cache.set("key", 1), None),
        (lambda cache: cache.add("key", 1), True),
        (lambda cache: cache.delete("key"), False),
    ],
)
def test_cache_that_is_away_finds_nothing_and_raises_nothing(ask, expected, away):
    assert ask(away) == expected
