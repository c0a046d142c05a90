"""Repairs that are computed by themselves, and when not to."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_quiet: ContextVar[bool] = ContextVar("plans_are_quiet", default=False)


@contextmanager
def without_repairs() -> Iterator[None]:
    """Ask for no repair of what changes meanwhile: whoever changes it plans it too."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


def is_quiet() -> bool:
    """Tell whether somebody plans by hand what changes now."""
    return _is_quiet.get()
