from uuid import UUID, uuid4

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from assignments.calendars import tokens

SOMEBODY = UUID("6f1b6d1c-3b1f-4f60-9f0e-2f1a1b2c3d4e")


@given(st.uuids(), st.integers(1, 1000))
def test_token_names_its_calendar_and_opens_that_one_alone(public_id, version):
    token = tokens.token_of(public_id, version)

    assert tokens.named_in(token) == public_id
    assert tokens.is_token_of(token, public_id, version)
    assert not tokens.is_token_of(token, public_id, version + 1)
    assert not tokens.is_token_of(token, uuid4(), version)


@pytest.mark.parametrize("token", ["", "x", "é" * 48, "*" * 48, " " * 48, "A" * 47, "A" * 49, "=" * 48])
def test_text_that_is_no_token_names_nothing(token):
    assert tokens.named_in(token) is None


def test_token_follows_from_the_secret_and_cannot_be_made_without_it():
    with override_settings(SECRET_KEY="one" * 20):
        first = tokens.token_of(SOMEBODY, 1)
    with override_settings(SECRET_KEY="two" * 20):
        second = tokens.token_of(SOMEBODY, 1)

    # Sixteen bytes say which calendar it is; the twenty after them nobody can guess.
    assert (first[:21], len(first)) == (second[:21], 48)
    assert first[22:] != second[22:]


def test_every_changed_character_closes_the_address():
    token = tokens.token_of(SOMEBODY, 1)
    wrong = [token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1 :] for n in range(len(token))]

    assert [one for one in wrong if tokens.is_token_of(one, SOMEBODY, 1)] == []
