"""The pages of imports: upload, preview, import, take back, and who gets in."""

import csv
import io
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from ksp.lib.sheets.reading import Reason, read_sheet
from participants.imports.kinds import all_kinds
from participants.models import Enrolment, ImportBatch, ImportState, Participant
from tests.factories.accounts import UserFactory
from tests.factories.participants import ImportBatchFactory, SeasonFactory
from tests.participants.lists import TWO, csv_of, imported, previewed

pytestmark = pytest.mark.django_db
UPLOAD = "/admin/imports/participants/"


@pytest.fixture(autouse=True)
def _one_step(settings):
    settings.KSP_REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def boss():
    return UserFactory(administrator=True, name="Astrid Lund")


@pytest.fixture
def season(boss):
    return SeasonFactory(organiser=boss.organiser, code="KSP22", name="KSP 2022")


@pytest.fixture
def desk(boss, browser_of):
    return browser_of(boss)


def send(desk, content, *, name="deltakere.csv", season="KSP22", query=""):
    return desk.post(f"{UPLOAD}{query}", {"season": season, "file": SimpleUploadedFile(name, content)})


def text_of(page):
    """Give the words of a page, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


# Upload


def test_list_is_uploaded_previewed_imported_and_taken_back(desk, season):
    sent = send(desk, csv_of(*TWO))
    batch = ImportBatch.objects.get()
    address = f"/admin/imports/{batch.public_id}/"
    assert (sent.status_code, sent["Location"]) == (302, address)
    assert "Importer 2 rader" in text_of(desk.get(address))

    done = desk.post(f"{address}apply/", follow=True)
    assert "deltakere.csv er importert." in text_of(done)
    assert "Ta importen tilbake" in text_of(done)
    assert Enrolment.objects.count() == 2

    back = desk.post(f"{address}take-back/", follow=True)
    assert "Importen av deltakere.csv er tatt tilbake." in text_of(back)
    assert "Ta importen tilbake" not in text_of(back)
    assert not Participant.objects.exists()


@pytest.mark.usefixtures("season")
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"MZ\x90\x00\x03", "Dette er et program, ikke en liste. Velg en xlsx- eller csv-fil. Ingenting er importert."),
        (b"", "Filen er tom. Velg en fil med overskrifter i første rad og listen under. Ingenting er importert."),
        (csv_of("A1;x", headings="deltaker;navm"), "Kolonnen «navm» finnes ikke. Mente du «navn»?"),
        (csv_of("A1;x", headings="deltaker;navn"), "Kolonnen «klasse» mangler. Legg den til."),
    ],
)
def test_file_that_cannot_be_read_is_answered_on_the_same_page(desk, content, sentence):
    page = send(desk, content, name="liste.xlsx")

    assert page.status_code == 400
    assert page.context["form"].errors["file"][0] == sentence
    assert sentence in page.content.decode()
    assert not ImportBatch.objects.exists()


@pytest.mark.usefixtures("season")
def test_file_must_be_chosen_and_not_too_big(desk):
    missing = desk.post(UPLOAD, {"season": "KSP22"})
    big = send(desk, b"a" * (10 * 1024**2 + 1))

    assert (missing.status_code, missing.context["form"].errors) == (400, {"file": ["Velg en fil først."]})
    assert (big.status_code, big.context["form"].errors["file"]) == (
        400,
        ["Filen er større enn 10 MB. Del listen i flere filer. Ingenting er importert."],
    )


def test_season_of_another_organiser_or_one_that_ended_cannot_be_chosen(desk, boss, season):
    SeasonFactory(code="FOREIGN")
    SeasonFactory(organiser=boss.organiser, code="KSP21", closed=True)

    assert list(desk.get(UPLOAD).context["form"].fields["season"].queryset) == [season]
    assert send(desk, csv_of(*TWO), season="FOREIGN").status_code == 400
    assert send(desk, csv_of(*TWO), season="KSP21").status_code == 400
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("kind", [kind.code for kind in all_kinds()])
def test_upload_page_explains_the_columns_of_each_kind(desk, kind):
    page = desk.get(f"{UPLOAD}?list={kind}")

    assert next(iter(page.context["columns"])).column_name in {"participant", "observer"}
    assert ("season" in page.context["form"].fields) == (kind in {"participants", "sister_results"})


def test_observers_are_imported_by_the_same_pages(desk):
    content = "observatør;fornavn;etternavn;kontaktmåter\r\nO1;Ingrid;Solbakk;telefon, chat\r\n".encode("cp1252")

    sent = send(desk, content, query="?list=observers")

    assert (sent.status_code, ImportBatch.objects.get().kind) == (302, "observers")
    page = desk.get(sent["Location"])
    assert page.context["rows"][0].row.name == "Ingrid Solbakk"
    assert [(str(label), value) for label, value in page.context["rows"][0].facts] == [
        ("Kontaktmåter", "Telefon, Chat")
    ]


# Templates


@pytest.mark.parametrize("kind", [kind.code for kind in all_kinds()])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_empty_list_has_the_headings_that_the_import_knows(desk, kind, form):
    page = desk.get(reverse("participants:import_template", args=[kind, form]))

    expected = [
        column.norwegian for column in next(k for k in all_kinds() if k.code == kind).resource.columns().values()
    ]
    if form == "csv":
        assert page.content.startswith(b"\xef\xbb\xbf")
        (headings,) = csv.reader(io.StringIO(page.content.decode("utf-8-sig")), delimiter=";")
    else:
        headings = [cell.value for cell in next(load_workbook(io.BytesIO(page.content)).worksheets[0].rows)]
    assert headings == expected
    assert page["Content-Disposition"] == f'attachment; filename="{kind.replace("_", "-")}.{form}"'
    with pytest.raises(Exception) as refused:  # noqa: PT011 -- its reason is looked at
        read_sheet(page.content)
    assert refused.value.reason == Reason.ONLY_HEADINGS


@pytest.mark.parametrize("address", ["participants.exe", "secrets.csv"])
def test_there_is_no_other_template(desk, address):
    assert desk.get(f"/admin/imports/template/{address}").status_code == 404


def test_there_is_no_other_kind(desk):
    assert desk.get(f"{UPLOAD}?list=secrets").status_code == 404


# Preview


@pytest.fixture
def mixed(season, boss):
    """Give a list with a row of each status."""
    imported(*TWO, season=season, by=boss)
    return previewed(
        TWO[0].replace("21490000", "21490099"),
        TWO[1],
        "A3;Bysol;Strom;21490003;p@b.example;;;",
        "A4;Sørvakt;Strøm;21490004;;;;",
        season=season,
        by=boss,
    )


def shown(page):
    return [one.row.number for one in page.context["rows"]]


def test_preview_shows_what_is_wrong_first_and_narrows(desk, mixed):
    address = f"/admin/imports/{mixed.public_id}/"

    assert shown(desk.get(address)) == [4]
    assert shown(desk.get(f"{address}?show=all")) == [2, 3, 4, 5]
    assert shown(desk.get(f"{address}?show=changed")) == [2]
    assert shown(desk.get(f"{address}?show=unchanged")) == [3]
    assert shown(desk.get(f"{address}?show=new")) == [5]
    assert shown(desk.get(f"{address}?show=warnings")) == [5]
    assert shown(desk.get(f"{address}?show=all&q=sørvakt")) == [5]
    assert shown(desk.get(f"{address}?show=all&q=A1")) == [2]
    assert shown(desk.get(f"{address}?show=all&q=ingen")) == []


def test_preview_tells_every_row_in_words(desk, mixed):
    page = desk.get(f"/admin/imports/{mixed.public_id}/?show=all")

    changed, unchanged, wrong, new = page.context["rows"]
    assert [(str(change.label), change.old, change.new) for change in changed.changes] == [
        ("Telefon", "21490000", "21490099")
    ]
    assert (unchanged.changes, unchanged.facts, unchanged.remarks) == ([], [], [])
    assert [(str(remark.label), remark.text, remark.is_warning) for remark in wrong.remarks] == [
        ("Klasse", "«Strom» finnes ikke. Mente du «Strøm»?", False)
    ]
    assert [(str(label), value) for label, value in new.facts] == [
        ("Klasse", "Strøm"),
        ("Telefon", "21490004"),
        ("Pakke", "Bare resultatliste"),
    ]
    assert "1 rad har feil. Ingenting er importert." in text_of(page)
    assert "apply/" not in page.content.decode()


def test_list_with_errors_is_not_imported_by_a_forged_press(desk, mixed):
    done = desk.post(f"/admin/imports/{mixed.public_id}/apply/", follow=True)

    assert "Denne importen er allerede «Har feil». Last siden på nytt." in text_of(done)
    assert Enrolment.objects.count() == 2


def test_list_without_news_has_no_button(desk, season, boss):
    imported(*TWO, season=season, by=boss)
    batch = previewed(*TWO, season=season, by=boss)

    page = desk.get(f"/admin/imports/{batch.public_id}/")

    assert "Det er ingenting å importere" in text_of(page)
    assert "apply/" not in page.content.decode()


def test_preview_is_made_anew_when_something_has_changed(desk, season, boss):
    batch = previewed(*TWO, season=season, by=boss)
    imported(TWO[0], season=season, by=boss)

    done = desk.post(f"/admin/imports/{batch.public_id}/apply/", follow=True)

    assert "Noe er endret siden forhåndsvisningen, så ingenting ble importert. Slik ser listen ut nå." in text_of(done)
    assert list(batch.rows.values_list("status", flat=True)) == ["unchanged", "new"]
    assert Enrolment.objects.count() == 1


def test_take_back_that_is_refused_says_why(desk, season, boss):
    batch = imported(*TWO, season=season, by=boss)
    imported(TWO[0].replace("Kari", "Ola"), season=season, by=boss)

    done = desk.post(f"/admin/imports/{batch.public_id}/take-back/", follow=True)

    assert "Importen kan ikke tas tilbake. «Fjellvakt» (rad 2) er endret siden." in text_of(done)


@pytest.mark.usefixtures("season")
def test_text_of_a_list_is_only_text(desk):
    attack = "<script>alert(1)</script>"
    send(desk, csv_of(f"A1;{attack};Strøm;21490000;p@f.example;;;"), name=f"{attack}.csv")

    page = desk.get(f"/admin/imports/{ImportBatch.objects.get().public_id}/").content.decode()

    assert attack not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("count", [1, 3, 60])
def test_pages_take_the_same_queries_however_long_the_list(desk, season, boss, count_queries, count):
    rows = [f"A{n};Fjellvakt {n};Strøm;2149{n:04d};p{n}@f.example;;;" for n in range(count)]
    batch = previewed(*rows, season=season, by=boss)
    ImportBatchFactory.create_batch(
        count, organiser=boss.organiser, uploaded_by=boss, season=season, counts=batch.counts
    )
    desk.get(UPLOAD)

    with count_queries(7):
        page = desk.get(f"/admin/imports/{batch.public_id}/")
    assert len(page.context["rows"]) == min(count, 25)
    with count_queries(6):
        desk.get("/admin/imports/")
    with count_queries(7):
        desk.get(UPLOAD)


# Who may


def addresses(key):
    yield "get", "/admin/imports/"
    yield "get", UPLOAD
    yield "post", UPLOAD
    yield "get", "/admin/imports/template/participants.csv"
    yield "get", f"/admin/imports/{key}/"
    yield "post", f"/admin/imports/{key}/apply/"
    yield "post", f"/admin/imports/{key}/take-back/"


@pytest.mark.parametrize("role", ["manager", "observer", "participant"])
def test_only_administrators_come_in(season, boss, browser_of, role):
    batch = previewed(*TWO, season=season, by=boss)
    person = browser_of(UserFactory(organiser=boss.organiser, role=role))

    answers = {getattr(person, method)(address).status_code for method, address in addresses(batch.public_id)}

    assert answers == {403}
    assert ImportBatch.objects.get().state == ImportState.PREVIEWED


def test_strangers_are_led_to_the_sign_in(client, season, boss):
    batch = previewed(*TWO, season=season, by=boss)

    answers = [getattr(client, method)(address) for method, address in addresses(batch.public_id)]

    assert {(answer.status_code, answer["Location"].partition("?")[0]) for answer in answers} == {
        (302, "/accounts/login/")
    }


def test_lists_of_another_organiser_are_not_there(desk):
    foreign = ImportBatchFactory()

    for key in (foreign.public_id, uuid.uuid4()):
        answers = [getattr(desk, method)(address).status_code for method, address in list(addresses(key))[4:]]
        assert answers == [404, 404, 404]
    assert desk.get("/admin/imports/").context["rows"] == []


@pytest.mark.parametrize("step", ["apply", "take-back"])
def test_steps_are_only_taken_by_post(desk, season, boss, step):
    batch = previewed(*TWO, season=season, by=boss)

    assert desk.get(f"/admin/imports/{batch.public_id}/{step}/").status_code == 405
