import pytest

from ksp.accounts.models import AuditEvent
from responses.questionnaires.models import Question
from tests.factories.accounts import UserFactory
from tests.factories.participants import SeasonFactory
from tests.factories.questionnaires import AnswerOptionFactory, season_with_battery

pytestmark = pytest.mark.django_db


def desk_of(season, browser_of, **fields):
    return browser_of(UserFactory(manager=True, organiser=season.organiser, **fields))


def test_every_method_reaches_a_hundred_points(browser_of):
    season = season_with_battery("open", code="KSP22")

    context = desk_of(season, browser_of).get("/questionnaire/KSP22/").context

    assert context["sums"] == (100, 100, 100, 100)
    assert [(row.area.code, row.points) for row in context["totals"]] == [
        ("waiting", (5, 5, 5, 5)),
        ("welcome", (20, 20, 20, 20)),
        ("agent", (50, 50, 50, 50)),
        ("overall", (25, 25, 25, 25)),
    ]


def test_questions_of_one_method_are_shown(browser_of):
    season = season_with_battery("open", code="KSP22")

    context = desk_of(season, browser_of).get("/questionnaire/KSP22/?method=chat").context

    shown = {item.question.code for group in context["areas"] for item in group.asked}
    assert shown == {question.code for question in Question.objects.all() if "chat" in question.methods}


@pytest.mark.parametrize("battery", ["ksp22", "ksp23"])
def test_questionnaire_has_a_constant_number_of_queries(browser_of, battery, count_queries):
    season = season_with_battery("open", battery, code="KSP22")
    client = desk_of(season, browser_of)

    with count_queries(9):
        client.get("/questionnaire/KSP22/")


def test_questionnaire_is_read_in_english_too(browser_of):
    season = season_with_battery("open", code="KSP22")

    page = desk_of(season, browser_of, language="en").get("/questionnaire/KSP22/")

    assert "Answer and waiting time" in page.content.decode()


def test_questionnaire_is_installed_once_while_the_season_is_prepared(browser_of):
    season = SeasonFactory(code="KSP22")
    client = desk_of(season, browser_of)
    assert client.get("/questionnaire/KSP22/").context["may_install"] is True

    for battery in ("KSP22", "KSP23"):
        client.post("/questionnaire/KSP22/install/", {"battery": battery})

    assert AuditEvent.objects.get().detail["battery"] == "KSP22"
    assert season.questions.count() == AuditEvent.objects.get().detail["questions"]
    assert client.get("/questionnaire/KSP22/").context["may_install"] is False


@pytest.mark.parametrize("battery", ["", "KSP99"])
def test_unknown_questionnaire_is_not_installed(browser_of, battery):
    season = SeasonFactory(code="KSP22")

    page = desk_of(season, browser_of).post("/questionnaire/KSP22/install/", {"battery": battery}, follow=True)

    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert season.questions.count() == 0


def test_questionnaire_is_not_installed_in_a_season_that_has_opened(browser_of):
    season = SeasonFactory(code="KSP22", open=True)

    page = desk_of(season, browser_of).post("/questionnaire/KSP22/install/", {"battery": "KSP22"}, follow=True)

    assert [str(message) for message in page.context["messages"]] == [
        "Sesongen er åpnet. Skjemaet kan ikke lenger endres."
    ]
    assert season.questions.count() == 0


def test_questionnaire_of_another_organiser_is_neither_read_nor_installed(browser_of):
    AnswerOptionFactory(question__season__code="KSP22")
    client = browser_of(UserFactory(manager=True))

    assert client.get("/questionnaire/KSP22/").status_code == 404
    assert client.post("/questionnaire/KSP22/install/", {"battery": "KSP22"}).status_code == 404
    assert Question.objects.count() == 1
