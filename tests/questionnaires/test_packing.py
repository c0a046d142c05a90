import struct
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responses.questionnaires import packing
from responses.questionnaires.packing import pack, unpack
from scoring.engine.reports import unpack as unpack_for_scores
from tests.scoring.engine.cases import battery

NUMBERS = st.one_of(st.none(), st.integers(0, 2**15 - 1))


@given(st.lists(NUMBERS))
def test_numbers_come_back_and_none_as_minus_one(numbers):
    packed = pack(numbers)

    assert len(packed) == 2 * len(numbers)
    assert unpack(packed) == [-1 if number is None else number for number in numbers]
    assert unpack(memoryview(packed)) == unpack(packed)


def test_numbers_are_little_endian():
    assert pack([1, None, 258]) == b"\1\0\xff\xff\2\1"


def test_machine_of_the_other_kind_writes_the_same_bytes(monkeypatch):
    """Only the turning is tried: the numbers themselves lie the other way on such a machine."""
    monkeypatch.setattr(sys, "byteorder", "big")

    turned = packing.pack([1, None, 258])

    assert turned == struct.pack(">3h", 1, -1, 258)
    assert packing.unpack(turned) == [1, -1, 258]


def test_number_that_does_not_fit_is_refused():
    with pytest.raises(OverflowError):
        pack([2**15])


def test_scores_read_what_is_packed():
    built = battery()
    numbers = [None] * len(built.questions)
    numbers[0], numbers[7] = 2, 10

    assert unpack_for_scores(built, pack(numbers)) == {"wait": 2, "nps": 10}
