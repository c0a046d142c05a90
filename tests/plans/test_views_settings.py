import pytest
from django.urls import reverse

from tests.factories.accounts import UserFactory
from tests.factories.participants import SeasonFactory

pytestmark = pytest.mark.django_db

FILLED = {
    "weight_weeks": "1",
    "weight_methods": "2.5",
    "weight_hours": "1",
    "weight_role_plays": "1",
    "weight_demographics": "1",
    "weight_load": "0.1",
    "weight_score": "0.1",
    "closed_on": "24.12.2021\n2021-12-23\n\n24.12.2021",
    "least_working_days": "2",
    "offer_days": "4",
    "week_change_limit": "0",
    "letters_wait_minutes": "45",
}


@pytest.fixture
def season():
    return SeasonFactory(open=True, code="KSP22")


@pytest.fixture
def address(season):
    return reverse("plans:settings", args=[season.code])


@pytest.fixture
def administrator(season, browser_of):
    return browser_of(UserFactory(administrator=True, organiser=season.organiser))


def test_an_administrator_saves_what_plans_weigh_and_rest_on(administrator, season, address):
    answer = administrator.post(address, FILLED)

    season.refresh_from_db()
    kept = season.settings
    assert (answer.status_code, answer.url) == (302, address)
    assert kept.plan_weights == {"methods": 2.5}
    assert kept.closed_on == ["2021-12-23", "2021-12-24"]
    assert (kept.least_working_days, kept.offer_days, kept.week_change_limit) == (2, 4, 0)
    assert kept.letters_wait_minutes == 45


def test_the_page_says_which_weeks_are_left_out(administrator, season, address):
    administrator.post(address, {**FILLED, "least_working_days": "5"})

    page = administrator.get(address)

    weeks = page.context["weeks"]
    assert [week.week for week in weeks["shut"]] == [51, 13]
    assert "23.12.2021\n24.12.2021" in page.content.decode()
    assert len(weeks["open"]) == 16


def test_a_day_nobody_understands_is_refused_with_what_was_typed(administrator, season, address):
    page = administrator.post(address, {**FILLED, "closed_on": "julaften"})

    season.refresh_from_db()
    assert page.status_code == 200
    assert page.context["form"].errors == {"closed_on": ["«julaften» er ikke en dag. Skriv den slik: 24.12.2021."]}
    assert "julaften</textarea>" in page.content.decode()
    assert season.settings.plan_weights == {}


@pytest.mark.parametrize("day", ["31.2.2022", "2022-13-01"])
def test_a_day_that_does_not_exist_is_refused(administrator, address, day):
    assert list(administrator.post(address, {**FILLED, "closed_on": day}).context["form"].errors) == ["closed_on"]


def test_a_manager_reads_and_does_not_change(season, address, browser_of):
    desk = browser_of(UserFactory(manager=True, organiser=season.organiser))

    page = desk.get(address)

    assert all(field.field.disabled for field in page.context["form"])
    assert desk.post(address, FILLED).status_code == 403
    season.refresh_from_db()
    assert season.stored_settings == {}


def test_published_season_stays_as_it_was(browser_of):
    season = SeasonFactory(published=True, code="KSP21")
    desk = browser_of(UserFactory(administrator=True, organiser=season.organiser))

    desk.post(reverse("plans:settings", args=["KSP21"]), FILLED)

    season.refresh_from_db()
    assert season.stored_settings == {}


def test_page_makes_a_constant_number_of_queries(administrator, address, count_queries):
    with count_queries(5):
        administrator.get(address)
