"""Commands that act for an organiser, as its system account."""

from typing import Any, ClassVar

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from ksp.accounts.models import Organiser, User
from ksp.accounts.origin import set_origin
from ksp.accounts.services import system_user
from ksp.lib.commands import JsonCommand
from ksp.lib.errors import DomainError


class OrganiserUnclear(DomainError):
    """There is no organiser, or several and none was named."""

    code: ClassVar[str] = "organiser_unclear"


class OrganiserCommand(JsonCommand):
    """A command with ``--organiser``; where there is only one, it need not be named."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--organiser``."""
        super().add_arguments(parser)
        parser.add_argument("--organiser", metavar="SLUG", help="whose data; needed where there are several")

    def person(self, options: dict[str, Any]) -> User:
        """Return the account that the command acts as; what it changes is recorded as coming from the command."""
        set_origin(f"command {self.__class__.__module__.rpartition('.')[2]}")
        return system_user(find_organiser(options["organiser"]))


def find_organiser(slug: str | None) -> Organiser:
    """Return the organiser with this short name, or the only one there is."""
    found = list(Organiser.objects.filter(slug=slug) if slug else Organiser.objects.all()[:2])
    if len(found) == 1:
        return found[0]
    if slug:
        raise OrganiserUnclear(_("There is no organiser called “%(slug)s”.") % {"slug": slug})
    if found:
        raise OrganiserUnclear(_("There are several organisers. Name one with --organiser."))
    raise OrganiserUnclear(_("There is no organiser yet."))
