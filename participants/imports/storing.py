"""Writes the rows of a list of participants, many at a time."""

from collections.abc import Sequence

from ksp.accounts.models import AuditEvent, User
from participants.imports import channels as addresses
from participants.imports.kinds import ListRow
from participants.models import AwardClass, ContactChannel, Enrolment, Participant, RowStatus, Season
from participants.services import share_out_contacts

BATCH = 500
COLUMN_FIELDS = {"name": "name", "public_body": "is_public_body", "website": "website"}
ENROLMENT_FIELDS = ["award_class", "package", "contact_name", "contact_email", "unused_addresses"]


def store_rows(rows: Sequence[ListRow], *, season: Season, by: User) -> list[AuditEvent]:
    """Enrol new participants and change the others; return the events, not yet written."""
    classes = _classes(rows, season)
    participants = _store_participants(rows, season)
    enrolments = _store_enrolments(rows, season, participants, classes)
    _store_channels(rows, season, enrolments)
    return [_event(row, enrolments[row.key], by) for row in rows]


def restore_participants(rows: Sequence[ListRow], *, season: Season) -> None:
    """Give participants who were enrolled by a list the name and website back that it changed."""
    for row in rows:
        fields = {COLUMN_FIELDS[column]: value for column, value in (row.before or {}).items()}
        Participant.objects.filter(organiser=season.organiser_id, code=row.key).update(**fields)


def _event(row: ListRow, enrolment: Enrolment, by: User) -> AuditEvent:
    if row.status == RowStatus.NEW:
        return AuditEvent.of(by, "enrolment.created", enrolment, row=row.number)
    after = {name: row.full[name] for name in row.before or {}}
    return AuditEvent.of(by, "enrolment.changed", enrolment, row=row.number, before=row.before, after=after)


def _classes(rows: Sequence[ListRow], season: Season) -> dict[str, AwardClass]:
    """Return the classes by name; those that are not there yet are made."""
    known = {one.name: one for one in season.classes.all()}
    missing = sorted({row.full["award_class"] for row in rows} - known.keys())
    made = AwardClass.objects.bulk_create([AwardClass(season=season, name=name) for name in missing])
    return known | {one.name: one for one in made}


def _store_participants(rows: Sequence[ListRow], season: Season) -> dict[str, Participant]:
    """Return the participants of the rows by id, as the rows say they are."""
    written = Participant.objects.bulk_create(
        [
            Participant(
                organiser_id=season.organiser_id,
                code=row.key,
                name=row.full["name"],
                is_public_body=row.full["public_body"],
                website=row.full["website"],
            )
            for row in rows
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["organiser", "code"],
        update_fields=list(COLUMN_FIELDS.values()),
    )
    return {one.code: one for one in written}


def _store_enrolments(
    rows: Sequence[ListRow], season: Season, participants: dict[str, Participant], classes: dict[str, AwardClass]
) -> dict[str, Enrolment]:
    """Return the enrolments of the rows by the participant's id, as the rows say they are."""
    settings = season.settings
    written = Enrolment.objects.bulk_create(
        [
            Enrolment(
                season=season,
                participant=participants[row.key],
                award_class=classes[row.full["award_class"]],
                package=row.full["package"],
                planned_contacts=settings.contacts_per_participant,
                contact_name=row.full["contact_name"],
                contact_email=row.full["contact_email"],
                unused_addresses=addresses.unused_addresses(row.full, settings),
            )
            for row in rows
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["season", "participant"],
        update_fields=ENROLMENT_FIELDS,
    )
    return {one.participant.code: one for one in written}


def _store_channels(rows: Sequence[ListRow], season: Season, enrolments: dict[str, Enrolment]) -> None:
    """Make the channels what the rows say; contacts are shared out anew only where the methods are others."""
    settings = season.settings
    there = _stored_channels(rows, season)
    planned = dict(
        season.enrolments.filter(pk__in=[enrolments[row.key].pk for row in rows]).values_list("pk", "planned_contacts")
    )
    wanted: list[ContactChannel] = []
    superfluous: list[int] = []
    for row in rows:
        enrolment = enrolments[row.key]
        enrolment.planned_contacts = planned[enrolment.pk]
        now = {
            method: ContactChannel(enrolment=enrolment, method=method, kind=column, address=row.full[column])
            for method, column in addresses.used_columns(row.full, settings).items()
        }
        before = there.get(enrolment.pk, {})
        superfluous += [before[method].pk for method in before.keys() - now.keys()]
        if before.keys() == now.keys():
            for method, channel in now.items():
                channel.planned_contacts = before[method].planned_contacts
        else:
            share_out_contacts(enrolment, list(now.values()), settings=settings)
        wanted += now.values()
    ContactChannel.objects.filter(pk__in=superfluous).delete()
    ContactChannel.objects.bulk_create(
        wanted,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["enrolment", "method"],
        update_fields=["kind", "address", "planned_contacts"],
    )


def _stored_channels(rows: Sequence[ListRow], season: Season) -> dict[int, dict[str, ContactChannel]]:
    """Return the channels that changed participants have now, by enrolment and method."""
    keys = [row.pk for row in rows if row.pk]
    found: dict[int, dict[str, ContactChannel]] = {}
    for channel in ContactChannel.objects.filter(enrolment__season=season, enrolment__in=keys):
        found.setdefault(channel.enrolment_id, {})[channel.method] = channel
    return found
