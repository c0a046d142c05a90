"""What a rule that says no looks like."""

from typing import ClassVar


class DomainError(Exception):
    """A rule said no; the message tells the person what happened and what to do next."""

    code: ClassVar[str] = "refused"
