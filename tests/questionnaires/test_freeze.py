"""A questionnaire is frozen by opening the season: through the services, and past them."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from participants.services import close_season, open_season, pause_season, publish_season, resume_season
from responses.questionnaires.models import AnswerOption, PerformanceArea, Question
from responses.questionnaires.selectors import questionnaire_of, read_questionnaire
from tests.factories.accounts import UserFactory
from tests.factories.questionnaires import season_with_battery

pytestmark = pytest.mark.django_db


def refused(change):
    with pytest.raises(IntegrityError, match="its questionnaire is frozen"), transaction.atomic():
        change()


def content(season):
    """Give every stored word and number of the questionnaire."""
    rows = {
        PerformanceArea: PerformanceArea.objects.filter(season=season),
        Question: Question.objects.filter(season=season),
        AnswerOption: AnswerOption.objects.filter(question__season=season),
    }
    return {model: list(found.order_by("pk").values()) for model, found in rows.items()}


def test_questionnaire_stays_as_it_was_when_the_season_opened_until_the_end():
    season = season_with_battery(state="preparing")
    by = UserFactory(administrator=True, organiser=season.organiser)
    before = content(season)
    moves = [
        lambda: open_season(season.pk, by=by),
        lambda: pause_season(season.pk, reason="Stengt", by=by),
        lambda: resume_season(season.pk, by=by),
        lambda: close_season(season.pk, by=by),
        lambda: publish_season(season.pk, by=by),
    ]

    for move in moves:
        move()
        refused(lambda: AnswerOption.objects.filter(question__season=season).update(points=0))
        refused(lambda: Question.objects.filter(season=season).update(kind="unscored"))
        refused(lambda: PerformanceArea.objects.filter(season=season).update(name_nb="Noe annet"))

    assert content(season) == before


def test_questionnaire_of_an_open_season_cannot_be_saved_or_deleted_through_the_models():
    season = season_with_battery()
    questionnaire = read_questionnaire(season)
    asked = questionnaire.by_code["welcome_easy"]
    before = content(season)
    asked.options[0].points = 99

    refused(asked.options[0].save)
    refused(asked.options[0].delete)
    refused(lambda: asked.question.options.create(code="new", label_nb="Ny", position=9))
    with pytest.raises(DatabaseError), transaction.atomic():
        questionnaire.by_code["agent_comment"].question.delete()

    assert content(season) == before


def test_frozen_seasons_leave_the_others_free():
    season_with_battery()
    free = season_with_battery(state="preparing")

    changed = AnswerOption.objects.filter(question__season=free, code="personal").update(points=4)

    assert changed == 1
    assert questionnaire_of(free).by_code["welcome_personal"].option_by_code["personal"].points == 4
