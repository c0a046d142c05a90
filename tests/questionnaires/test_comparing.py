import pytest

from responses.questionnaires.comparing import Sameness, compare_questionnaires
from responses.questionnaires.models import AnswerOption, Question
from tests.factories.questionnaires import season_with_battery

pytestmark = pytest.mark.django_db


def two_seasons():
    old = season_with_battery(state="preparing")
    return old, season_with_battery(state="preparing", organiser=old.organiser)


def test_two_seasons_with_one_battery_have_the_same_questions():
    comparison = compare_questionnaires(*two_seasons())

    assert set(comparison.of.values()) == {Sameness.SAME}
    assert comparison.gone == ()
    assert "welcome_easy" in comparison.common
    assert "nps" not in comparison.common


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda question: Question.objects.filter(pk=question.pk).update(text_nb="Annet?"), id="words"),
        pytest.param(lambda question: Question.objects.filter(pk=question.pk).update(methods=["phone"]), id="methods"),
        pytest.param(lambda question: Question.objects.filter(pk=question.pk).update(kind="unscored"), id="kind"),
        pytest.param(
            lambda question: AnswerOption.objects.filter(question=question, points=3).update(points=2), id="points"
        ),
        pytest.param(
            lambda question: AnswerOption.objects.filter(question=question, points=3).update(label_nb="Tja"), id="label"
        ),
    ],
)
def test_question_that_differs_in_anything_has_changed_and_is_not_common(change):
    old, new = two_seasons()
    change(new.questions.get(code="welcome_easy"))

    comparison = compare_questionnaires(old, new)

    assert comparison.of["welcome_easy"] == Sameness.CHANGED
    assert comparison.counts["changed"] == 1
    assert "welcome_easy" not in comparison.common


def test_new_and_dropped_questions_are_named():
    old, new = two_seasons()
    Question.objects.filter(season=new, code="welcome_easy").update(code="welcome_simple")

    comparison = compare_questionnaires(old, new)

    assert comparison.of["welcome_simple"] == Sameness.NEW
    assert comparison.gone == ("welcome_easy",)


def test_moved_question_is_the_same():
    old, new = two_seasons()
    Question.objects.filter(season=new, code="welcome_easy").update(position=900)

    assert compare_questionnaires(old, new).of["welcome_easy"] == Sameness.SAME
