"""Participants of a season as a list that can be imported."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ksp.accounts.models import AuditEvent
from participants.importers import ParticipantList
from participants.imports import channels as addresses
from participants.imports.classes import refuse_mistyped
from participants.imports.kinds import ListKind, ListRow, Scope, Stored, Values, dependents, resting
from participants.imports.storing import restore_participants, store_rows
from participants.models import (
    AwardClass,
    ContactChannel,
    Enrolment,
    Package,
    Participant,
    RowStatus,
    Season,
)
from participants.season_settings import SeasonSettings
from participants.signals import enrolments_leaving

NO_METHOD: Final = gettext_noop(
    "There is no contact method. Fill in phone, e-mail, contact form, chat or Messenger, or delete the row."
)
ONE_METHOD: Final = gettext_noop("There is only one contact method. At least two are wished for.")
NOT_USED: Final = gettext_noop("The address is kept but not used, because “%(other)s” comes first.")
TOO_MANY: Final = gettext_noop("The address is kept but not used, because the season uses %(most)s methods at most.")


class Participants(ListKind):
    """The participants of a season, their classes and channels."""

    code: ClassVar = "participants"
    label: ClassVar = _("Participants")
    row_label: ClassVar = _("Participant")
    about: ClassVar = _("Participants, classes and contact channels of a season.")
    permission: ClassVar = "participants.import_participants"
    resource: ClassVar = ParticipantList
    needs_season: ClassVar = True
    named_by: ClassVar = ("participant", "name")

    def key(self, values: Values) -> str:
        """Return the participant's id."""
        return str(values["participant"])

    def name(self, row: ListRow) -> str:
        """Return the participant's name."""
        return str(row.values.get("name", ""))

    def defaults(self, scope: Scope) -> Values:
        """Return what holds for a participant that nobody has said more about."""
        empty = dict.fromkeys(("website", "contact_name", "contact_email", *addresses.COLUMNS), "")
        return {**empty, "public_body": False, "package": Package.NONE.value}

    def stored(self, scope: Scope) -> dict[str, Stored]:
        """Return the organiser's participants; those enrolled in the season with all their values."""
        enrolled = _enrolled(_season(scope))
        rows = Participant.objects.filter(organiser=scope.organiser_id)
        found: dict[str, Stored] = {}
        for key, *cells in rows.values_list("pk", "code", "name", "is_public_body", "website"):
            values = dict(zip(("participant", "name", "public_body", "website"), cells, strict=True))
            enrolment_id, more = enrolled.get(key, (0, {}))
            code = str(values["participant"])
            found[code] = Stored({**values, **more}, is_listed=bool(enrolment_id), pk=enrolment_id)
        return found

    def check(self, rows: Sequence[ListRow], scope: Scope) -> None:
        """Look at classes, methods, and what has been planned already."""
        existing = _season(scope).classes.values_list("name", flat=True)
        refuse_mistyped(rows, existing)
        settings = _season(scope).settings
        for row in rows:
            _look_at_methods(row, settings)
        _refuse_late_changes(rows, settings)

    def store(self, rows: Sequence[ListRow], scope: Scope) -> list[AuditEvent]:
        """Enrol the new participants and change the others, with their channels and classes."""
        return store_rows(rows, season=_season(scope), by=scope.by)

    def remove(self, rows: Sequence[ListRow], scope: Scope) -> list[AuditEvent]:
        """Withdraw the participants from the season; those that came with the list leave altogether."""
        leaving = _enrolments(rows, scope).select_related("participant", "season")
        events = [AuditEvent.of(scope.by, "enrolment.removed", one, row=one.participant.code) for one in leaving]
        leaving.delete()
        _strangers(rows, scope).delete()
        restore_participants([row for row in rows if row.before], season=_season(scope))
        return events

    def blockers(self, rows: Sequence[ListRow], scope: Scope) -> list[str]:
        """Say what rests on the enrolments and participants that the list brought or moved."""
        settings = _season(scope).settings
        new = [row for row in rows if row.status == RowStatus.NEW]
        planned = _planned([row.pk for row in rows if row.status == RowStatus.NEW or _moves(row, settings)])
        if planned:
            return [str(_("Assignments have been planned for participants on the list."))]
        enrolled = list(_enrolments(new, scope).values_list("pk", flat=True))
        strangers = list(_strangers(new, scope).values_list("pk", flat=True))
        elsewhere = Enrolment.objects.filter(participant__in=strangers).exclude(season=_season(scope))
        things = dependents(Enrolment, enrolled, own={ContactChannel})
        things += dependents(Participant, strangers, own={Enrolment})
        things += [str(Enrolment._meta.verbose_name_plural)] if elsewhere.exists() else []
        return resting(things)

    def summary(self, rows: Sequence[ListRow], scope: Scope) -> dict[str, Any]:
        """Return the classes that the list would make."""
        existing = set(_season(scope).classes.values_list("name", flat=True))
        named = {row.full["award_class"] for row in rows if row.status in {RowStatus.NEW, RowStatus.CHANGED}}
        return {"new_classes": sorted(named - existing)}

    def tidy_up(self, summary: dict[str, Any], scope: Scope) -> None:
        """Remove the classes that the list made and that nothing rests on."""
        made = AwardClass.objects.filter(season=_season(scope), name__in=summary["new_classes"])
        for award_class in made:
            if not dependents(AwardClass, [award_class.pk], own=()):
                award_class.delete()


