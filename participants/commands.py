"""What the commands for one season have in common."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from ksp.accounts.commands import OrganiserCommand
from ksp.accounts.models import User
from participants.imports.commands import SeasonUnknown
from participants.models import Season


class SeasonCommand(OrganiserCommand):
    """A command with ``--season``."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--season``."""
        super().add_arguments(parser)
        parser.add_argument("--season", required=True, metavar="CODE", help="the code of the season")

    def season(self, options: dict[str, Any], *, person: User) -> Season:
        """Return the season that was named."""
        found = Season.objects.visible_to(person).filter(code=options["season"]).first()
        if found is None:
            raise SeasonUnknown(_("There is no season called “%(code)s”.") % {"code": options["season"]})
        return found
