"""What stays once something rests on it: contacts that are planned, later imports; and what is taken back."""

import pytest
from django.utils import translation

from ksp.accounts.models import AuditEvent
from participants.imports import services
from participants.models import (
    AwardClass,
    Enrolment,
    ImportBatch,
    ImportState,
    Participant,
)
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.participants import (
    EnrolmentFactory,
    ParticipantFactory,
    RepresentativeFactory,
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