def _season(scope: Scope) -> Season:
    if scope.season is None:
        message = "A list of participants belongs to a season."
        raise ValueError(message)
    return scope.season


def _enrolments(rows: Iterable[ListRow], scope: Scope) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(season=_season(scope), participant__code__in=[row.key for row in rows])


def _strangers(rows: Iterable[ListRow], scope: Scope) -> QuerySet[Participant]:
    """Return the participants whom nobody knew before the list."""
    strangers = [row.key for row in rows if row.before is None]
    return Participant.objects.filter(organiser=scope.organiser_id, code__in=strangers)


def _enrolled(season: Season) -> dict[int, tuple[int, Values]]:
    """Return for each participant of the season the enrolment, and what it adds to the participant's values."""
    used: dict[int, list[tuple[str, str]]] = {}
    channels = ContactChannel.objects.filter(enrolment__season=season).values_list("enrolment", "kind", "address")
    for enrolment_id, kind, address in channels:
        used.setdefault(enrolment_id, []).append((kind, address))
    columns = ("award_class", "contact_name", "contact_email", "package")
    found = {}
    rows = season.enrolments.values_list(
        "participant", "pk", "unused_addresses", "award_class__name", "contact_name", "contact_email", "package"
    )
    for participant_id, enrolment_id, unused, *cells in rows:
        written = addresses.written_addresses(used.get(enrolment_id, ()), unused)
        found[participant_id] = (enrolment_id, {**dict(zip(columns, cells, strict=True)), **written})
    return found


def _look_at_methods(row: ListRow, settings: SeasonSettings) -> None:
    used = addresses.used_columns(row.full, settings)
    if not used:
        row.refuse(NO_METHOD)
        return
    if len(used) == 1:
        row.warn(ONE_METHOD)
    labels = ParticipantList.columns()
    for column in addresses.unused_addresses(row.full, settings):
        other = {"contact_form": "email", "messenger": "chat"}.get(column, "")
        if other in used.values():
            row.warn(NOT_USED, column, other=labels[other].norwegian)
        else:
            row.warn(TOO_MANY, column, most=settings.most_methods)


def _moves(row: ListRow, settings: SeasonSettings) -> bool:
    """Tell whether an enrolled participant changes class or methods, on which a plan rests."""
    if row.status != RowStatus.CHANGED or not row.before:
        return False
    before = {**row.full, **row.before}
    methods = addresses.used_columns(before, settings).keys() != addresses.used_columns(row.full, settings).keys()
    return methods or "award_class" in row.before


def _refuse_late_changes(rows: Sequence[ListRow], settings: SeasonSettings) -> None:
    moving = [row for row in rows if _moves(row, settings)]
    planned = _planned([row.pk for row in moving])
    for row in moving:
        if row.pk in planned:
            column = (
                "award_class"
                if "award_class" in (row.before or {})
                else next(column for column in row.before or {} if column in addresses.COLUMNS)
            )
            row.refuse(planned[row.pk], column)


def _planned(enrolment_ids: Sequence[int]) -> dict[int, str]:
    """Return for each enrolment that apps above rest on the sentence that says so."""
    if not enrolment_ids:
        return {}
    answers: list[tuple[Any, Any]] = enrolments_leaving.send(sender=Enrolment, enrolment_ids=enrolment_ids)
    return {key: sentence for _receiver, answer in answers if answer for key, sentence in answer.items()}
