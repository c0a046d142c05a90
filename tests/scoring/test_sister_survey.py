"""Results of the sister survey: imported whole or not at all, taken back, and decided by."""

import json
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from ksp.accounts.services import create_organiser, system_user
from ksp.lib.sheets.reading import read_sheet
from participants.imports import services
from participants.imports.kinds import find_kind
from participants.models import ImportBatch, Season
from scoring.engine.rules import Rules
from scoring.models import SisterResult
from scoring.moves import what_moves
from scoring.selectors import season_results
from tests.factories.accounts import UserFactory
from tests.factories.participants import EnrolmentFactory, SeasonFactory
from tests.factories.scoring import SisterResultFactory
from tests.participants.lists import told
from tests.reports.scenes import PARTLY, approved, scored, season_that_ranks

pytestmark = pytest.mark.django_db

HEADINGS = "deltaker;resultat;standardfeil"


@pytest.fixture(autouse=True)
def _norwegian():
    with translation.override("nb"):
        yield


@pytest.fixture
def boss():
    return system_user(create_organiser(name="Arrangør", slug="arrangor"))


@pytest.fixture
def season(boss):
    return SeasonFactory(organiser=boss.organiser, code="KSP22", name="KSP 2022", closed=True)


@pytest.fixture(autouse=True)
def _enrolled(season):
    for code in ("A1", "A2"):
        EnrolmentFactory(season=season, participant__code=code, participant__organiser=season.organiser)


def checked(*rows, headings=HEADINGS):
    return find_kind("sister_results").resource().check(read_sheet("\r\n".join([headings, *rows]).encode("cp1252")))


def previewed(*rows, season, by, headings=HEADINGS):
    rows = checked(*rows, headings=headings)
    return services.preview_import("sister_results", rows, season=season, file_name="nbk.csv", by=by)


def imported(*rows, season, by):
    return services.apply_import(previewed(*rows, season=season, by=by).pk, by=by)


def stored():
    rows = SisterResult.objects.order_by("enrolment__participant__code")
    return list(rows.values_list("enrolment__participant__code", "score", "standard_error"))


@pytest.mark.parametrize(
    ("headings", "rows"),
    [
        (HEADINGS, ("A1;81,25;1,5", "A2;0;")),
        ("Participant;Score;Standard error", ("A1;81.25;1.5", "A2;0;")),
        ("resultat;deltaker", ("81,25;A1", "0;A2")),
    ],
)
def test_results_are_previewed_imported_and_taken_back(headings, rows, season, boss):
    batch = previewed(*rows, season=season, by=boss, headings=headings)
    assert (stored(), [status for _row, status, _before, _said in told(batch)]) == ([], ["new", "new"])

    services.apply_import(batch.pk, by=boss)

    error = 1.5 if "standard" in headings.lower() else None
    assert stored() == [("A1", 81.25, error), ("A2", 0.0, None)]
    services.take_back_import(batch.pk, by=boss)
    assert stored() == []


def test_changed_results_are_shown_beside_the_old_and_come_back(season, boss):
    imported("A1;81,25;1,5", "A2;70;", season=season, by=boss)
    batch = previewed("A1;82;1,5", "A2;70;", season=season, by=boss)

    assert [(row[1], row[2]) for row in told(batch)] == [("changed", {"score": 81.25}), ("unchanged", {})]
    services.apply_import(batch.pk, by=boss)
    assert stored() == [("A1", 82.0, 1.5), ("A2", 70.0, None)]
    services.take_back_import(batch.pk, by=boss)
    assert stored() == [("A1", 81.25, 1.5), ("A2", 70.0, None)]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("A1;100,1;", "Rad 2, «Resultat»: «100,1» er ikke et tall fra 0 til 100."),
        ("A1;-0,1;", "Rad 2, «Resultat»: «-0,1» er ikke et tall fra 0 til 100."),
        ("A1;nan;", "Rad 2, «Resultat»: «nan» er ikke et tall fra 0 til 100."),
        ("A1;;", "Rad 2, «Resultat»: Cellen er tom. Fyll den ut."),
        (";80;", "Rad 2, «Deltaker»: Cellen er tom. Fyll den ut."),
        ("A1;80;inf", "Rad 2, «Standardfeil»: «inf» er ikke et tall fra 0 til 100."),
        ("A1;80;-1", "Rad 2, «Standardfeil»: «-1» er ikke et tall fra 0 til 100."),
        ("A11;80;", "Rad 2, «Deltaker»: «A11» er ikke med i KSP 2022. Mente du «A1»?"),
        ("Zebra;80;", "Rad 2, «Deltaker»: «Zebra» er ikke med i KSP 2022. Slett raden."),
    ],
)
def test_wrong_row_is_named_with_its_remedy_and_nothing_is_written(row, sentence, season, boss):
    with pytest.raises(services.ListHasErrors) as refused:
        services.import_list("sister_results", checked(row, "A2;80;"), season=season, file_name="nbk.csv", by=boss)

    assert str(refused.value) == f"{sentence} Ingenting er importert."
    assert stored() == []


