"""Both surveys in a frozen version of the results, and what each reader sees of it."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from ksp.accounts.models import Role
from reports.exports.results import results_of
from reports.selectors.result_list import result_list
from reports.services import publish_results
from reports.verification import verify
from scoring.models import SisterResult
from scoring.sister_certainty import total_errors
from tests.factories.accounts import UserFactory
from tests.scoring.sister_seasons import season_of_both

pytestmark = pytest.mark.django_db

URL = reverse("reports:results")


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())).strip()


def published(**settings):
    season = season_of_both(**settings)
    return publish_results(season.pk, by=UserFactory(administrator=True, organiser=season.organiser))


def test_export_holds_both_results_their_mean_and_its_certainty():
    season = season_of_both()

    results = results_of(season, by=UserFactory(manager=True, organiser=season.organiser))

    first, second = results["combined"]
    codes = {row["name"]: row["participant"] for row in results["participants"]}
    assert (first["participant"], first["total"], first["sister"], first["mean"], first["place"]) == (
        codes["Midt Bank"],
        91.0,
        80.5,
        85.75,
        1,
    )
    assert (second["participant"], second["place"], second["shared"]) == (codes["Best Strøm"], 2, False)
    own = total_errors(season)
    key = season.enrolments.get(participant__name="Midt Bank").pk
    reach = 1.959964 * (own[key] ** 2 + 1.5**2) ** 0.5 / 2
    assert own[key] > 0
    assert first["interval"] == pytest.approx([85.75 - reach, min(100, 85.75 + reach)], abs=1e-5)
    assert (first["probability_first"] > 0.5, first["probability_first"] + second["probability_first"]) == (True, 1)
    (award,) = [one for one in results["awards"] if one["award"] == "best_of_both"]
    assert award == {
        "award": "best_of_both",
        "award_class": None,
        "method": None,
        "participant": codes["Midt Bank"],
        "score": 85.75,
        "shared": False,
    }
    assert [one["award"] for one in results["awards"]][:2] == ["best_in_test", "best_of_both"]


def test_frozen_version_follows_from_answers_and_sister_results():
    publication = published()
    assert verify(publication).differences == ()

    SisterResult.objects.filter(score=80.5).update(score=10)

    changed = [(one.field, one.frozen, one.computed) for one in verify(publication).differences]
    assert ("combined.sister", 80.5, 10.0) in changed
    assert ("combined.place", 1, 2) in changed


@pytest.mark.parametrize(
    ("role", "settings", "sees_interval", "sees_chance"),
    [
        (None, {}, False, True),
        (None, {"intervals_for": "public", "probabilities_for": "managers"}, True, False),
        (Role.PARTICIPANT, {}, True, True),
        (Role.OBSERVER, {"probabilities_for": "participants"}, False, False),
        (Role.MANAGER, {"intervals_for": "managers", "probabilities_for": "managers"}, True, True),
    ],
)
def test_season_decides_who_sees_how_certain_the_mean_is(role, settings, sees_interval, sees_chance):
    publication = published(**settings)
    reader = AnonymousUser() if role is None else UserFactory(role=role, organiser=publication.season.organiser)

    rows = result_list(publication, reader=reader).combined

    assert [row.name for row in rows] == ["Midt Bank", "Best Strøm"]
    assert [row.interval is not None for row in rows] == [sees_interval] * 2
    assert [row.chance is not None for row in rows] == [sees_chance] * 2


def test_public_list_shows_both_surveys_beside_their_mean(client):
    publication = published()

    page = text_of(client.get(URL))

    assert "Norges beste kundesenter Midt Bank 85,8 Det beste snittet av KSP og NBK" in page
    assert "KSP og NBK samlet 2 deltakere med begge" in page
    assert re.search(r"1\. Midt Bank Bank · sannsynlighet for å være best: \d+ % 85,8 KSP 91,0 NBK 80,5", page)
    assert "2. Best Strøm Strøm 69,1 KSP 98,2 NBK 40,0" in page
    assert "Sist Strøm" not in page.split("KSP og NBK samlet")[1]
    one_class = result_list(publication, award_class="Bank", reader=AnonymousUser())
    assert ([one.name for one in one_class.best_of_both], one_class.combined) == (["Midt Bank"], ())


def test_list_without_sister_results_says_nothing_of_them(client):
    season = season_of_both({})
    publish_results(season.pk, by=UserFactory(administrator=True, organiser=season.organiser))

    page = text_of(client.get(URL))

    assert "Best Strøm" in page
    assert ("NBK" in page, "Norges beste kundesenter" in page) == (False, False)
