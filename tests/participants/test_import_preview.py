"""The preview of a list: what each row does, and what is wrong with it."""

import pytest
from django.utils import translation

from participants.imports import services
from participants.imports.classes import is_near
from participants.models import (
    ImportState,
)
from tests.factories.accounts import UserFactory
from tests.factories.participants import (
    AwardClassFactory,
    ParticipantFactory,
    SeasonFactory,
)
from tests.participants.lists import NOTHING, TWO, everything, imported, previewed, told

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
