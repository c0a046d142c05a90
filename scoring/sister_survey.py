"""Results of the sister survey (NBK) as a list that can be imported: one of 0–100 for each participant of a season."""

from collections.abc import Collection, Iterable, Sequence
from typing import ClassVar, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ksp.accounts.models import AuditEvent
from ksp.lib.sheets.columns import Column, ListResource
from ksp.lib.sheets.problems import closest
from ksp.lib.sheets.widgets import CodeCell, NumberCell
from participants.imports.kinds import ListKind, ListRow, Scope, Stored, Values
from participants.models import Enrolment
from participants.workflow import SeasonState
from scoring.models import SisterResult

BATCH: Final = 500
FULL: Final = 100
# Told in the preview; neither read from the list nor stored by it.
NAME: Final = "name"
UNKNOWN: Final = gettext_noop("“%(value)s” does not take part in %(season)s. Delete the row.")
MISTYPED: Final = gettext_noop("“%(value)s” does not take part in %(season)s. Did you mean “%(suggestion)s”?")


class SisterResultList(ListResource):
    """The participants of a season with their results in the sister survey."""

    participant = Column(
        "deltaker", CodeCell(40), label=_("Participant"), about=_("The participant’s id."), required=True
    )
    score = Column(
        "resultat",
        NumberCell(0, FULL, decimals=True),
        label=_("Result"),
        about=_("The result in NBK, from 0 to 100."),
        required=True,
    )
    standard_error = Column(
        "standardfeil",
        NumberCell(0, FULL, decimals=True),
        label=_("Standard error"),
        about=_("How uncertain the result is, in the same unit, if it is known."),
    )


class SisterResults(ListKind):
    """Results of the sister survey, until the season is published."""

    code: ClassVar = "sister_results"
    label: ClassVar = _("NBK results")
    row_label: ClassVar = _("Participant")
    about: ClassVar = _(
        "What each participant has in NBK, the survey of existing customers. The best mean of both surveys is "
        "Norway’s best customer centre."
    )
    permission: ClassVar = "scoring.import_sister_results"
    resource: ClassVar = SisterResultList
    needs_season: ClassVar = True
    final_states: ClassVar[Collection[str]] = (SeasonState.PUBLISHED,)
    final_words: ClassVar[str | Promise] = _("%(season)s is published. Its NBK results can no longer change.")
    named_by: ClassVar = ("participant",)

    def key(self, values: Values) -> str:
        """Return the participant's id."""
        return str(values["participant"])

    def name(self, row: ListRow) -> str:
        """Return the participant's name as it is known; the id of one that is not."""
        return str(row.full.get(NAME, row.values.get("participant", "")))

    def defaults(self, scope: Scope) -> Values:
        """Return a result whose uncertainty nobody knows."""
        return {"standard_error": None}

    def stored(self, scope: Scope) -> dict[str, Stored]:
        """Return the results of the season that are known already."""
        rows = SisterResult.objects.filter(enrolment__season=scope.season)
        cells = rows.values_list("pk", "enrolment__participant__code", "score", "standard_error")
        return {
            code: Stored({"participant": code, "score": score, "standard_error": error}, pk=pk)
            for pk, code, score, error in cells
        }

    def check(self, rows: Sequence[ListRow], scope: Scope) -> None:
        """Refuse whoever does not take part in the season, and name the others: the list has no names."""
        known = _names(scope)
        for row in rows:
            code = row.values["participant"]
            if code in known:
                row.after = {**row.full, NAME: known[code]}
            elif meant := closest(code, known):
                row.refuse(MISTYPED, "participant", value=code, season=str(scope.season), suggestion=meant)
            else:
                row.refuse(UNKNOWN, "participant", value=code, season=str(scope.season))

    def store(self, rows: Sequence[ListRow], scope: Scope) -> Iterable[AuditEvent]:
        """Add the new results and change the others; the import itself is what the trail tells."""
        enrolments, now = _enrolments(scope), timezone.now()
        SisterResult.objects.bulk_create(
            [
                SisterResult(
                    enrolment_id=enrolments[row.key],
                    score=row.full["score"],
                    standard_error=row.full["standard_error"],
                    imported_at=now,
                )
                for row in rows
            ],
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["enrolment"],
            update_fields=["score", "standard_error", "imported_at"],
        )
        return ()

    def remove(self, rows: Sequence[ListRow], scope: Scope) -> Iterable[AuditEvent]:
        """Remove the results that the list brought."""
        SisterResult.objects.filter(pk__in=[row.pk for row in rows]).delete()
        return ()


def _names(scope: Scope) -> dict[str, str]:
    rows = Enrolment.objects.filter(season=scope.season)
    return dict(rows.values_list("participant__code", "participant__name"))


def _enrolments(scope: Scope) -> dict[str, int]:
    return dict(Enrolment.objects.filter(season=scope.season).values_list("participant__code", "pk"))
