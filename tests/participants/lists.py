"""Lists of participants as the tests write them."""

from ksp.lib.sheets.reading import read_sheet
from participants.importers import ParticipantList
from participants.imports import services
from participants.imports.kinds import find_kind

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
