"""Lists of observers, prior contacts and customer relations: imported whole or not at all, and taken back."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from ksp.accounts.models import AuditEvent
from ksp.accounts.services import create_organiser, system_user
from ksp.lib.sheets.reading import read_sheet
from observers.applications.signals import relations_reported
from observers.models import CustomerRelation, Observer, PriorContact
from participants.imports import services
from participants.imports.kinds import find_kind
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory
from tests.factories.observers import CustomerRelationFactory, ObserverFactory, PriorContactFactory
from tests.factories.participants import ParticipantFactory
from tests.participants.lists import told

pytestmark = pytest.mark.django_db

HEADINGS = (
    "observatør;fornavn;etternavn;e-post;fødselsår;kjønn;fylke;kontaktmåter;ukekapasitet;sesongkapasitet;"
    "tilgjengelig fra;tilgjengelig til;uker;score"
)
INGRID = (
    "O1;Ingrid;Solbakk;ingrid@o.example;1984;kvinne;Vestland;telefon, e-post;3;20;29.11.2021;2022-03-31;"
    "2021-W48 2021-W50;82,5"
)
OLA = "O2;Ola;Vik;ola@o.example;;;;chat;;;;;;"


@pytest.fixture(autouse=True)
def _norwegian():
    with translation.override("nb"):
        yield


@pytest.fixture
def organiser():
    return create_organiser(name="Arrangør", slug="arrangor")


@pytest.fixture
def boss(organiser):
    return system_user(organiser)


def previewed(code, *rows, by, headings):
    content = "\r\n".join([headings, *rows]).encode("cp1252")
    checked = find_kind(code).resource().check(read_sheet(content))
    return services.preview_import(code, checked, season=None, file_name="liste.csv", by=by)


def imported(code, *rows, by, headings):
    return services.apply_import(previewed(code, *rows, by=by, headings=headings).pk, by=by)


def observers():
    names = (
        "code", "first_name", "last_name", "email", "birth_year", "gender", "county", "methods", "weekly_capacity",
        "season_capacity", "available_from", "available_to", "weeks", "carried_score",
    )  # fmt: skip
    return list(Observer.objects.order_by("code").values_list(*names))


STORED_INGRID = (
    "O1", "Ingrid", "Solbakk", "ingrid@o.example", 1984, "woman", "Vestland", ["phone", "email"], 3, 20,
    date(2021, 11, 29), date(2022, 3, 31), ["2021-W48", "2021-W50"], 82.5,
)  # fmt: skip
STORED_OLA = ("O2", "Ola", "Vik", "ola@o.example", None, "", "", ["chat"], 4, None, None, None, [], None)


# Observers


def test_observers_are_stored_with_their_profiles(boss):
    imported("observers", INGRID, OLA, by=boss, headings=HEADINGS)

    assert observers() == [STORED_INGRID, STORED_OLA]
    assert Observer.objects.get(code="O1").pseudonym.startswith("obs-")


def test_english_headings_and_values_say_the_same(boss):
    headings = (
        "observer;first_name;last_name;email;birth_year;gender;county;methods;weekly_capacity;season_capacity;"
        "available_from;available_to;weeks;score"
    )
    row = (
        "O1;Ingrid;Solbakk;ingrid@o.example;1984;woman;Vestland;phone email;3;20;2021-11-29;2022-03-31;"
        "2021-W48 2021-W50;82.5"
    )

    imported("observers", row, by=boss, headings=headings)

    assert observers() == [STORED_INGRID]


def test_same_observers_again_change_nothing_and_new_values_are_shown(boss):
    imported("observers", INGRID, OLA, by=boss, headings=HEADINGS)
    keys = list(Observer.objects.order_by("pk").values_list("pk", "pseudonym"))

    batch = previewed(
        "observers", INGRID.replace(";3;20;", ";5;;"), OLA.replace("chat;;", "chat;4;"), by=boss, headings=HEADINGS
    )

    assert told(batch) == [
        (2, "changed", {"weekly_capacity": 3, "season_capacity": 20}, []),
        (3, "unchanged", {}, []),
    ]
    services.apply_import(batch.pk, by=boss)
    assert observers()[0][8:10] == (5, None)
    assert list(Observer.objects.order_by("pk").values_list("pk", "pseudonym")) == keys


def test_changed_observer_keeps_account_and_computed_score(boss, organiser):
    user = UserFactory(organiser=organiser, email="ny@o.example")
    ObserverFactory(organiser=organiser, code="O1", user=user, internal_score=91.0, is_active=False)

    imported("observers", INGRID, by=boss, headings=HEADINGS)

    observer = Observer.objects.get()
    assert (observer.user, observer.internal_score, observer.is_active) == (user, 91.0, False)
    assert observer.first_name == "Ingrid"


def test_new_observer_gets_the_account_with_the_same_address(boss, organiser):
    own = UserFactory(organiser=organiser, email="Ingrid@o.example")
    UserFactory(email="ola@o.example")
    UserFactory(organiser=organiser, email="per@o.example", manager=True)

    imported("observers", INGRID, OLA, OLA.replace("O2", "O3").replace("ola@", "per@"), by=boss, headings=HEADINGS)

    assert list(Observer.objects.order_by("code").values_list("user", flat=True)) == [own.pk, None, None]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (INGRID.replace("telefon, e-post", ""), "Rad 2, «Kontaktmåter»: Cellen er tom. Fyll den ut."),
        (
            INGRID.replace("telefon, e-post", "telfon"),
            "Rad 2, «Kontaktmåter»: «telfon» er ikke et av valgene. Mente du «telefon»?",
        ),
        (
            INGRID.replace("2022-03-31", "1.1.2020"),
            "Rad 2, «Tilgjengelig til»: Perioden slutter før den begynner. Rett datoene.",
        ),
        (INGRID.replace("82,5", "120"), "Rad 2, «Score»: «120» er ikke et tall fra 0 til 100."),
        (
            INGRID.replace("1984", "2020"),
            "Rad 2, «Fødselsår»: Observatører er minst 18 år. Rett årstallet, eller slett raden.",
        ),
        (
            INGRID.replace("2021-W48", "uke 48"),
            "Rad 2, «Tilgjengelige uker»: «uke» er ikke en uke. Skriv den slik: 2021-W48.",
        ),
        (
            INGRID.replace("ingrid@", "ola@"),
            "Rad 2, «E-post»: «ola@o.example» tilhører også O2. Hver observatør trenger sin egen adresse.",
        ),
    ],
)
def test_observer_that_is_wrong_stops_the_whole_list(boss, row, sentence):
    imported("observers", OLA, by=boss, headings=HEADINGS)

    batch = previewed("observers", row, "O3;Kari;Lie;;;;;chat;;;;;;", by=boss, headings=HEADINGS)

    assert [remark for _, status, _, remarks in told(batch) if status == "error" for remark in remarks] == [sentence]
    with pytest.raises(services.ImportNotOpen):
        services.apply_import(batch.pk, by=boss)
    assert observers() == [STORED_OLA]


def test_observers_are_taken_back_while_nothing_rests_on_them(boss):
    imported("observers", OLA, by=boss, headings=HEADINGS)
    batch = imported("observers", INGRID, OLA.replace("Vik", "Vika"), by=boss, headings=HEADINGS)

    services.take_back_import(batch.pk, by=boss)

    assert observers() == [STORED_OLA]
    assert list(AuditEvent.objects.order_by("-pk").values_list("verb", flat=True)[:3]) == [
        "import.taken_back", "observer.changed", "observer.removed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("factory", "thing"),
    [
        (lambda observer: AssignmentFactory(offered=True, observer=observer), "oppdrag"),
        (lambda observer: PriorContactFactory(observer=observer), "tidligere kontakter"),
        (lambda observer: CustomerRelationFactory(observer=observer), "kundeforhold"),
    ],
)
def test_observers_stay_once_something_rests_on_them(boss, factory, thing):
    batch = imported("observers", INGRID, by=boss, headings=HEADINGS)
    factory(Observer.objects.get())

    with pytest.raises(services.ImportInUse) as refused:
        services.take_back_import(batch.pk, by=boss)

    assert str(refused.value) == f"Importen kan ikke tas tilbake. Noe bygger på den nå: {thing}."
    assert observers() == [STORED_INGRID]


# Conflicts of interest

PRIOR = "observatør;deltaker;prosjekt;kontaktet"
RELATION = "observatør;deltaker;type"


@pytest.fixture
def _known(organiser):
    for code in ("O1", "O2"):
        ObserverFactory(organiser=organiser, code=code, user=None)
    for code in ("A1", "A2"):
        ParticipantFactory(organiser=organiser, code=code)
    ObserverFactory(code="O9", user=None)
    ParticipantFactory(code="A9")


def prior_contacts():
    return list(
        PriorContact.objects.order_by("pk").values_list(
            "observer__code", "participant__code", "project", "contacted_on"
        )
    )


@pytest.mark.usefixtures("_known")
def test_prior_contacts_are_stored_once(boss):
    rows = ["O1;A1;KSP 2019;24.12.2019", "O1;A2;NBK;", "O1;A1;KSP 2020;2020-01-15"]

    imported("prior_contacts", *rows, by=boss, headings=PRIOR)
    again = previewed("prior_contacts", *rows, "O2;A1;NBK;", by=boss, headings=PRIOR)

    assert prior_contacts() == [
        ("O1", "A1", "KSP 2019", date(2019, 12, 24)),
        ("O1", "A2", "NBK", None),
        ("O1", "A1", "KSP 2020", date(2020, 1, 15)),
    ]
    assert [status for _, status, _, _ in told(again)] == ["unchanged", "unchanged", "unchanged", "new"]


@pytest.mark.usefixtures("_known")
def test_unknown_people_and_participants_are_errors_with_remedies(boss):
    batch = previewed("prior_contacts", "O1;A1;NBK;", "O9;A1;NBK;", "O2;A11;NBK;", "O2;A9;;", by=boss, headings=PRIOR)

    assert [remarks for _, _, _, remarks in told(batch)] == [
        [],
        ["Rad 3, «Observatør»: «O9» finnes ikke. Importer den først, eller slett raden."],
        ["Rad 4, «Deltaker»: «A11» finnes ikke. Mente du «A1»?"],
        ["Rad 5, «Prosjekt»: Cellen er tom. Fyll den ut."],
    ]
    with pytest.raises(services.ImportNotOpen):
        services.apply_import(batch.pk, by=boss)
    assert prior_contacts() == []


@pytest.mark.usefixtures("_known")
def test_prior_contacts_are_taken_back_and_others_stay(boss):
    imported("prior_contacts", "O1;A1;NBK;", by=boss, headings=PRIOR)
    batch = imported("prior_contacts", "O1;A1;NBK;", "O2;A1;NBK;", by=boss, headings=PRIOR)

    services.take_back_import(batch.pk, by=boss)

    assert prior_contacts() == [("O1", "A1", "NBK", None)]


@pytest.mark.usefixtures("_known")
def test_customer_relations_are_stored_once_under_one_name(boss):
    rows = ["O1;A1;kunde", "O2;A1;", "O2;A2;kundeklubb"]

    imported("customer_relations", *rows, by=boss, headings=RELATION)
    again = previewed("customer_relations", *rows, "O1;A1;Customer", by=boss, headings=RELATION)

    assert list(CustomerRelation.objects.order_by("pk").values_list("observer__code", "participant__code", "kind")) == [
        ("O1", "A1", "customer"),
        ("O2", "A1", "customer"),
        ("O2", "A2", "kundeklubb"),
    ]
    assert [status for _, status, _, _ in told(again)] == ["unchanged", "unchanged", "unchanged", "error"]


@pytest.mark.usefixtures("_known")
def test_new_customer_relations_are_told_of_and_prior_contacts_are_not(boss):
    told_of = []

    def hear(pairs, by, **_rest):
        told_of.append((list(pairs), by))

    relations_reported.connect(hear)
    imported("prior_contacts", "O1;A1;NBK;", by=boss, headings=PRIOR)
    imported("customer_relations", "O1;A1;kunde", "O2;A2;", by=boss, headings=RELATION)
    relations_reported.disconnect(hear)

    pairs = list(CustomerRelation.objects.order_by("pk").values_list("observer", "participant"))
    assert told_of == [(pairs, boss)]


@pytest.mark.usefixtures("_known")
@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_the_rows(boss, count_queries, count):
    rows = [f"O1;A1;Prosjekt {n};" for n in range(count)]

    with count_queries(8):
        batch = previewed("prior_contacts", *rows, by=boss, headings=PRIOR)
    with count_queries(11):
        services.apply_import(batch.pk, by=boss)


# Commands


def run(command, path, **options):
    out = StringIO()
    status = 0
    try:
        call_command(command, path, json=True, stdout=out, stderr=StringIO(), **options)
    except CommandError as error:
        status = error.returncode
    return json.loads(out.getvalue()), status


@pytest.mark.usefixtures("_known")
@pytest.mark.parametrize(
    ("command", "code", "content", "model"),
    [
        ("import_observers", "observers", f"{HEADINGS}\n{INGRID.replace('O1', 'O3')}\n", Observer),
        ("import_prior_contacts", "prior_contacts", f"{PRIOR}\nO1;A1;NBK;\n", PriorContact),
        ("import_customer_relations", "customer_relations", f"{RELATION}\nO1;A1;kunde\n", CustomerRelation),
    ],
)
def test_commands_import_their_lists(tmp_path, command, code, content, model):
    path = tmp_path / "liste.csv"
    path.write_bytes(content.encode("utf-8-sig"))
    before = model.objects.count()

    tried, _ = run(command, path, organiser="arrangor", dry_run=True)
    assert (tried["new"], model.objects.count()) == (1, before)
    done, status = run(command, path, organiser="arrangor")

    assert (done["list"], done["season"], done["new"], done["rows"], status) == (code, None, 1, 1, 0)
    assert model.objects.count() == before + 1
    path.write_bytes(content.replace("O", "?").encode())
    refused, status = run(command, path, organiser="arrangor")
    assert (refused["refused"], status) in {("list_has_errors", 1), ("headings_refused", 1)}
    assert model.objects.count() == before + 1
