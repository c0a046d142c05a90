"""Reasons that people must give."""

from typing import ClassVar

from django.utils.translation import gettext as _

from ksp.lib.errors import DomainError

MOST_LETTERS = 300


class ReasonMissing(DomainError):
    """A decision that needs a reason came without one."""

    code: ClassVar[str] = "reason_missing"


def checked_reason(reason: str) -> str:
    """Return the reason as it is kept; refuse none at all."""
    kept = reason.strip()[:MOST_LETTERS]
    if not kept:
        raise ReasonMissing(_("Give a reason. The observer reads it."))
    return kept
