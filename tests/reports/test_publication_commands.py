"""Publishing and verifying from the command line."""

import json

import pytest

from participants.models import Season
from reports.frozen import code_version, fingerprint_of
from reports.services import publish_results
from reports.verification import verify
from tests.factories.reports import PublicationFactory
from tests.reports.publishing import (
    closed_season,
    contacts_of,
    correct,
    director,
    published_season,
    run,
    tampered,
    versions,
)

pytestmark = pytest.mark.django_db


def test_results_are_published_by_command():
    season = closed_season()

    status, told = run("publish_results", season, json=True)

    [version] = versions(season)
    assert status == 0
    assert json.loads(told) == {
        "season": season.code,
        "version": 1,
        "published_at": version.published_at.isoformat(),
        "participants": 3,
        "awards": len(version.results["awards"]),
        "fingerprint": version.fingerprint,
        "answers_fingerprint": version.answers_fingerprint,
        "questionnaire_fingerprint": version.questionnaire_fingerprint,
        "rules_fingerprint": version.rules_fingerprint,
        "code_version": code_version(),
    }
    assert version.published_by.is_system


def test_publishing_by_command_tells_the_fingerprint():
    season = closed_season()

    status, told = run("publish_results", season)

    words = f"{season.code} er publisert som versjon 1, fingeravtrykk {versions(season)[0].fingerprint}.\n"
    assert (status, told) == (0, words)


@pytest.mark.parametrize("state", ["open", "paused", "published"])
def test_other_seasons_are_refused_in_one_line(state):
    season = published_season()
    Season.objects.filter(pk=season.pk).update(state=state, pause_reason="Streik")

    status, told = run("publish_results", season)

    assert status == 1
    assert told.count("\n") == 0
    assert "Bare en avsluttet sesong kan publiseres" in told
    assert len(versions(season)) == 1


def test_season_that_was_published_without_being_frozen_is_frozen():
    season = closed_season()
    Season.objects.filter(pk=season.pk).update(state="published", published_at=season.closed_at)

    publication = publish_results(season.pk, by=director(season))

    assert (publication.version, verify(publication).agrees) == (1, True)


def test_verification_by_command_agrees_after_a_correction_and_tells_of_the_later_version():
    season = published_season()
    correct(season)

    assert run("verify_results", season) == (
        0,
        f"Versjon 2 av {season.code} følger av svarene: Alle tall er like.\n",
    )
    status, told = run("verify_results", season, version=1)
    assert status == 1
    assert told.splitlines()[-1].endswith("Svar er rettet siden, se versjon 2.")
    assert "A1 total: 100.0 → 97.5" in told


def test_verification_by_command_tells_every_difference_as_one_object():
    season = published_season()
    tampered(contacts_of(season, "A2")[0])

    status, told = run("verify_results", season, json=True)

    outcome = json.loads(told.partition("\n")[0])
    assert status == 1
    assert (outcome["refused"], outcome["version"], outcome["agrees"]) == ("results_differ", 1, False)
    assert outcome["count"] == len(outcome["differences"])
    assert {"owner", "field", "frozen", "computed"} == outcome["differences"][0].keys()


@pytest.mark.parametrize("options", [{}, {"version": 7}])
def test_verification_of_nothing_is_refused(options):
    season = closed_season() if not options else published_season()

    status, told = run("verify_results", season, **options)

    assert status == 1
    assert told.count("\n") == 0


def test_other_code_that_gives_the_same_numbers_is_told_and_is_no_difference():
    season = published_season()
    version = versions(season)[0]
    follows_from = {name: getattr(version, f"{name}_fingerprint") for name in ("answers", "questionnaire", "rules")}
    PublicationFactory(
        season=season,
        version=2,
        code_version="0.0.9+old",
        results=version.results,
        rests_on=version.rests_on,
        fingerprint=fingerprint_of(version.results, **follows_from, code="0.0.9+old"),
        **{f"{name}_fingerprint": value for name, value in follows_from.items()},
    )

    status, told = run("verify_results", season)

    assert status == 0
    assert told.endswith("Den ble regnet ut med en annen versjon av koden.\n")
