"""Computes published results anew and compares them with what was frozen."""

from typing import Any, ClassVar

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.lib.errors import DomainError
from participants.commands import SeasonCommand
from participants.models import Season
from reports.models import Publication
from reports.services import MOST_TOLD
from reports.verification import Verification, verify


class NothingPublished(DomainError):
    """There is no such version."""

    code: ClassVar[str] = "nothing_published"


class ResultsDiffer(DomainError):
    """The version no longer follows from the answers."""

    code: ClassVar[str] = "results_differ"

    def __init__(self, message: str, outcome: dict[str, Any]) -> None:
        super().__init__(message)
        self.outcome = outcome


class Command(SeasonCommand):
    """All from the answers, nothing from stored scores."""

    help = "Compute a published season anew from its answers, and compare every number with the frozen version."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Let ``--version`` be the version of the results, where every command has Django's own."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Add which version."""
        super().add_arguments(parser)
        parser.add_argument("--version", type=int, metavar="N", help="which version; the latest if none is named")

    def run(self, **options: Any) -> dict[str, Any]:
        """Compare, and return what was found; refuse when anything differs."""
        person = self.person(options)
        found = verify(_version(self.season(options, person=person), options["version"]))
        outcome = _outcome(found)
        if not found.agrees:
            if not options["json"]:
                self.stdout.write("\n".join(map(str, found.differences[:MOST_TOLD])))
            raise ResultsDiffer(_what_differs(found), outcome)
        return outcome

    def describe(self, outcome: dict[str, Any]) -> str:
        """Return that everything agrees, and by which code it was computed."""
        words = _("Version %(version)s of %(season)s follows from the answers: every number is the same.") % outcome
        if not outcome["has_other_code"]:
            return words
        return words + " " + _("It was computed with another version of the code.")

    def refusal_detail(self, error: DomainError) -> dict[str, Any]:
        """Return the differences."""
        return error.outcome if isinstance(error, ResultsDiffer) else {}


def _version(season: Season, number: int | None) -> Publication:
    rows = Publication.objects.filter(season=season).select_related("season").order_by("-version")
    found = rows.first() if number is None else rows.filter(version=number).first()
    if found is None and number is not None:
        raise NothingPublished(
            _("There is no version %(number)s of %(season)s.") % {"number": number, "season": season.code}
        )
    if found is None:
        raise NothingPublished(_("%(season)s is not published. There is nothing to compare.") % {"season": season.code})
    return found


def _outcome(found: Verification) -> dict[str, Any]:
    publication = found.publication
    return {
        "season": publication.season.code,
        "version": publication.version,
        "agrees": found.agrees,
        "fingerprint": publication.fingerprint,
        "has_other_code": found.has_other_code,
        "later_version": found.later,
        "count": len(found.differences),
        "differences": [one.to_dict() for one in found.differences[:MOST_TOLD]],
    }


def _what_differs(found: Verification) -> str:
    count = len(found.differences)
    sentence = ngettext(
        "Version %(version)s of %(season)s differs from the answers in %(count)s place.",
        "Version %(version)s of %(season)s differs from the answers in %(count)s places.",
        count,
    )
    words = {"version": found.publication.version, "season": found.publication.season.code, "count": count}
    sentences = [sentence % words]
    if found.later is not None:
        sentences.append(_("Answers have been corrected since; see version %(later)s.") % {"later": found.later})
    return " ".join(sentences)
