"""Lists of participants: imported whole or not at all, by those who may, and twice like once."""

from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from ksp.accounts.models import AuditEvent
from ksp.lib.sheets.reading import read_sheet
from participants.importers import ParticipantList
from participants.imports import services
from participants.imports.kinds import all_kinds
from participants.models import (
    ContactChannel,
    Enrolment,
    ImportState,
    Participant,
    RowStatus,
)
from tests.factories.accounts import UserFactory
from tests.factories.participants import (
    AwardClassFactory,
    ParticipantFactory,
    SeasonFactory,
)
from tests.participants.lists import NOTHING, TWO, checked, everything, imported, previewed, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("norwegian")]


@pytest.fixture
def norwegian():
    with translation.override("nb"):
        yield


@pytest.fixture
def boss():
    return UserFactory(administrator=True)


@pytest.fixture
def season(boss):
    return SeasonFactory(organiser=boss.organiser, code="KSP22", name="KSP 2022")


def test_import_enrols_with_channels_shared_out_by_the_distribution_key(season, boss):
    imported(*TWO, season=season, by=boss)

    assert everything() == {
        "participants": [("A1", "Fjellvakt", False, ""), ("A2", "Trollbekk", False, "")],
        "classes": ["Strøm"],
        "enrolments": [
            ("A1", "Strøm", "simple", 25, "Kari", "", {}),
            ("A2", "Strøm", "none", 25, "", "", {}),
        ],
        "channels": [
            ("A1", "email", "email", "post@fjellvakt.example", 11),
            ("A1", "phone", "phone", "21490000", 14),
            ("A2", "chat", "chat", "https://t.example/chat", 10),
            ("A2", "phone", "phone", "21490001", 15),
        ],
    }


def test_every_column_is_stored_and_addresses_that_are_not_used_are_kept(season, boss):
    headings = (
        "participant,name,award_class,public_body,website,phone,email,contact_form,chat,messenger,"
        "contact_name,contact_email,package"
    ).replace(",", ";")
    row = "A1;Bysol;Kommuner;ja;bysol.example;+47 21490000;p@b.example;https://b.example/skjema;ja;m.me/b;Kari;k@b.example;konkurrent"

    imported(row, season=season, by=boss, headings=headings)
    again = previewed(row, season=season, by=boss, headings=headings)

    assert everything() == {
        "participants": [("A1", "Bysol", True, "https://bysol.example")],
        "classes": ["Kommuner"],
        "enrolments": [
            (
                "A1",
                "Kommuner",
                "competitor",
                25,
                "Kari",
                "k@b.example",
                {"contact_form": "https://b.example/skjema", "messenger": "m.me/b"},
            )
        ],
        "channels": [
            ("A1", "chat", "chat", "https://bysol.example", 7),
            ("A1", "email", "email", "p@b.example", 8),
            ("A1", "phone", "phone", "+47 21490000", 10),
        ],
    }
    assert [(status, before) for _, status, before, _ in told(again)] == [("unchanged", {})]
    assert told(again)[0][3] == [
        "Rad 2, «Kontaktskjema»: Adressen tas vare på, men brukes ikke, fordi «e-post» går foran.",
        "Rad 2, «Messenger»: Adressen tas vare på, men brukes ikke, fordi «chat» går foran.",
    ]


def test_importing_the_same_list_again_changes_nothing(season, boss):
    imported(*TWO, season=season, by=boss)
    before = everything(), list(Enrolment.objects.values_list("pk", flat=True))

    batch = previewed(*TWO, season=season, by=boss)

    assert batch.counts["unchanged"] == 2
    with pytest.raises(services.NothingToImport) as refused:
        services.apply_import(batch.pk, by=boss)
    assert str(refused.value) == "Alt i filen er lagret fra før. Det er ingenting å importere."
    assert (everything(), list(Enrolment.objects.values_list("pk", flat=True))) == before


def test_columns_that_the_file_lacks_stay_as_they_are(season, boss):
    imported(*TWO, season=season, by=boss)

    imported("A1;Fjellvakt;Bank", season=season, by=boss, headings="deltaker;navn;klasse")

    assert everything()["enrolments"][0] == ("A1", "Bank", "simple", 25, "Kari", "", {})
    assert everything()["channels"][:2] == [
        ("A1", "email", "email", "post@fjellvakt.example", 11),
        ("A1", "phone", "phone", "21490000", 14),
    ]


def test_empty_cells_empty_what_is_stored_and_contacts_are_shared_out_anew(season, boss):
    imported(*TWO, season=season, by=boss)

    imported("A1;Fjellvakt;Strøm;21490000;;https://f.example;;enkel", season=season, by=boss)

    assert everything()["channels"][:2] == [
        ("A1", "chat", "chat", "https://f.example", 10),
        ("A1", "phone", "phone", "21490000", 15),
    ]
    assert everything()["enrolments"][0] == ("A1", "Strøm", "simple", 25, "", "", {})


def test_a_new_number_leaves_the_sharing_out_alone(season, boss):
    imported(*TWO, season=season, by=boss)
    ContactChannel.objects.filter(method="phone").update(planned_contacts=20)

    imported(TWO[0].replace("21490000", "21490099"), season=season, by=boss)

    assert ContactChannel.objects.get(address="21490099").planned_contacts == 20


