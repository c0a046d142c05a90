"""How certain the published results are: what each reader sees beside totals, places and awards."""

import pytest
from django.test import Client
from django.urls import reverse

from ksp.lib import formatting
from participants.models import Season
from participants.services import publish_season
from tests.factories.accounts import UserFactory
from tests.reports.publishing import closed_season, director, text_of

pytestmark = pytest.mark.django_db
RESULTS = reverse("reports:results")
IN_CLASS = f"{RESULTS}?class=Strøm"
CHANCE, READERS = "Sannsynlighet for å være best i klassen", ("public", "participants", "managers")


def published(**settings):
    season = closed_season()
    Season.objects.filter(pk=season.pk).update(stored_settings={**season.stored_settings, **settings})
    return publish_season(season.pk, by=director(season))


def readers_of(season, client_of):
    """Give a browser of nobody, of a participant and of a manager."""
    people = ({"participant": True}, {"manager": True})
    return dict(
        zip(
            READERS,
            [client_of(), *(client_of(UserFactory(organiser=season.organiser, **who)) for who in people)],
            strict=True,
        )
    )


@pytest.fixture
def client_of():
    def make(user=None):
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return make


def frozen(season, code="A1"):
    return next(row for row in season.publications.get().results["participants"] if row["participant"] == code)


def test_frozen_results_say_how_certain_they_are():
    season = published()

    row = frozen(season)

    assert row["total_interval"][0] < row["total"] <= row["total_interval"][1]
    assert row["rank_class_interval"] == [1, 2]
    assert row["probability_first"] + frozen(season, "A2")["probability_first"] == pytest.approx(1)
    assert frozen(season, "B1")["probability_first"] == 1


@pytest.mark.parametrize("audience", READERS)
def test_chance_stands_beside_the_trophy_for_those_whom_the_season_lets_see_it(audience, client_of):
    season = published(probabilities_for=audience)
    told = f"{CHANCE}: {formatting.probability(frozen(season)['probability_first'])}"

    for reader, client in readers_of(season, client_of).items():
        sees = READERS.index(reader) >= READERS.index(audience)
        for address in (RESULTS, IN_CLASS):
            assert (told.replace("\u00a0", " ") in text_of(client.get(address)).replace("\u00a0", " ")) == sees
            assert (CHANCE in client.get(address).content.decode()) == sees


@pytest.mark.parametrize("audience", READERS)
def test_intervals_stand_with_totals_and_places_for_those_whom_the_season_lets_see_them(audience, client_of):
    season = published(intervals_for=audience, probabilities_for="managers")
    interval = formatting.interval(frozen(season)["total_interval"])

    for reader, client in readers_of(season, client_of).items():
        sees = READERS.index(reader) >= READERS.index(audience)
        for address in (RESULTS, IN_CLASS):
            page = text_of(client.get(address))
            assert (interval in page) == sees
            assert ("Trolig mellom 1 og" in page) == sees
