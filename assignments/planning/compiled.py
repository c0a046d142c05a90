"""Functions that are compiled when they are first called; imported only by what computes, for numba loads slowly."""

from collections.abc import Callable
from typing import TypeVar

import numba

from assignments.planning.problem import Ints

Function = TypeVar("Function", bound=Callable[..., object])
# Numbers of 32 bits.
BITS, MASK = 32, 0xFFFFFFFF


def compiled(function: Function) -> Function:
    """Return the function compiled, for Python to call."""
    return _jit(function, no_cfunc_wrapper=True)


def part(function: Function) -> Function:
    """Return the function compiled as a part of others, which is quicker: Python cannot call it."""
    return _jit(function, no_cfunc_wrapper=True, no_cpython_wrapper=True)


def _jit(function: Function, **options: bool) -> Function:
    """Keep what is compiled for the next process, where there is a place to keep it."""
    jit: Callable[..., Callable[[Function], Function]] = numba.njit
    try:
        return jit(nogil=True, cache=True, **options)(function)
    except RuntimeError:  # neither beside the source nor at home may anything be written
        return jit(nogil=True, **options)(function)


@part
def draw(random: Ints, size: int) -> int:
    """Return a whole number below the size; ``random`` is the state of the generator (xorshift), never 0."""
    number = random[0]
    number ^= (number << 13) & MASK
    number ^= number >> 17
    number ^= (number << 5) & MASK
    random[0] = number
    return int((number * size) >> BITS)
