"""From where the current change comes: a web address, a command, a task."""

from contextvars import ContextVar

_origin: ContextVar[str] = ContextVar("origin", default="")


def current_origin() -> str:
    """Return from where the change that is being made comes; empty inside the process itself."""
    return _origin.get()


def set_origin(origin: str) -> None:
    """Say from where the changes that follow in this context come."""
    _origin.set(origin[:60])
