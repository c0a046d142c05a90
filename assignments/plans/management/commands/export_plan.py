"""Writes a season's plan and all that its rules rest on as files."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from assignments.plans.exporting import export_plan
from ksp.lib.commands import WrongUsage
from participants.commands import SeasonCommand


class Command(SeasonCommand):
    """The season's contacts, observers, who knows whom, channels and weeks, as csv."""

    help = "Write a season's plan and all that its rules rest on as csv files."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add where to write."""
        super().add_arguments(parser)
        parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="the folder to write into")

    def run(self, **options: Any) -> dict[str, Any]:
        """Write the files, and return how many rows each has."""
        person = self.person(options)
        season = self.season(options, person=person)
        try:
            rows = export_plan(season.pk, folder=options["out"], by=person)
        except OSError as error:
            words = {"folder": options["out"], "why": error.strerror}
            raise WrongUsage(_("%(folder)s cannot be written to: %(why)s.") % words) from None
        return {"season": season.code, "folder": str(options["out"]), "rows": rows}

    def describe(self, outcome: dict[str, Any]) -> str:
        """Return where the files are."""
        words = {"contacts": outcome["rows"]["assignments.csv"], "folder": outcome["folder"]}
        return _("%(contacts)s contacts are in %(folder)s.") % words
