"""What the commands that import a list have in common."""

from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ksp.accounts.commands import OrganiserCommand
from ksp.accounts.models import User
from ksp.lib.commands import WrongUsage
from ksp.lib.errors import DomainError
from ksp.lib.formatting import number
from ksp.lib.sheets.columns import HeadingsRefused
from ksp.lib.sheets.problems import Problem
from ksp.lib.sheets.reading import read_sheet
from ksp.lib.sheets.table import MOST_BYTES
from participants.imports.kinds import ListKind, ListRow, find_kind
from participants.imports.services import ListHasErrors, Outcome, import_list
from participants.models import Season


class SeasonUnknown(DomainError):
    """There is no season with this code."""

    code: ClassVar[str] = "season_unknown"


class ImportCommand(OrganiserCommand):
    """Imports one kind of list from a file: all of it, or nothing."""

    kind_code: ClassVar[str]

    @property
    def kind(self) -> ListKind:
        """The kind of list."""
        return find_kind(self.kind_code)

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file and what to do with it."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE", help="an xlsx or csv file")
        parser.add_argument("--dry-run", action="store_true", help="check everything and write nothing")
        if self.kind.needs_season:
            parser.add_argument("--season", required=True, metavar="CODE", help="the season that the list is for")

    def run(self, **options: Any) -> dict[str, Any]:
        """Import the file, or refuse it with all that is wrong."""
        content = _content(options["file"])
        person = self.person(options)
        season = _season(options["season"], person=person) if self.kind.needs_season else None
        rows = self.kind.resource().check(read_sheet(content))
        self.progress(_("%(count)s rows read") % {"count": number(len(rows))})
        outcome = import_list(
            self.kind_code,
            rows,
            season=season,
            file_name=options["file"].name,
            dry_run=options["dry_run"],
            by=person,
        )
        return self._told(outcome, season=season, options=options)

    def _told(self, outcome: Outcome, *, season: Season | None, options: dict[str, Any]) -> dict[str, Any]:
        return {
            "list": self.kind_code,
            "file": options["file"].name,
            "season": season.code if season else None,
            "dry_run": options["dry_run"],
            "import": str(outcome.batch.public_id) if outcome.batch else None,
            **{name: value for name, value in outcome.counts.items() if name not in {"error", "warnings"}},
            "warnings": [told for row in outcome.rows for told in _problems(row, are_warnings=True)],
        }

    def describe(self, outcome: dict[str, Any]) -> str:
        """Return how many rows did what."""
        message = _("%(new)s new, %(changed)s changed, %(unchanged)s unchanged.")
        parts = [message % {name: number(outcome[name]) for name in ("new", "changed", "unchanged")}]
        warnings = len(outcome["warnings"])
        if warnings:
            text = ngettext("%(count)s warning.", "%(count)s warnings.", warnings)
            parts.append(text % {"count": number(warnings)})
        if outcome["dry_run"]:
            parts.append(_("Nothing has been written."))
        return " ".join(parts)

    def refusal_detail(self, error: DomainError) -> dict[str, Any]:
        """Return every error of the list."""
        if isinstance(error, ListHasErrors):
            return {"errors": [told for row in error.rows for told in _problems(row, are_warnings=False)]}
        if isinstance(error, HeadingsRefused):
            return {"errors": [{"row": None, "column": None, "message": text} for text in error.sentences]}
        return {"errors": []}


def _problems(row: ListRow, *, are_warnings: bool) -> list[dict[str, Any]]:
    return [_told_problem(row, one) for one in row.problems if one.is_warning == are_warnings]


def _told_problem(row: ListRow, problem: Problem) -> dict[str, Any]:
    return {"row": row.number, "column": problem.column or None, "message": problem.sentence()}


def _content(path: Path) -> bytes:
    """Return what is in the file; of one that is too big no more than shows that it is."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        message = _("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror}
        raise WrongUsage(message) from None


def _season(code: str, *, person: User) -> Season:
    try:
        return Season.objects.visible_to(person).get(code=code)
    except Season.DoesNotExist:
        raise SeasonUnknown(_("There is no season called “%(code)s”.") % {"code": code}) from None
