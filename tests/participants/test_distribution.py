from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participants.distribution import METHOD_ORDER, choose_methods, distribute
from participants.season_settings import DEFAULT_WEIGHTS

WEIGHTS = st.fixed_dictionaries({method: st.integers(1, 100) for method in METHOD_ORDER})
METHODS = st.lists(st.sampled_from(METHOD_ORDER), unique=True)


@pytest.mark.parametrize(
    ("methods", "parts"),
    [
        (["phone", "email", "chat"], {"phone": 10, "email": 8, "chat": 7}),
        (["phone", "email", "messenger"], {"phone": 10, "email": 8, "messenger": 7}),
        (["phone", "email"], {"phone": 14, "email": 11}),
        (["phone", "chat"], {"phone": 15, "chat": 10}),
        (["email", "chat"], {"email": 13, "chat": 12}),
        (["phone"], {"phone": 25}),
        ([], {}),
    ],
)
def test_twenty_five_contacts_are_shared_out_by_the_default_weights(methods, parts):
    assert distribute(25, methods, DEFAULT_WEIGHTS) == parts


def test_equal_remainders_go_to_the_earlier_method():
    assert distribute(3, ["chat", "phone"], {"phone": 1, "chat": 1}) == {"phone": 2, "chat": 1}


def test_methods_without_any_weight_get_nothing():
    assert distribute(25, ["phone"], {"phone": 0}) == {}


@given(total=st.integers(0, 500), methods=METHODS, weights=WEIGHTS)
def test_parts_sum_to_the_total_and_lie_within_one_of_the_exact_share(total, methods, weights):
    parts = distribute(total, methods, weights)

    assert set(parts) == set(methods)
    assert sum(parts.values()) == (total if methods else 0)
    whole = sum(weights[method] for method in methods)
    for method, part in parts.items():
        exact = Fraction(total * weights[method], whole)
        assert exact - 1 < part < exact + 1


@given(total=st.integers(1, 500), methods=METHODS.filter(bool), weights=WEIGHTS)
def test_the_largest_remainders_are_rounded_up(total, methods, weights):
    parts = distribute(total, methods, weights)

    whole = sum(weights[method] for method in methods)
    remainders = {method: total * weights[method] % whole for method in methods}
    up = [remainders[method] for method in methods if parts[method] > total * weights[method] // whole]
    down = [remainders[method] for method in methods if parts[method] == total * weights[method] // whole]
    assert not up or not down or min(up) >= max(down)


@given(total=st.integers(0, 100), methods=METHODS, weights=WEIGHTS)
def test_order_of_the_methods_does_not_matter(total, methods, weights):
    assert distribute(total, methods, weights) == distribute(total, methods[::-1], weights)


@pytest.mark.parametrize(
    ("available", "chosen"),
    [
        (["messenger", "chat", "email", "phone"], ["phone", "email", "chat"]),
        (["messenger", "email", "phone"], ["phone", "email", "messenger"]),
        (["chat", "messenger"], ["chat"]),
        (["messenger"], ["messenger"]),
        (["brevdue"], []),
        ([], []),
    ],
)
def test_methods_are_chosen_in_order_and_messenger_only_without_chat(available, chosen):
    assert choose_methods(available) == chosen


def test_at_most_as_many_methods_as_the_season_allows_are_chosen():
    assert choose_methods(["phone", "email", "chat"], most=2) == ["phone", "email"]
