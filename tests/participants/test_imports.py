"""Lists of participants: previewed row by row, imported whole or not at all, imported twice, taken back."""

from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from ksp.accounts.models import AuditEvent
from ksp.lib.sheets.reading import read_sheet
from participants.importers import ParticipantList
from participants.imports import services
from participants.imports.classes import is_near
from participants.imports.kinds import all_kinds
from participants.models import (
    AwardClass,
    ContactChannel,
    Enrolment,
    ImportBatch,
    ImportState,
    Participant,
    RowStatus,
)
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.participants import (
    AwardClassFactory,
    EnrolmentFactory,
    ParticipantFactory,
    RepresentativeFactory,
    SeasonFactory,
)
from tests.participants.lists import TWO, checked, imported, previewed, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _norwegian():
    with translation.override("nb"):
        yield


@pytest.fixture
def boss():
    return UserFactory(administrator=True)


@pytest.fixture
def season(boss):
    return SeasonFactory(organiser=boss.organiser, code="KSP22", name="KSP 2022")


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


# Preview


def test_preview_tells_what_each_row_does_and_writes_nothing_else(season, boss):
    batch = previewed(*TWO, season=season, by=boss)

    assert (batch.state, batch.season, batch.file_name) == (ImportState.PREVIEWED, season, "deltakere.csv")
    assert batch.counts == {
        "new": 2, "changed": 0, "unchanged": 0, "error": 0, "rows": 2, "warnings": 0, "absent": 0,
        "new_classes": ["Strøm"],
    }  # fmt: skip
    assert told(batch) == [(2, "new", None, []), (3, "new", None, [])]
    assert everything() == NOTHING


def test_preview_shows_old_and_new_of_what_changes(season, boss):
    imported(*TWO, season=season, by=boss)

    batch = previewed(
        TWO[0].replace("Fjellvakt;Strøm;21490000", "Fjellvakt AS;Strøm;21490009"), TWO[1], season=season, by=boss
    )

    assert told(batch) == [
        (2, "changed", {"name": "Fjellvakt", "phone": "21490000"}, []),
        (3, "unchanged", {}, []),
    ]
    assert batch.rows.get(number=2).values["name"] == "Fjellvakt AS"


def test_preview_knows_participants_of_earlier_years(season, boss):
    ParticipantFactory(organiser=boss.organiser, code="A1", name="Fjellvakt Energi", website="https://f.example")
    ParticipantFactory(organiser=boss.organiser, code="A9")

    batch = previewed(TWO[0], season=season, by=boss)

    assert told(batch) == [(2, "new", {"name": "Fjellvakt Energi"}, [])]
    assert batch.counts["absent"] == 0


def test_preview_counts_those_whom_the_file_does_not_name(season, boss):
    imported(*TWO, season=season, by=boss)

    assert previewed(TWO[0], season=season, by=boss).counts["absent"] == 1


@pytest.mark.parametrize(
    ("rows", "sentences"),
    [
        ([";Fjellvakt;Strøm;21490000;;;;"], ["Rad 2, «Deltaker»: Cellen er tom. Fyll den ut."]),
        (["A1;;Strøm;21490000;;;;"], ["Rad 2, «Navn»: Cellen er tom. Fyll den ut."]),
        (["A1;Fjellvakt;;21490000;;;;"], ["Rad 2, «Klasse»: Cellen er tom. Fyll den ut."]),
        (
            ["A1;Fjellvakt;Strøm;;;;;"],
            [
                (
                    "Rad 2: Kontaktmåte mangler. Fyll ut telefon, e-post, kontaktskjema, chat eller Messenger, eller "
                    "slett raden."
                )
            ],
        ),
        (
            ["A1;Fjellvakt;Strøm;21490000;post;;;"],
            ["Rad 2, «E-post»: «post» er ikke en e-postadresse. Skriv den slik: navn@firma.no."],
        ),
        (
            [TWO[0], "", TWO[0]],
            ["Rad 4, «Deltaker»: Den samme id-en står i rad 2. Behold én av de to radene."],
        ),
        (
            ["A1;Fjellvakt;Strøm;21490000;;ja;;"],
            [
                "Rad 2, «Chat»: Skriv adressen til siden der den finnes.",
            ],
        ),
        (
            ["A1;Fjellvakt;Strøm;21490000;p@f.example;;;enkle"],
            ["Rad 2, «Pakke»: «enkle» er ikke et av valgene. Mente du «enkel»?"],
        ),
    ],
)
def test_row_with_an_error_stops_the_whole_list(season, boss, rows, sentences):
    batch = previewed(*rows, "A5;God;Bank;21490005;p@god.example;;;", season=season, by=boss)

    assert batch.state == ImportState.REFUSED
    assert [one for _, status, _, remarks in told(batch) if status == "error" for one in remarks] == sentences
    assert batch.counts["error"] == 1
    with pytest.raises(services.ImportNotOpen):
        services.apply_import(batch.pk, by=boss)
    assert everything() == NOTHING


