"""What every command promises: one JSON object on demand, one clear message when it refuses, progress aside."""

import json
from abc import abstractmethod
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from ksp.lib.errors import DomainError


class Refused(CommandError):
    """The command did nothing; the message says why. The process ends with status 1."""


class WrongUsage(CommandError):
    """The command line asks for something that cannot be asked for. The process ends with status 2."""

    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=2)


class JsonCommand(BaseCommand):
    """A command with ``--json``; it does its work in ``run`` and tells people about it in ``describe``.

    Status 0 means done, 1 refused, 2 wrong usage. With ``--json`` standard output holds exactly one object, also
    when the command refuses; progress and messages go to standard error.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--json``."""
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")

    def handle(self, *_args: str, **options: Any) -> None:
        """Do the work and tell the outcome, or refuse in one sentence."""
        try:
            outcome = self.run(**options)
        except DomainError as error:
            self._refuse(error.code, str(error), self.refusal_detail(error), as_json=options["json"])
        except PermissionDenied:
            message = _("The account that commands act as may not do this.")
            self._refuse("permission_denied", message, {}, as_json=options["json"])
        self.stdout.write(json.dumps(outcome, ensure_ascii=False) if options["json"] else self.describe(outcome))

    @abstractmethod
    def run(self, **options: Any) -> dict[str, Any]:
        """Do the work and return what came of it, as values that JSON knows; raise a DomainError to refuse."""

    @abstractmethod
    def describe(self, outcome: dict[str, Any]) -> str:
        """Return the outcome in words."""

    def refusal_detail(self, error: DomainError) -> dict[str, Any]:
        """Return what ``--json`` tells about a refusal beside its code and message."""
        return {}

    def progress(self, text: str) -> None:
        """Tell the person who waits how far the work has come."""
        self.stderr.write(text, self.style.NOTICE)

    def _refuse(self, code: str, message: str, detail: dict[str, Any], *, as_json: bool) -> NoReturn:
        if as_json:
            self.stdout.write(json.dumps({"refused": code, "message": message, **detail}, ensure_ascii=False))
        raise Refused(message)
