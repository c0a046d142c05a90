import re

import pytest
from django.urls import reverse

from responses.models import Grade
from responses.workflow import ReportState
from tests.factories.accounts import UserFactory
from tests.factories.observers import ObserverFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response

pytestmark = pytest.mark.django_db
PAGE = reverse("observers:own_page")


def words(browser):
    html = browser.get(PAGE).content.decode().partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


@pytest.fixture
def season():
    return season_with_battery()


@pytest.fixture
def observer(season):
    return ObserverFactory(organiser=season.organiser, county="Vestland", season_capacity=20)


def test_page_shows_the_grades_and_the_formula(browser_of, observer, season):
    filled_response(ReportState.APPROVED, season=season, observer=observer)
    Grade.objects.update(content=2, instructions=4, language=3, punctuality=1)
    observer.internal_score = 65
    observer.save()

    text = words(browser_of(observer.user))

    assert "65 av 100, den ene rapporten din så langt" in text
    assert "Innhold (40 %) 2,0 av 4" in text
    assert "delt på 4, ganger 100" in text
    assert "Kontakter i sesongen, høyst 20" in text
    assert "Fylke Vestland" in text


def test_page_needs_the_same_queries_with_one_and_three_grades(browser_of, observer, season, count_queries):
    browser = browser_of(observer.user)

    for count in range(2):
        for _one in range(count + 1):
            filled_response(ReportState.APPROVED, season=season, observer=observer)
        browser.get(PAGE)
        with count_queries(7):
            html = browser.get(PAGE).content.decode()
        assert html.count('<th scope="row">') == Grade.objects.count()


def test_new_observer_is_called_new_and_knows_what_that_counts_as(browser_of, observer):
    text = words(browser_of(observer.user))

    assert "Din kvalitet Ny" in text
    assert "Til da regnes du som 70 av 100." in text


def test_score_from_an_earlier_system_is_named_as_such(browser_of, observer):
    observer.carried_score = 81.4
    observer.save()

    assert "81 av 100, fra et tidligere system" in words(browser_of(observer.user))


def test_grades_of_others_are_not_shown(browser_of, observer, season):
    other = filled_response(ReportState.APPROVED, season=season)

    assert other.enrolment.participant.name not in words(browser_of(observer.user))


def test_observer_without_a_profile_is_told_whom_to_ask(browser_of):
    assert "Prosjektlederen har ikke registrert deg som observatør ennå." in words(browser_of(UserFactory()))