def test_rows_are_told_by_the_names_of_their_participants(season, boss):
    ask = season.enrolments.get(participant__code="A1").participant
    ask.name = "Ask Strøm"
    ask.save()

    batch = previewed("A1;80;", "A11;70;", season=season, by=boss)

    assert [(row.key, row.name) for row in batch.rows.all()] == [("A1", "Ask Strøm"), ("A11", "A11")]
    assert batch.rows.first().values == {"participant": "A1", "score": 80.0, "standard_error": None}


def test_same_participant_twice_is_refused(season, boss):
    batch = previewed("A1;80;", "A1;81;", season=season, by=boss)

    assert [(row[1], len(row[3])) for row in told(batch)] == [("new", 0), ("error", 1)]


def test_participant_of_another_season_is_not_known(season, boss):
    other = SeasonFactory(organiser=boss.organiser)
    EnrolmentFactory(season=other, participant__code="B7", participant__organiser=boss.organiser)

    assert told(previewed("B7;80;", season=season, by=boss))[0][1] == "error"


@pytest.mark.parametrize("state", ["preparing", "open", "paused", "closed"])
def test_results_are_taken_until_the_season_is_published(state, season, boss):
    season.state = state
    season.save()

    imported("A1;80;", season=season, by=boss)

    assert stored() == [("A1", 80.0, None)]


def test_published_season_takes_no_results_and_gives_none_back(season, boss):
    batch = imported("A1;80;", season=season, by=boss)
    Season.objects.filter(pk=season.pk).update(state="published")

    for attempt in (
        lambda: previewed("A1;81;", season=season, by=boss),
        lambda: services.take_back_import(batch.pk, by=boss),
    ):
        with pytest.raises(services.SeasonOver) as refused:
            attempt()
        assert str(refused.value) == "KSP 2022 er publisert. NBK-resultatene kan ikke lenger endres."
    assert stored() == [("A1", 80.0, None)]


@pytest.mark.parametrize("role", ["manager", "observer", "participant"])
def test_administrators_alone_import(role, season, boss):
    somebody = UserFactory(organiser=boss.organiser, role=role)

    for by in (somebody, UserFactory(administrator=True)):
        with pytest.raises(PermissionDenied):
            previewed("A1;80;", season=season, by=by)
    assert stored() == []


def test_page_takes_the_list_of_a_closed_season(season, boss, browser_of):
    desk = browser_of(UserFactory(administrator=True, organiser=boss.organiser))
    address = f"{reverse('participants:import_participants')}?list=sister_results"
    file = SimpleUploadedFile("nbk.csv", f"{HEADINGS}\r\nA1;80;2\r\n".encode())

    assert list(desk.get(address).context["form"].fields["season"].queryset) == [season]
    page = desk.post(address, {"season": "KSP22", "file": file}, follow=True)
    key = page.context["batch"].public_id
    applied = desk.post(reverse("participants:apply_import", args=[key]), follow=True)

    (shown,) = page.context["rows"]
    assert [(str(label), value) for label, value in shown.facts] == [("Resultat", "80"), ("Standardfeil", "2")]
    assert "NBK-resultater" in applied.content.decode()
    assert stored() == [("A1", 80.0, 2.0)]


