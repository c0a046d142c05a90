import pytest
from django.core.exceptions import PermissionDenied

from ksp.accounts.models import AuditEvent
from responses.questionnaires.battery import load_battery
from responses.questionnaires.models import AnswerOption, PerformanceArea, Question
from responses.questionnaires.services import QuestionnaireFixed, install_battery
from tests.factories.accounts import UserFactory
from tests.factories.participants import SeasonFactory

pytestmark = pytest.mark.django_db


def manager_of(season):
    return UserFactory(manager=True, organiser=season.organiser)


def stored_parts():
    return PerformanceArea.objects.count(), Question.objects.count(), AnswerOption.objects.count()


@pytest.mark.parametrize("code", ["ksp22", "ksp23"])
def test_battery_is_stored_whole(code):
    season, battery = SeasonFactory(), load_battery(code)
    by = manager_of(season)

    assert install_battery(season.pk, battery=battery, by=by) == len(battery.questions)

    areas = season.areas.values_list("code", "position", "name_nb", "name_en", "intro_nb", "intro_en")
    assert list(areas) == [
        (area.code, area.position, area.name_nb, area.name_en, area.intro_nb, area.intro_en) for area in battery.areas
    ]
    fields = ("code", "area__code", "kind", "methods", "position", "text_nb", "text_en", "help_nb", "help_en")
    assert list(season.questions.values_list(*fields, "is_adaptable")) == [
        (
            *(item.code, item.area, item.kind, list(item.methods), item.position),
            *(item.text_nb, item.text_en, item.help_nb, item.help_en, item.adaptable),
        )
        for item in battery.questions
    ]
    event = AuditEvent.objects.get(verb="questionnaire.installed")
    assert (event.actor, event.target_key) == (by, str(season.pk))
    assert event.detail == {"battery": battery.code, "questions": len(battery.questions)}


def test_options_are_stored_in_their_order_with_what_they_are_worth():
    season, battery = SeasonFactory(), load_battery("ksp22")

    install_battery(season.pk, battery=battery, by=manager_of(season))

    fields = ("code", "label_nb", "label_en", "points", "is_not_applicable", "value", "position")
    for item in battery.questions:
        stored = AnswerOption.objects.filter(question__season=season, question__code=item.code).values_list(*fields)
        assert list(stored) == [
            (one.code, one.label_nb, one.label_en, one.points, one.not_applicable, one.value, place)
            for place, one in enumerate(item.options, start=1)
        ]


@pytest.mark.parametrize("role", ["observer", "participant", "manager elsewhere"])
def test_questionnaire_is_the_managers(role):
    season = SeasonFactory()
    by = UserFactory(manager=True) if " " in role else UserFactory(role=role, organiser=season.organiser)

    with pytest.raises(PermissionDenied):
        install_battery(season.pk, battery=load_battery("ksp22"), by=by)

    assert stored_parts() == (0, 0, 0)
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("state", ["open", "paused", "closed", "published"])
def test_season_that_has_opened_takes_no_battery(state):
    season = SeasonFactory(**{state: True})

    with pytest.raises(QuestionnaireFixed) as refusal:
        install_battery(season.pk, battery=load_battery("ksp22"), by=manager_of(season))

    assert refusal.value.code == "questionnaire_fixed"
    assert stored_parts() == (0, 0, 0)


def test_second_battery_is_refused_and_the_first_stays():
    season = SeasonFactory()
    install_battery(season.pk, battery=load_battery("ksp22"), by=manager_of(season))
    before = stored_parts()

    with pytest.raises(QuestionnaireFixed):
        install_battery(season.pk, battery=load_battery("ksp23"), by=manager_of(season))

    assert stored_parts() == before
    assert AuditEvent.objects.filter(verb="questionnaire.installed").count() == 1
