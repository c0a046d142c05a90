from datetime import timedelta

import pytest

from participants.models import Season
from responses.questionnaires.comparing import Sameness
from responses.questionnaires.earlier import comparison_with_earlier, earlier_season
from responses.questionnaires.models import Question
from tests.factories.accounts import UserFactory
from tests.factories.participants import SeasonFactory
from tests.factories.questionnaires import season_with_battery

pytestmark = pytest.mark.django_db


def after(season, state="open", weeks=52, **fields):
    """Give a later season of the same organiser, in preparation until all is said."""
    dates = {name: getattr(season, name) + timedelta(weeks=weeks) for name in ("starts_on", "ends_on")}
    found = season_with_battery("preparing", organiser=season.organiser, **dates, **fields)
    Question.objects.filter(season=found, code="welcome_easy").update(text_nb="Var det lett?")
    Question.objects.filter(season=found, code="agent_cared").update(code="agent_warm", text_nb="Var hen varm?")
    if state != "preparing":
        Season.objects.filter(pk=found.pk).update(state=state, opened_at=season.opened_at)
        found.refresh_from_db()
    return found


def closed(**fields):
    season = season_with_battery("open", **fields)
    Season.objects.filter(pk=season.pk).update(state="closed")
    season.refresh_from_db()
    return season


def test_earlier_season_is_the_latest_of_the_organiser_that_is_over_and_asks_anything():
    oldest = closed()
    old = after(oldest)
    Season.objects.filter(pk=old.pk).update(state="published", published_at=oldest.opened_at)
    new = after(oldest, weeks=200)
    after(oldest, weeks=150)
    soon = {name: getattr(new, name) - timedelta(weeks=1) for name in ("starts_on", "ends_on")}
    closed(**soon)
    SeasonFactory(organiser=new.organiser, state="closed", opened_at=old.opened_at, **soon)

    assert [earlier_season(season) for season in (oldest, old, new)] == [None, oldest, old]


def test_questionnaire_is_compared_with_the_season_before():
    old = closed()
    new = after(old)

    comparison = comparison_with_earlier(new)

    assert comparison.marks == {"welcome_easy": Sameness.CHANGED, "agent_warm": Sameness.NEW}
    assert (comparison.old, comparison.gone) == (old, ("agent_cared",))
    assert comparison_with_earlier(old) is None


@pytest.mark.parametrize("state", ["preparing", "open"])
def test_questionnaires_page_marks_what_is_new_and_changed(browser_of, state):
    old = closed()
    new = after(old, state)
    browser = browser_of(UserFactory(manager=True, organiser=new.organiser))

    response = browser.get(f"/questionnaire/{new.code}/")

    shown = {item.question.code: item.mark for group in response.context["areas"] for item in group.asked if item.mark}
    assert shown == {"welcome_easy": Sameness.CHANGED, "agent_warm": Sameness.NEW}
    page = response.content.decode()
    assert f"Siden forrige sesong ({old.code})" in page
    counts = response.context["since"].counts
    assert f"Uendret: {counts['same']} · endret: 1 · nye: 1 · ikke stilt lenger: 1" in page
    assert (
        page.count('<span class="chip chip-own">Endret</span>')
        == page.count('<span class="chip chip-own">Ny</span>')
        == 1
    )


def test_first_questionnaire_has_no_marks(browser_of):
    season = closed()

    page = browser_of(UserFactory(manager=True, organiser=season.organiser)).get(f"/questionnaire/{season.code}/")

    assert "Siden forrige sesong" not in page.content.decode()


@pytest.mark.parametrize("earlier", [0, 1, 3])
def test_comparing_costs_one_query_once_the_earlier_questionnaire_is_known(browser_of, count_queries, earlier):
    season = closed()
    for weeks in range(1, earlier + 1):
        Season.objects.filter(pk=after(season, weeks=weeks).pk).update(state="closed")
    new = after(season, weeks=52)
    browser = browser_of(UserFactory(manager=True, organiser=new.organiser))
    browser.get(f"/questionnaire/{new.code}/")

    with count_queries(9):
        browser.get(f"/questionnaire/{new.code}/")
