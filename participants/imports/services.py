"""Every step of an import: previewed, compared anew, applied, taken back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ksp.accounts.models import AuditEvent, Organiser, User
from ksp.lib.errors import DomainError
from ksp.lib.sheets.columns import CheckedRow
from ksp.lib.sheets.problems import Problem
from participants.imports.comparing import Comparison, compare
from participants.imports.kinds import ListKind, ListRow, Scope, find_kind
from participants.models import ImportBatch, ImportRow, ImportState, RowStatus, Season

BATCH = 1000


class ListHasErrors(DomainError):
    """Some rows cannot be imported, so none is; the rows tell which and why."""

    code: ClassVar[str] = "list_has_errors"

    def __init__(self, message: str, rows: Sequence[ListRow] = ()) -> None:
        super().__init__(message)
        self.rows = rows


class ListOutdated(DomainError):
    """What the list would change is not what was previewed."""

    code: ClassVar[str] = "list_outdated"


class NothingToImport(DomainError):
    """Every row is stored already, exactly as the list has it."""

    code: ClassVar[str] = "nothing_to_import"


class ImportNotOpen(DomainError):
    """The import is in another state than this step starts from."""

    code: ClassVar[str] = "import_not_open"


class ImportInUse(DomainError):
    """Something rests on the import, so that it can no longer be taken back."""

    code: ClassVar[str] = "import_in_use"


class SeasonOver(DomainError):
    """The season has come so far that its list is final."""

    code: ClassVar[str] = "season_over"


class StoredRow(NamedTuple):
    """A row of a list as its preview was stored."""

    number: int
    status: str
    key: str
    name: str
    values: dict[str, Any]
    before: dict[str, Any] | None
    problems: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a list did, or would do, when it is imported in one go."""

    counts: dict[str, Any]
    rows: list[ListRow]
    batch: ImportBatch | None


@transaction.atomic
def preview_import(
    code: str, rows: Sequence[CheckedRow], *, season: Season | None, file_name: str, by: User
) -> ImportBatch:
    """Store what a list would do, row by row, for people to look at; nothing else changes."""
    kind = find_kind(code)
    scope = _scope(kind, season, by=by)
    return _store_preview(kind, compare(kind, rows, scope), scope, file_name=file_name)


@transaction.atomic
def compare_again(batch_id: int, *, by: User) -> ImportBatch:
    """Store anew what the list would do, since something else has changed meanwhile."""
    batch, kind = _lock(batch_id, {ImportState.PREVIEWED, ImportState.REFUSED}, by=by)
    scope = _scope(kind, batch.season, by=by)
    rows = [_checked(row) for row in _rows(batch)]
    batch.rows.all().delete()
    _store_comparison(batch, kind, compare(kind, rows, scope), scope)
    return batch


@transaction.atomic
def apply_import(batch_id: int, *, by: User) -> ImportBatch:
    """Write all rows of a previewed list, if they still do what the preview says; else none."""
    batch, kind = _lock(batch_id, {ImportState.PREVIEWED}, by=by)
    scope = _scope(kind, batch.season, by=by)
    previewed = _rows(batch)
    now = compare(kind, [_checked(row) for row in previewed], scope)
    if [_gist(row) for row in previewed] != [_gist(row) for row in now.rows]:
        message = _("Something has changed since the preview. Compare the list again and look at the new preview.")
        raise ListOutdated(message)
    if not now.writes:
        raise NothingToImport(_("Everything in the file is stored already. There is nothing to import."))
    _write(batch, kind, now, scope)
    return batch


@transaction.atomic
def take_back_import(batch_id: int, *, by: User) -> ImportBatch:
    """Make everything as it was before the import, if nothing has come to rest on it since."""
    batch, kind = _lock(batch_id, {ImportState.APPLIED}, by=by)
    scope = _scope(kind, batch.season, by=by)
    rows = _reversed(batch, kind, scope)
    blockers = kind.blockers(rows, scope)
    if blockers:
        raise ImportInUse(_("The import cannot be taken back. %(why)s") % {"why": " ".join(blockers)})
    events = [
        *kind.remove([row for row in rows if row.status == RowStatus.NEW], scope),
        *kind.store([row for row in rows if row.status == RowStatus.CHANGED], scope),
    ]
    kind.tidy_up(batch.counts, scope)
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)
    batch.state, batch.taken_back_at = ImportState.TAKEN_BACK, timezone.now()
    batch.save(update_fields=["state", "taken_back_at"])
    AuditEvent.record(by, "import.taken_back", batch, kind=kind.code, counts=batch.counts)
    return batch


@transaction.atomic
def import_list(
    code: str, rows: Sequence[CheckedRow], *, season: Season | None, file_name: str, dry_run: bool = False, by: User
) -> Outcome:
    """Import a list in one go, or refuse it with all its errors; a dry run writes nothing at all."""
    kind = find_kind(code)
    scope = _scope(kind, season, by=by)
    now = compare(kind, rows, scope)
    counts = {**now.counts(), **kind.summary(now.rows, scope)}
    if now.errors:
        raise ListHasErrors(error_message(kind, now.errors), now.rows)
    if dry_run or not now.writes:
        return Outcome(counts, now.rows, None)
    batch = _store_preview(kind, now, scope, file_name=file_name)
    _write(batch, kind, now, scope)
    return Outcome(counts, now.rows, batch)