def test_code_of_the_list_fits_where_imports_keep_it():
    assert len(find_kind("sister_results").code) <= ImportBatch._meta.get_field("kind").max_length


def run(path, **options):
    out, status = StringIO(), 0
    try:
        call_command("import_sister_results", path, json=True, stdout=out, stderr=StringIO(), **options)
    except CommandError as error:
        status = error.returncode
    return json.loads(out.getvalue()), status


def test_command_imports_and_refuses(tmp_path, season):
    path = tmp_path / "nbk.csv"
    path.write_text(f"{HEADINGS}\nA1;80,5;1\nA2;70;\n", encoding="utf-8")

    tried, _ = run(path, season="KSP22", organiser="arrangor", dry_run=True)
    assert (tried["new"], stored()) == (2, [])
    done, status = run(path, season="KSP22", organiser="arrangor")

    assert (done["list"], done["season"], done["new"], status) == ("sister_results", "KSP22", 2, 0)
    assert stored() == [("A1", 80.5, 1.0), ("A2", 70.0, None)]
    path.write_text(f"{HEADINGS}\nA1;800;1\nA2;71;\n", encoding="utf-8")
    refused, status = run(path, season="KSP22", organiser="arrangor")
    assert (refused["refused"], refused["errors"][0]["row"], refused["errors"][0]["column"], status) == (
        "list_has_errors",
        2,
        "score",
        1,
    )
    assert stored() == [("A1", 80.5, 1.0), ("A2", 70.0, None)]


@pytest.mark.parametrize(
    "fields", [{"score": -0.1}, {"score": 100.1}, {"standard_error": -1}, {"standard_error": 101}], ids=str
)
def test_database_keeps_results_within_the_scale(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        SisterResultFactory(**fields)


# What it decides


def season_of_four():
    """Give a season with totals of 100, 91, 91 and 100, and the enrolments."""
    season = season_that_ranks("closed")
    enrolments = [EnrolmentFactory(season=season, participant__name=name) for name in ("Ask", "Bjørk", "Gran", "Rogn")]
    for enrolment, choose in zip(enrolments, (None, PARTLY, PARTLY, None), strict=True):
        approved(enrolment, **({"choose": choose} if choose else {}))
    scored(season)
    return season, enrolments


def test_best_mean_of_both_wins_and_equals_share(count_queries):
    season, (ask, birch, spruce, _rowan) = season_of_four()
    SisterResultFactory(enrolment=ask, score=70.1)
    SisterResultFactory(enrolment=birch, score=79.1)
    SisterResultFactory(enrolment=spruce, score=79)
    season_results(season)

    with count_queries(3):
        found = season_results(season)

    assert [
        (one.participant.enrolment, one.total, one.sister, one.mean, one.place, one.shared) for one in found.combined
    ] == [
        (ask, 100.0, 70.1, 85.05, 1, True),
        (birch, 91.0, 79.1, 85.05, 1, True),
        (spruce, 91.0, 79.0, 85.0, 3, False),
    ]
    given = [one for one in found.awards if one.award == "best_of_both"]
    assert [(one.winner.enrolment, one.score, one.shared, one.award_class, one.method) for one in given] == [
        (ask, 85.05, True, None, ""),
        (birch, 85.05, True, None, ""),
    ]


def test_without_results_of_the_sister_survey_there_is_no_such_award():
    season, _enrolments = season_of_four()

    found = season_results(season)

    assert found.combined == []
    assert "best_of_both" not in {one.award for one in found.awards}


def test_rules_that_take_places_away_take_the_award_away():
    season, (ask, birch, *_rest) = season_of_four()
    SisterResultFactory(enrolment=ask, score=70.1)
    SisterResultFactory(enrolment=birch, score=79.1)

    moves = what_moves(season, Rules(min_contacts_ranked=2))

    moved = {move.name: (move.before, move.after) for move in moves.awards}
    assert moved["Norges beste kundesenter"] == (("Ask", "Bjørk"), ())
