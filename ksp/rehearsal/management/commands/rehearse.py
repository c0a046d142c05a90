"""Plays a season of fictitious centres through the real services."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from ksp.accounts.origin import set_origin
from ksp.lib.commands import JsonCommand, WrongUsage
from ksp.rehearsal.numbers import add_numbers, read_numbers
from ksp.rehearsal.season import rehearse
from ksp.rehearsal.shape import FIRST_DAY, Shape, current_start

AUTO = "auto"


class Command(JsonCommand):
    """Makes lists and plays a season, up to a share of it."""

    help = "Make lists of fictitious centres and observers, and play a season with them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the shape of the season."""
        super().add_arguments(parser)
        parser.add_argument("--season", required=True, metavar="CODE", help="the code of the season to make")
        add_numbers(parser)
        parser.add_argument(
            "--progress", type=float, default=1.0, metavar="SHARE", help="how much of the season is played (0 to 1)"
        )
        parser.add_argument(
            "--with-previous",
            action="store_true",
            help="also make the season before, published; its code is one less (KSP21 before KSP22), or ends with “-1”",
        )
        parser.add_argument("--truth", type=Path, metavar="FILE", help="where to write what was planted")
        parser.add_argument(
            "--starts-on",
            default=FIRST_DAY.isoformat(),
            metavar="DATE",
            help=f"first day, {FIRST_DAY} unless told; “{AUTO}” lets the played share end this week",
        )

    def run(self, **options: Any) -> dict[str, Any]:
        """Play the season; refuse one that is there already."""
        set_origin("command rehearse")
        shape = _shape(options)
        now = timezone.localtime().replace(second=0, microsecond=0)
        stops_at = now if options["starts_on"] == AUTO else shape.stops_at()
        rehearsed = rehearse(shape, now=stops_at, with_previous=options["with_previous"], truth_file=options["truth"])
        return {**rehearsed.to_dict(), "starts_on": shape.starts_on.isoformat(), "played_until": stops_at.isoformat()}

    def describe(self, outcome: dict[str, Any]) -> str:
        """Return what was played, in a line."""
        message = _("%(season)s: %(contacts)s contacts planned, %(reports)s reports, %(approved)s of them approved.")
        return message % outcome


def _shape(options: dict[str, Any]) -> Shape:
    if not 0 <= options["progress"] <= 1:
        raise WrongUsage(_("--progress is a share from 0 to 1."))
    return Shape(
        season=options["season"],
        **read_numbers(options),
        progress=options["progress"],
        starts_on=_starts_on(options["starts_on"], options["progress"]),
    )


def _starts_on(text: str, progress: float) -> date:
    if text == AUTO:
        return current_start(progress, timezone.now())
    try:
        return date.fromisoformat(text)
    except ValueError:
        words = {"text": text, "example": FIRST_DAY, "auto": AUTO}
        message = _("--starts-on: “%(text)s” is neither a date like %(example)s nor “%(auto)s”.")
        raise WrongUsage(message % words) from None
