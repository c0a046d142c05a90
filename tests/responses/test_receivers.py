import pytest
from django.utils import translation

from participants.models import Season
from participants.services import open_season, pause_season, resume_season
from responses.questionnaires.models import AnswerOption, Question
from responses.receivers import QuestionnaireIncomplete
from tests.factories.accounts import UserFactory
from tests.factories.participants import SeasonFactory
from tests.factories.questionnaires import season_with_battery

pytestmark = pytest.mark.django_db


def administrator(season):
    return UserFactory(administrator=True, organiser=season.organiser)


def stays_in_preparation(season, said):
    """Tell that the season does not open, and why."""
    with translation.override("en"), pytest.raises(QuestionnaireIncomplete, match=said) as refusal:
        open_season(season.pk, by=administrator(season))

    assert refusal.value.code == "questionnaire_incomplete"
    assert Season.objects.values_list("state", "opened_at").get(pk=season.pk) == ("preparing", None)


def test_season_with_a_whole_questionnaire_opens():
    season = season_with_battery(state="preparing")

    assert open_season(season.pk, by=administrator(season)).state == "open"


def test_season_without_a_questionnaire_does_not_open():
    stays_in_preparation(SeasonFactory(), "^The season has no questionnaire. Install one")


@pytest.mark.parametrize("method", ["phone", "email", "chat", "messenger"])
def test_season_does_not_open_without_the_waiting_question_of_a_method(method):
    season = season_with_battery(state="preparing")
    AnswerOption.objects.filter(question__season=season, question__code=f"waiting_{method}").delete()
    Question.objects.filter(season=season, code=f"waiting_{method}").delete()

    label = {"phone": "Phone", "email": "E-mail", "chat": "Chat", "messenger": "Messenger"}[method]
    stays_in_preparation(season, f"^The questionnaire lacks steps of waiting time for {label}.")


@pytest.mark.parametrize(("method", "step"), [("phone", "a1_300"), ("email", "d3"), ("chat", "none")])
def test_season_does_not_open_without_a_step_of_waiting_time(method, step):
    season = season_with_battery(state="preparing")
    AnswerOption.objects.filter(question__season=season, question__code=f"waiting_{method}", code=step).delete()

    stays_in_preparation(season, "lacks steps of waiting time")


def test_season_does_not_open_with_two_waiting_questions_of_a_method():
    season = season_with_battery(state="preparing")
    Question.objects.filter(season=season, code="waiting_chat").update(methods=["chat", "phone"])

    stays_in_preparation(season, "lacks steps of waiting time")


def test_other_moves_ask_for_no_questionnaire():
    season = SeasonFactory(open=True)
    by = administrator(season)

    pause_season(season.pk, reason="Stengt", by=by)

    assert resume_season(season.pk, by=by).state == "open"
