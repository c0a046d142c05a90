import pytest
from django.utils import translation

from participants.models import Season
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.selectors import forget_questionnaires, questionnaire_of, read_questionnaire
from tests.factories.participants import SeasonFactory
from tests.factories.questionnaires import (
    AnswerOptionFactory,
    PerformanceAreaFactory,
    QuestionFactory,
    season_with_battery,
)

pytestmark = pytest.mark.django_db


def small_questionnaire(**season):
    """Give two areas with a question each, stored in another order than the one that they are asked in."""
    season = SeasonFactory(**season)
    last = PerformanceAreaFactory(season=season, code="last", position=2)
    first = PerformanceAreaFactory(season=season, code="first", position=1)
    late = QuestionFactory(season=season, area=last, code="late", position=20, methods=["email"])
    early = QuestionFactory(
        season=season, area=first, code="early", position=10, kind=QuestionKind.WAITING, methods=["phone", "email"]
    )
    AnswerOptionFactory(question=early, code="no", position=2)
    AnswerOptionFactory(question=early, code="yes", position=1)
    QuestionFactory()
    return season, early, late


def test_questionnaire_stands_in_the_order_in_which_it_is_asked():
    season, early, late = small_questionnaire()

    found = questionnaire_of(season)

    assert found.season_id == season.pk
    assert [area.code for area in found.areas] == ["first", "last"]
    assert [item.question for item in found.asked] == [early, late]
    assert [option.code for option in found.asked[0].options] == ["yes", "no"]
    assert found.asked[1].options == ()


def test_questions_and_options_are_found_by_code_and_key():
    season, early, late = small_questionnaire()

    found = questionnaire_of(season)

    asked = found.by_code["early"]
    assert (found.by_key[early.pk], found.by_key[late.pk]) == (asked, found.by_code["late"])
    assert found.by_code.keys() == {"early", "late"}
    assert asked.option_by_code["no"] == asked.options[1]
    assert asked.number_by_option == {asked.options[0].pk: 0, asked.options[1].pk: 1}


@pytest.mark.parametrize(("method", "codes"), [("phone", ["early"]), ("email", ["early", "late"]), ("chat", [])])
def test_contact_answers_the_questions_of_its_method(method, codes):
    found = questionnaire_of(small_questionnaire()[0])

    assert [item.question.code for item in found.for_method(method)] == codes
    assert found.for_method(method) is found.for_method(method)


def test_waiting_question_is_the_methods_own():
    found = questionnaire_of(season_with_battery())

    asked = {method: found.waiting_question(method).question.code for method in ("phone", "email", "chat", "messenger")}

    assert asked == {method: f"waiting_{method}" for method in asked}


def test_questionnaire_takes_three_queries_of_any_size(count_queries):
    for season in (small_questionnaire()[0], season_with_battery(state="preparing")):
        with count_queries(3):
            questionnaire_of(season)


def test_frozen_questionnaire_is_read_once(count_queries):
    season = season_with_battery()
    first = questionnaire_of(season)

    with count_queries(0):
        again = questionnaire_of(Season(pk=season.pk, state="published"))

    assert again is first


def test_questionnaire_in_preparation_is_read_anew_and_kept_by_nobody():
    season, early, _ = small_questionnaire()
    before = questionnaire_of(season)

    early.text_nb = "Svarte noen?"
    early.save()

    assert questionnaire_of(season).by_code["early"].question.text_nb == "Svarte noen?"
    assert before.by_code["early"].question.text_nb != "Svarte noen?"


def test_reading_passes_over_what_is_kept(count_queries):
    season = season_with_battery()
    kept = questionnaire_of(season)

    with count_queries(3):
        assert read_questionnaire(season) is not kept
    forget_questionnaires()
    with count_queries(3):
        assert questionnaire_of(season) is not kept


def test_what_is_derived_is_kept_with_the_questionnaire():
    season = season_with_battery()

    questionnaire_of(season).derived["answer"] = 42

    assert questionnaire_of(season).derived == {"answer": 42}
    assert read_questionnaire(season).derived == {}


@pytest.mark.parametrize(("language", "words"), [("nb", ["Navn", "Innledning"]), ("en", ["Name", "Innledning"])])
def test_texts_are_in_the_readers_language_or_norwegian(language, words):
    area = PerformanceAreaFactory.build(season=None, name_nb="Navn", name_en="Name", intro_nb="Innledning", intro_en="")

    with translation.override(language):
        assert [area.name, area.intro] == words


@pytest.mark.parametrize("language", ["nb", "en"])
def test_question_and_option_speak_the_readers_language(language):
    question = QuestionFactory.build(
        season=None, area=None, text_nb="Tekst", text_en="Text", help_nb="Hjelp", help_en="Help"
    )
    option = AnswerOptionFactory.build(question=None, label_nb="Ja", label_en="Yes")

    with translation.override(language):
        words = [question.text, question.help, option.label]

    assert words == (["Text", "Help", "Yes"] if language == "en" else ["Tekst", "Hjelp", "Ja"])
    assert [str(question), str(option), str(PerformanceAreaFactory.build(season=None, name_nb="Navn"))] == [
        "Tekst",
        "Ja",
        "Navn",
    ]