def test_class_that_is_nearly_there_is_an_error_with_a_suggestion(season, boss):
    AwardClassFactory(season=season, name="Strøm")

    batch = previewed(*TWO, "A3;Bysol;Strom;21490003;p@b.example;;;", season=season, by=boss)

    assert told(batch)[2] == (4, "error", None, ["Rad 4, «Klasse»: «Strom» finnes ikke. Mente du «Strøm»?"])
    assert batch.counts["new_classes"] == []


def test_class_that_other_rows_of_the_list_write_otherwise_is_an_error_too(season, boss):
    batch = previewed(*TWO, "A3;Bysol;strøm;21490003;p@b.example;;;", season=season, by=boss)

    assert [status for _, status, _, _ in told(batch)] == ["new", "new", "error"]
    assert batch.counts["new_classes"] == ["Strøm"]


@pytest.mark.parametrize(
    ("name", "other", "near"),
    [
        ("Strom", "Strøm", True),
        ("Stroem", "Strøm", True),
        ("strøm ", "Strøm", True),
        ("Bredband", "Bredbånd", True),
        ("Forsirking", "Forsikring", True),
        ("Forsikrin", "Forsikring", True),
        ("Forsikringg", "Forsikring", True),
        ("Nett-butikk", "Nettbutikk", True),
        ("Kommuner nord", "Kommuner sør", False),
        ("Klasse 1", "Klasse 2", False),
        ("Klasse A", "Klasse B", False),
        ("Bank", "Tank", False),
        ("Strøm", "Strøm bedrift", False),
        ("Forsikring", "Fagforening", False),
        ("Strøm", "Mobil", False),
    ],
)
def test_a_name_is_near_another_by_a_slip_only(name, other, near):
    assert is_near(name, other) is near
    assert is_near(other, name) is near


def test_warnings_stop_nothing(season, boss):
    rows = ["987654321;Fjellvakt;Strøm;21490000;;;;"]

    batch = previewed(*rows, season=season, by=boss)

    assert told(batch) == [
        (
            2,
            "new",
            None,
            [
                "Rad 2, «Deltaker»: «987654321» er ikke et gyldig organisasjonsnummer. Se etter om et siffer er feil.",
                "Rad 2: Det er bare én kontaktmåte. Minst to er ønsket.",
            ],
        )
    ]
    assert (batch.state, batch.counts["warnings"]) == (ImportState.PREVIEWED, 1)


# Import


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


# When contacts are planned


@pytest.fixture
def planned(season, boss):
    """Give the enrolment of the first participant, for whom a contact is planned."""
    imported(*TWO, season=season, by=boss)
    enrolment = Enrolment.objects.get(participant__code="A1")
    AssignmentFactory(season=season, enrolment=enrolment)
    return enrolment


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (TWO[0].replace("Strøm", "Bank"), "Klasse"),
        (TWO[0].replace("post@fjellvakt.example", ""), "E-post"),
        (TWO[0].replace(";;Kari", ";https://f.example;Kari"), "Chat"),
    ],
)
def test_class_and_methods_stay_once_contacts_are_planned(season, boss, planned, row, column):
    batch = previewed(row, TWO[1], season=season, by=boss)

    assert told(batch)[0][1] == "error"
    assert told(batch)[0][3][-1] == (
        f"Rad 2, «{column}»: Det er allerede planlagt kontakter for deltakeren, så klasse og kontaktmåter blir "
        "stående. Fjern endringen i filen."
    )


@pytest.mark.usefixtures("planned")
def test_names_numbers_and_packages_change_though_contacts_are_planned(season, boss):
    imported("A1;Fjellvakt AS;Strøm;21490099;hei@f.example;;Ola;konkurrent", season=season, by=boss)

    assert everything()["enrolments"][0] == ("A1", "Strøm", "competitor", 25, "Ola", "", {})
    assert everything()["channels"][:2] == [
        ("A1", "email", "email", "hei@f.example", 11),
        ("A1", "phone", "phone", "21490099", 14),
    ]