def test_import_is_recorded_on_the_list_and_on_each_enrolment(season, boss):
    imported(*TWO, season=season, by=boss)
    imported(TWO[0].replace("Kari", "Ola"), season=season, by=boss)

    events = AuditEvent.objects.order_by("pk").values_list("verb", "target_name", "detail")
    assert [event[:2] for event in events] == [
        ("import.uploaded", "deltakere.csv"),
        ("enrolment.created", "Fjellvakt, KSP22"),
        ("enrolment.created", "Trollbekk, KSP22"),
        ("import.applied", "deltakere.csv"),
        ("import.uploaded", "deltakere.csv"),
        ("enrolment.changed", "Fjellvakt, KSP22"),
        ("import.applied", "deltakere.csv"),
    ]
    assert events[5][2] == {"row": 2, "before": {"contact_name": "Kari"}, "after": {"contact_name": "Ola"}}


def test_list_that_would_do_something_else_by_now_is_not_imported(season, boss):
    batch = previewed(*TWO, season=season, by=boss)
    imported(TWO[1].replace("Trollbekk", "Troll"), season=season, by=boss)
    before = everything()

    with pytest.raises(services.ListOutdated):
        services.apply_import(batch.pk, by=boss)

    assert everything() == before
    services.compare_again(batch.pk, by=boss)
    assert told(batch) == [(2, "new", None, []), (3, "changed", {"name": "Troll"}, [])]
    services.apply_import(batch.pk, by=boss)
    assert everything()["participants"] == [("A1", "Fjellvakt", False, ""), ("A2", "Trollbekk", False, "")]


def test_comparing_again_finds_the_errors_of_today_and_keeps_those_of_the_file(season, boss):
    bad = previewed("A1;Fjellvakt;Strøm;ring;;;;", "A3;Bysol;Strom;21490003;;;;", season=season, by=boss)
    AwardClassFactory(season=season, name="Strøm")

    services.compare_again(bad.pk, by=boss)
    services.compare_again(bad.pk, by=boss)

    assert [len(remarks) for _, _, _, remarks in told(bad)] == [1, 2]
    assert told(bad)[1][3][0] == "Rad 3, «Klasse»: «Strom» finnes ikke. Mente du «Strøm»?"


def test_list_of_other_organisers_participants_makes_own_ones(season, boss):
    stranger = ParticipantFactory(code="A1", name="En annen")

    imported(TWO[0], season=season, by=boss)

    stranger.refresh_from_db()
    assert stranger.name == "En annen"
    assert Participant.objects.filter(code="A1").count() == 2


# Who may


@pytest.mark.parametrize("role", ["manager", "observer", "participant"])
def test_only_administrators_import(season, boss, role):
    person = UserFactory(organiser=boss.organiser, role=role)
    batch = previewed(*TWO, season=season, by=boss)
    applied = imported("A9;Bysol;Bank;21490003;p@b.example;;;", season=season, by=boss)
    before = everything()

    for attempt in (
        lambda: previewed(*TWO, season=season, by=person),
        lambda: services.compare_again(batch.pk, by=person),
        lambda: services.apply_import(batch.pk, by=person),
        lambda: services.take_back_import(applied.pk, by=person),
        lambda: services.import_list("participants", checked(*TWO), season=season, file_name="x", by=person),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert everything() == before


def test_administrator_of_another_organiser_imports_nothing_here(season, boss):
    stranger = UserFactory(administrator=True)
    batch = previewed(*TWO, season=season, by=boss)

    for attempt in (
        lambda: previewed(*TWO, season=season, by=stranger),
        lambda: services.apply_import(batch.pk, by=stranger),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert everything() == NOTHING


def test_every_kind_has_a_permission_that_only_administrators_have(boss):
    manager = UserFactory(manager=True, organiser=boss.organiser)

    assert [kind.code for kind in all_kinds()] == [
        "participants", "observers", "prior_contacts", "customer_relations", "sister_results",
    ]  # fmt: skip
    assert all(boss.has_perm(kind.permission) and not manager.has_perm(kind.permission) for kind in all_kinds())


# Many rows


@pytest.mark.parametrize("count", [2, 40])
def test_statements_do_not_grow_with_the_rows(season, boss, count_queries, count):
    rows = [f"A{n};Fjellvakt {n};Strøm;2149{n:04d};p{n}@f.example;;;" for n in range(count)]

    with count_queries(11):
        batch = previewed(*rows, season=season, by=boss)
    with count_queries(17):
        services.apply_import(batch.pk, by=boss)


def test_formulas_are_text_and_come_back_from_an_export_as_they_were(season, boss):
    imported("A1;=1+1;Strøm;21490000;p@f.example;;;", season=season, by=boss)

    batch = previewed("A1;'=1+1;Strøm;21490000;p@f.example;;;", season=season, by=boss)

    assert Participant.objects.get().name == "=1+1"
    assert told(batch) == [(2, "unchanged", {}, [])]


def test_windows_and_utf8_files_say_the_same(season, boss):
    text = "Deltaker;NAVN;Klasse;Telefon;E-post\r\nÆ1;Blåbærøya;Strøm;21490000;p@f.example\r\n"
    lists = [
        ParticipantList().check(read_sheet(text.encode(encoding))) for encoding in ("cp1252", "utf-8-sig", "utf-16")
    ]

    assert all(one == other for one, other in pairwise(lists))
    assert lists[0][0].values["name"] == "Blåbærøya"


def test_import_in_one_go_stores_the_preview_too(season, boss):
    outcome = services.import_list("participants", checked(*TWO), season=season, file_name="x.csv", by=boss)

    assert outcome.batch.state == ImportState.APPLIED
    assert list(outcome.batch.rows.values_list("number", "status")) == [(2, RowStatus.NEW), (3, RowStatus.NEW)]
    assert services.import_list("participants", checked(*TWO), season=season, file_name="x.csv", by=boss).batch is None
