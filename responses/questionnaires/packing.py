"""Packs the answers of a report into a few bytes, for the scoring of a whole season at once."""

import array
import sys
from collections.abc import Sequence


def pack(numbers: Sequence[int | None]) -> bytes:
    """Return one little-endian 16-bit number per question of the season: the chosen option's, or −1 for none."""
    packed = array.array("h", (-1 if number is None else number for number in numbers))
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def unpack(packed: bytes | memoryview) -> list[int]:
    """Return the numbers that ``pack`` was given, −1 for none."""
    numbers = array.array("h")
    numbers.frombytes(packed)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tolist()