@pytest.mark.parametrize("state", ["closed", "published"])
def test_season_that_has_ended_takes_no_list(boss, state):
    over = SeasonFactory(organiser=boss.organiser, name="KSP 2021", **{state: True})

    with pytest.raises(services.SeasonOver) as refused:
        previewed(*TWO, season=over, by=boss)

    assert str(refused.value) == "KSP 2021 er avsluttet. Deltakerne kan ikke lenger endres."
    assert not ImportBatch.objects.exists()


# Taking back


def test_import_is_taken_back_as_if_it_had_never_been(season, boss):
    imported(TWO[0], season=season, by=boss)
    ParticipantFactory(organiser=boss.organiser, code="A3", name="Bysol", website="https://b.example")
    before = everything()
    batch = imported(
        TWO[0].replace("Fjellvakt;Strøm;21490000;post@fjellvakt.example", "Fjell;Bank;;post@fjellvakt.example"),
        TWO[1],
        "A3;Bysol AS;Kommuner;21490003;p@b.example;;;",
        season=season,
        by=boss,
    )
    assert everything() != before

    back = services.take_back_import(batch.pk, by=boss)

    assert everything() == before
    assert (back.state, back.taken_back_at is not None) == (ImportState.TAKEN_BACK, True)
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))[-4:]
    assert sorted(verbs[:3]) == ["enrolment.changed", "enrolment.removed", "enrolment.removed"]
    assert verbs[3] == "import.taken_back"


def test_import_can_be_made_again_after_it_was_taken_back(season, boss):
    first = imported(*TWO, season=season, by=boss)
    after = everything()
    services.take_back_import(first.pk, by=boss)

    imported(*TWO, season=season, by=boss)

    assert everything() == after
    with pytest.raises(services.ImportNotOpen):
        services.take_back_import(first.pk, by=boss)


def refused_to_take_back(batch, boss):
    before = everything()
    with pytest.raises(services.ImportInUse) as refused:
        services.take_back_import(batch.pk, by=boss)
    assert everything() == before
    return str(refused.value)


def test_import_stays_once_contacts_are_planned(season, boss):
    batch = imported(*TWO, season=season, by=boss)
    AssignmentFactory(season=season, enrolment=Enrolment.objects.get(participant__code="A2"))

    assert refused_to_take_back(batch, boss) == (
        "Importen kan ikke tas tilbake. Det er planlagt oppdrag for deltakere på listen."
    )


def test_import_stays_once_somebody_represents_a_participant(season, boss):
    batch = imported(*TWO, season=season, by=boss)
    RepresentativeFactory(participant=Participant.objects.get(code="A1"))

    assert refused_to_take_back(batch, boss).startswith("Importen kan ikke tas tilbake. Noe bygger på den nå: ")


def test_import_stays_once_its_participants_are_in_another_season(season, boss):
    batch = imported(*TWO, season=season, by=boss)
    EnrolmentFactory(season__organiser=boss.organiser, participant=Participant.objects.get(code="A1"))

    assert refused_to_take_back(batch, boss) == "Importen kan ikke tas tilbake. Noe bygger på den nå: påmeldinger."


def test_import_stays_once_a_later_one_touched_the_same_rows(season, boss):
    first = imported(*TWO, season=season, by=boss)
    later = imported(TWO[1].replace("Trollbekk", "Troll"), season=season, by=boss)

    assert refused_to_take_back(first, boss) == ("Importen kan ikke tas tilbake. «Trollbekk» (rad 3) er endret siden.")

    services.take_back_import(later.pk, by=boss)
    services.take_back_import(first.pk, by=boss)
    assert everything() == NOTHING


def test_class_that_others_joined_stays_when_the_import_is_taken_back(season, boss):
    batch = imported(*TWO, season=season, by=boss)
    EnrolmentFactory(season=season, award_class=AwardClass.objects.get())

    services.take_back_import(batch.pk, by=boss)

    assert everything()["classes"] == ["Strøm"]


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
        "participants", "observers", "prior_contacts", "customer_relations",
    ]  # fmt: skip
    assert all(boss.has_perm(kind.permission) and not manager.has_perm(kind.permission) for kind in all_kinds())


# Many rows


@pytest.mark.parametrize("count", [2, 40])
def test_statements_do_not_grow_with_the_rows(season, boss, count_queries, count):
    rows = [f"A{n};Fjellvakt {n};Strøm;2149{n:04d};p{n}@f.example;;;" for n in range(count)]

    with count_queries(11):
        batch = previewed(*rows, season=season, by=boss)
    with count_queries(21):
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
