import pytest

from participants.models import Season
from participants.season_settings import SeasonSettings
from responses.questionnaires.models import AnswerOption, QuestionKind
from scoring.batteries import battery_of, scoring_rules
from scoring.engine.rules import Rules
from tests.factories.questionnaires import AnswerOptionFactory, QuestionFactory, season_with_battery

pytestmark = pytest.mark.django_db


def test_battery_has_the_scored_areas_and_every_question_in_order():
    season = season_with_battery()

    battery = battery_of(season)

    assert battery.areas == ("waiting", "welcome", "agent", "overall")
    assert list(battery.questions) == list(season.questions.order_by("position").values_list("code", flat=True))
    assert battery.method_possible.tolist() == [[100, 5, 20, 50, 25]] * 4
    assert [scale.code for scale in battery.scales] == ["csat", "ces", "nps", "ves1", "ves2"]


def test_battery_of_an_open_season_is_kept_in_memory(count_queries):
    season = season_with_battery()
    first = battery_of(season)

    with count_queries(0):
        again = battery_of(Season(pk=season.pk, state=season.state))

    assert again is first


def test_battery_of_a_season_in_preparation_is_read_anew():
    season = season_with_battery(state="preparing")
    before = battery_of(season)

    AnswerOption.objects.filter(question__season=season, question__code="welcome_easy", points=3).update(points=2)

    assert before.method_possible[0, 0] == 100
    assert battery_of(season).method_possible[0, 0] == 99


def test_area_of_unscored_questions_alone_has_no_score():
    question = QuestionFactory(kind=QuestionKind.UNSCORED)
    AnswerOptionFactory(question=question)

    battery = battery_of(question.season)

    assert (battery.areas, battery.questions) == ((), (question.code,))


def test_settings_of_the_season_become_rules():
    settings = SeasonSettings(
        mean="pooled", least_contacts_ranked=7, least_contacts_method=3, least_class_size=2, contacts_per_participant=9
    )

    assert scoring_rules(settings) == Rules(
        mean="pooled", min_contacts_ranked=7, min_contacts_method=3, min_class_size=2
    )
    assert scoring_rules(SeasonSettings()) == Rules()
