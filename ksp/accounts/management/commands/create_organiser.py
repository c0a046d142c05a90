"""Makes an organiser and its first administrator."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from ksp.accounts.models import Organiser, Role
from ksp.accounts.services import OrganiserExists, create_organiser, invite_user, send_invitation, system_user
from ksp.lib.commands import JsonCommand


class Command(JsonCommand):
    """The first step on a new installation."""

    help = "Make an organiser and invite its first administrator; prints the link to choose a password with."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add who the organiser and its administrator are."""
        super().add_arguments(parser)
        parser.add_argument("--name", required=True, help="the organiser's name")
        parser.add_argument("--slug", required=True, help="a short name in lower case, such as ksp")
        parser.add_argument("--administrator", required=True, metavar="EMAIL", help="the first administrator's address")

    def run(self, **options: Any) -> dict[str, Any]:
        """Make both, or neither."""
        slug, email = options["slug"], options["administrator"]
        if Organiser.objects.filter(slug=slug).exists():
            message = _("There is an organiser “%(slug)s” already. Choose another short name.")
            raise OrganiserExists(message % {"slug": slug})
        with transaction.atomic():
            by = system_user(create_organiser(name=options["name"], slug=slug))
            user = invite_user(by=by, email=email, name=email.partition("@")[0], role=Role.ADMINISTRATOR)
            token = send_invitation(user.pk, by=by)
        link = settings.SITE_URL + reverse("accounts:accept_invitation", args=[token])
        return {"organiser": slug, "administrator": email, "link": link}

    def describe(self, outcome: dict[str, Any]) -> str:
        """Say what to do next."""
        return _("Choose a password for %(administrator)s within 24 hours: %(link)s") % outcome
