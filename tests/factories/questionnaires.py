"""Areas, questions, options, and the whole default questionnaire."""

import factory

from ksp.accounts.models import Role
from participants.models import Season
from responses.questionnaires.battery import load_battery
from responses.questionnaires.models import AnswerOption, PerformanceArea, Question, QuestionKind
from responses.questionnaires.services import install_battery
from tests.factories.accounts import UserFactory
from tests.factories.participants import SeasonFactory


class PerformanceAreaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PerformanceArea

    season = factory.SubFactory(SeasonFactory)
    code = factory.Sequence(lambda n: f"area-{n}")
    name_nb = "Kundebehandleren"
    position = factory.Sequence(lambda n: n + 1)


class QuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Question

    season = factory.SubFactory(SeasonFactory)
    area = factory.SubFactory(PerformanceAreaFactory, season=factory.SelfAttribute("..season"))
    code = factory.Sequence(lambda n: f"question-{n}")
    kind = QuestionKind.SCORED
    methods = ["phone", "email", "chat", "messenger"]
    position = factory.Sequence(lambda n: n + 1)
    text_nb = "Lyttet kundebehandleren?"


class AnswerOptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AnswerOption

    question = factory.SubFactory(QuestionFactory)
    code = factory.Sequence(lambda n: f"option-{n}")
    label_nb = "Ja"
    points = 1
    position = factory.Sequence(lambda n: n + 1)


def season_with_battery(state: str = "open", battery: str = "ksp22", **fields: object) -> Season:
    """Return a season with the whole default questionnaire, in the given state."""
    season = SeasonFactory(**fields)
    by = UserFactory(organiser=season.organiser, role=Role.ADMINISTRATOR)
    install_battery(season.pk, battery=load_battery(battery), by=by)
    if state != "preparing":
        shape = SeasonFactory.build(**{state: True}, organiser=season.organiser)
        Season.objects.filter(pk=season.pk).update(
            state=shape.state,
            opened_at=shape.opened_at,
            closed_at=shape.closed_at,
            published_at=shape.published_at,
            pause_reason=shape.pause_reason,
        )
        season.refresh_from_db()
    return season
