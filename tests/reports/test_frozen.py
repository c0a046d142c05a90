"""What makes two results the same, and the one form in which they are fingerprinted."""

import pytest

from reports.frozen import canonical, differences


@pytest.mark.parametrize(
    ("field", "frozen", "computed", "is_same"),
    [
        ("total", 91.1, 91.10000000000001, False),
        ("total", None, 0.0, False),
        ("probability_first", 0.61, 0.61 + 1e-12, True),
        ("probability_first", 0.61, 0.6101, False),
        ("total_interval", [63.2, 77.4], [63.2 + 1e-10, 77.4], True),
        ("total_interval", [63.2, 77.4], None, False),
        ("rank_class_interval", [1, 3], [1, 4], False),
    ],
)
def test_numbers_agree_to_the_last_bit_and_statistics_to_nine_digits(field, frozen, computed, is_same):
    def results(value):
        row = {"participant": "A1", "name": "Best", "award_class": "Strøm", field: value}
        return {"participants": [row], "classes": [], "season_result": {}, "awards": [], "combined": []}

    found = differences(results(frozen), results(computed))

    assert [(one.owner, one.field, one.frozen, one.computed) for one in found] == (
        [] if is_same else [("A1", field, frozen, computed)]
    )
    assert differences(results(frozen), results(computed), statistics=False) == (found if field == "total" else [])


def test_canonical_form_is_the_same_whatever_the_order_and_the_sign_of_zero():
    written = b'{"a":"\\u00f8","b":[0.1,0.0]}'

    assert canonical({"b": [0.1, -0.0], "a": "ø"}) == canonical({"a": "ø", "b": [0.1, 0.0]}) == written