def error_message(kind: ListKind, rows: Sequence[ListRow]) -> str:
    """Name the first error with its row, column and remedy, and how many rows more have one."""
    problem = next(problem for problem in rows[0].problems if not problem.is_warning)
    parts = [sentence(kind, rows[0].number, problem)]
    if len(rows) > 1:
        parts.append(_("%(count)s rows have errors in all.") % {"count": len(rows)})
    return " ".join([*parts, _("Nothing has been imported.")])


def sentence(kind: ListKind, number: int, problem: Problem) -> str:
    """Say where a problem is, what it is and how to mend it."""
    column = kind.resource.columns().get(problem.column)
    if column is None:
        return _("Row %(row)s: %(problem)s") % {"row": number, "problem": problem.sentence()}
    return _("Row %(row)s, “%(column)s”: %(problem)s") % {
        "row": number,
        "column": column.label,
        "problem": problem.sentence(),
    }


def _scope(kind: ListKind, season: Season | None, *, by: User) -> Scope:
    """Return for whom the list is, and keep every other import of it waiting until this one is done."""
    organiser = Organiser.objects.select_for_update(no_key=True).get(pk=by.organiser_id)
    owned = season or Season(organiser=organiser)
    if not by.has_perm(kind.permission, owned):
        raise PermissionDenied
    if not kind.needs_season:
        return Scope(by, None)
    locked = Season.objects.select_for_update(no_key=True).get(pk=owned.pk)
    if locked.state in kind.final_states:
        raise SeasonOver(str(kind.final_words) % {"season": locked})
    return Scope(by, locked)


def _lock(batch_id: int, states: Iterable[str], *, by: User) -> tuple[ImportBatch, ListKind]:
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("season").get(pk=batch_id)
    kind = find_kind(batch.kind)
    if not by.has_perm(kind.permission, batch):
        raise PermissionDenied
    if batch.state not in states:
        message = _("This import is already “%(state)s”. Reload the page.")
        raise ImportNotOpen(message % {"state": batch.get_state_display()})
    return batch, kind


def _store_preview(kind: ListKind, now: Comparison, scope: Scope, *, file_name: str) -> ImportBatch:
    batch = ImportBatch.objects.create(
        organiser_id=scope.organiser_id,
        season=scope.season,
        kind=kind.code,
        file_name=file_name[:200],
        uploaded_by=scope.by,
    )
    _store_comparison(batch, kind, now, scope)
    AuditEvent.record(scope.by, "import.uploaded", batch, kind=kind.code, counts=batch.counts)
    return batch


def _store_comparison(batch: ImportBatch, kind: ListKind, now: Comparison, scope: Scope) -> None:
    ImportRow.objects.bulk_create(
        [
            ImportRow(
                batch=batch,
                number=row.number,
                status=row.status,
                has_warnings=row.has_warnings,
                key=row.key[:300],
                name=kind.name(row)[:250],
                values=row.values,
                before=row.before,
                problems=[
                    {**problem.to_dict(), "read": place < row.read} for place, problem in enumerate(row.problems)
                ],
            )
            for row in now.rows
        ],
        batch_size=BATCH,
    )
    batch.counts = {**now.counts(), **kind.summary(now.rows, scope)}
    batch.state = ImportState.REFUSED if now.errors else ImportState.PREVIEWED
    batch.save(update_fields=["counts", "state"])


def _write(batch: ImportBatch, kind: ListKind, now: Comparison, scope: Scope) -> None:
    events = kind.store(now.writes, scope)
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)
    batch.state, batch.applied_at = ImportState.APPLIED, timezone.now()
    batch.save(update_fields=["state", "applied_at"])
    AuditEvent.record(scope.by, "import.applied", batch, kind=kind.code, counts=batch.counts)


def _rows(batch: ImportBatch) -> list[StoredRow]:
    rows = batch.rows.values_list("number", "status", "key", "name", "values", "before", "problems")
    return [StoredRow(*cells) for cells in rows]


def _checked(row: StoredRow) -> CheckedRow:
    """Return the row as it was read; what was found by comparing is found anew."""
    problems = [Problem.from_dict(stored) for stored in row.problems if stored["read"]]
    return CheckedRow(row.number, row.values, problems)


def _gist(row: StoredRow | ListRow) -> tuple[int, str, dict[str, Any] | None]:
    return row.number, row.status, row.before


def _reversed(batch: ImportBatch, kind: ListKind, scope: Scope) -> list[ListRow]:
    """Return the rows that undo the import; refuse if what it wrote is no longer there."""
    stored = kind.stored(scope)
    rows = []
    for row in _rows(batch):
        if row.status == RowStatus.UNCHANGED:
            continue
        there = stored.get(row.key)
        if (
            there is None
            or not there.is_listed
            or any(there.values[name] != value for name, value in row.values.items())
        ):
            message = _("The import cannot be taken back. “%(name)s” (row %(row)s) has been changed since.")
            raise ImportInUse(message % {"name": row.name or row.key, "row": row.number})
        after = {**there.values, **(row.before or {})}
        undone = ListRow(row.number, row.values, key=row.key, status=row.status)
        undone.before, undone.after, undone.pk = row.before, after, there.pk
        rows.append(undone)
    return rows
