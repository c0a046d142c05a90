"""Lists of participants as the tests write them."""

from ksp.lib.sheets.reading import read_sheet
from participants.importers import ParticipantList
from participants.imports import services
from participants.imports.kinds import find_kind
from participants.models import AwardClass, ContactChannel, Enrolment, Participant

HEADINGS = "deltaker;navn;klasse;telefon;e-post;chat;kontaktperson;pakke"
TWO = (
    "A1;Fjellvakt;Strøm;21490000;post@fjellvakt.example;;Kari;enkel",
    "A2;Trollbekk;Strøm;21490001;;https://t.example/chat;;",
)


def csv_of(*rows, headings=HEADINGS):
    return "\r\n".join([headings, *rows]).encode("cp1252")


def checked(*rows, headings=HEADINGS):
    return ParticipantList().check(read_sheet(csv_of(*rows, headings=headings)))


def previewed(*rows, season, by, headings=HEADINGS, name="deltakere.csv"):
    rows = checked(*rows, headings=headings)
    return services.preview_import("participants", rows, season=season, file_name=name, by=by)


def imported(*rows, season, by, headings=HEADINGS):
    batch = previewed(*rows, season=season, by=by, headings=headings)
    return services.apply_import(batch.pk, by=by)


def told(batch):
    """Give what the rows of a preview say: number, status, what they replace, and every remark."""
    kind = find_kind(batch.kind)
    return [
        (
            row.number,
            row.status,
            row.before,
            [services.sentence(kind, row.number, services.Problem.from_dict(stored)) for stored in row.problems],
        )
        for row in batch.rows.all()
    ]


def everything():
    """Give all that an import can change, without keys that differ from one time to the next."""
    return {
        "participants": list(
            Participant.objects.order_by("code").values_list("code", "name", "is_public_body", "website")
        ),
        "classes": list(AwardClass.objects.values_list("name", flat=True)),
        "enrolments": list(
            Enrolment.objects.order_by("participant__code").values_list(
                "participant__code",
                "award_class__name",
                "package",
                "planned_contacts",
                "contact_name",
                "contact_email",
                "unused_addresses",
            )
        ),
        "channels": list(
            ContactChannel.objects.order_by("enrolment__participant__code", "method").values_list(
                "enrolment__participant__code", "method", "kind", "address", "planned_contacts"
            )
        ),
    }


NOTHING = {"participants": [], "classes": [], "enrolments": [], "channels": []}
