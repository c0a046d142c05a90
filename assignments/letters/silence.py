"""Lets a season be played without anybody being told."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_silent: ContextVar[bool] = ContextVar("letters_are_silent", default=False)


@contextmanager
def telling_nobody() -> Iterator[None]:
    """Write no notices inside the block: for offers and answers of people who do not exist, or long ago."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def is_silent() -> bool:
    """Tell whether nobody is to be told anything now."""
    return _silent.get()
