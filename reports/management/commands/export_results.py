"""Writes the results of a season as one JSON object."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from ksp.lib.commands import WrongUsage
from participants.commands import SeasonCommand
from reports.exports.results import results_of


class Command(SeasonCommand):
    """The published numbers, unrounded."""

    help = "Write a season's results as JSON: unrounded numbers, places, awards and a fingerprint."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add where to write."""
        super().add_arguments(parser)
        parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the file to write")

    def run(self, **options: Any) -> dict[str, Any]:
        """Write the file, and return what it holds in short."""
        person = self.person(options)
        results = results_of(self.season(options, person=person), by=person)
        text = json.dumps(results, ensure_ascii=False, indent=1, allow_nan=False)
        try:
            options["out"].write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            words = {"folder": options["out"], "why": error.strerror}
            raise WrongUsage(_("%(folder)s cannot be written to: %(why)s.") % words) from None
        return {
            "season": results["season"],
            "file": str(options["out"]),
            "participants": len(results["participants"]),
            "awards": len(results["awards"]),
            "answers_fingerprint": results["answers_fingerprint"],
        }

    def describe(self, outcome: dict[str, Any]) -> str:
        """Return where the results are."""
        return _("The results of %(participants)s participants are in %(file)s.") % outcome
