"""Brings a season's answers in from files."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from ksp.accounts.commands import OrganiserCommand
from ksp.accounts.models import Organiser
from ksp.accounts.services import create_organiser
from ksp.lib.commands import WrongUsage
from ksp.lib.errors import DomainError
from reports.exports.importing import FilesRefused, import_answers
from reports.exports.reading import Mistake

MOST_SHOWN = 20
FIRST_SLUG, FIRST_NAME = "ksp", "Kundeserviceprisen"


class Command(OrganiserCommand):
    """All of a season's answers, or none."""

    help = "Import a season's answers from the files that export_answers writes: all of them, or none."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what to read and where to put it."""
        super().add_arguments(parser)
        parser.add_argument("folder", type=Path, metavar="DIR", help="the folder with the files")
        parser.add_argument("--season", required=True, metavar="CODE", help="the season; made if it is not there")
        parser.add_argument("--dry-run", action="store_true", help="check everything and write nothing")

    def run(self, **options: Any) -> dict[str, Any]:
        """Import the files, or refuse them with all that is wrong."""
        if not options["folder"].is_dir():
            raise WrongUsage(_("%(folder)s is not a folder.") % {"folder": options["folder"]})
        try:
            counts = self._import(options)
        except FilesRefused as error:
            for mistake in error.mistakes[:MOST_SHOWN]:
                self.progress(str(mistake))
            raise
        return {"season": options["season"], "dry_run": options["dry_run"], **counts}

    @transaction.atomic
    def _import(self, options: dict[str, Any]) -> dict[str, int]:
        """Import for the organiser; on an installation without any, it is made with the season."""
        if not options["organiser"] and not Organiser.objects.exists():
            create_organiser(name=FIRST_NAME, slug=FIRST_SLUG)
        person = self.person(options)
        return import_answers(
            options["season"],
            folder=options["folder"],
            organiser=person.organiser,
            dry_run=options["dry_run"],
            by=person,
        )

    def describe(self, outcome: dict[str, Any]) -> str:
        """Return how much there was."""
        if outcome["dry_run"]:
            return _("%(contacts)s contacts would be imported. Nothing has been written.") % outcome
        return _("%(contacts)s contacts imported into %(season)s.") % outcome

    def refusal_detail(self, error: DomainError) -> dict[str, Any]:
        """Return every mistake in the files."""
        return {"errors": [_told(one) for one in error.mistakes]} if isinstance(error, FilesRefused) else {"errors": []}


def _told(mistake: Mistake) -> dict[str, Any]:
    return {
        "file": mistake.file,
        "row": mistake.row or None,
        "column": mistake.column or None,
        "message": mistake.message,
    }
