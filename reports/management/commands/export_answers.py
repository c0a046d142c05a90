"""Writes all answers of a season as files."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from ksp.lib.commands import WrongUsage
from participants.commands import SeasonCommand
from reports.exports.answers import export_answers


class Command(SeasonCommand):
    """The season's participants, questionnaire, contacts and answers, as csv."""

    help = "Write a season's participants, questionnaire, contacts and answers as csv files."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add where to write."""
        super().add_arguments(parser)
        parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="the folder to write into")

    def run(self, **options: Any) -> dict[str, Any]:
        """Write the files, and return how many rows each has."""
        person = self.person(options)
        season = self.season(options, person=person)
        try:
            rows = export_answers(season.pk, folder=options["out"], by=person)
        except OSError as error:
            words = {"folder": options["out"], "why": error.strerror}
            raise WrongUsage(_("%(folder)s cannot be written to: %(why)s.") % words) from None
        return {"season": season.code, "folder": str(options["out"]), "rows": rows}

    def describe(self, outcome: dict[str, Any]) -> str:
        """Return where the files are."""
        words = {"contacts": outcome["rows"]["contacts.csv"], "folder": outcome["folder"]}
        return _("%(contacts)s contacts are in %(folder)s.") % words
