"""Every change to questionnaires."""

from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from ksp.accounts.models import AuditEvent, User
from ksp.lib.errors import DomainError
from participants.models import Season
from responses.questionnaires.battery import Battery
from responses.questionnaires.models import AnswerOption, PerformanceArea, Question


class QuestionnaireFixed(DomainError):
    """The season has opened, or has a questionnaire already."""

    code: ClassVar[str] = "questionnaire_fixed"


@transaction.atomic
def install_battery(season_id: int, *, battery: Battery, by: User) -> int:
    """Give a season in preparation, without questions, all areas, questions and options of a battery.

    Return the number of questions. The database, too, refuses a season that has opened.
    """
    season = Season.objects.select_for_update().get(pk=season_id)
    if not by.has_perm("questionnaires.change_questionnaire", season):
        raise PermissionDenied
    if season.is_frozen:
        raise QuestionnaireFixed(_("The season has opened. Its questionnaire can no longer change."))
    if season.questions.exists():
        raise QuestionnaireFixed(_("The season has a questionnaire already."))
    areas = {
        area.code: PerformanceArea(
            season=season,
            code=area.code,
            position=area.position,
            name_nb=area.name_nb,
            name_en=area.name_en,
            intro_nb=area.intro_nb,
            intro_en=area.intro_en,
        )
        for area in battery.areas
    }
    PerformanceArea.objects.bulk_create(areas.values())
    questions = [
        Question(
            season=season,
            area=areas[item.area],
            code=item.code,
            kind=item.kind,
            methods=list(item.methods),
            position=item.position,
            text_nb=item.text_nb,
            text_en=item.text_en,
            help_nb=item.help_nb,
            help_en=item.help_en,
            is_adaptable=item.adaptable,
        )
        for item in battery.questions
    ]
    Question.objects.bulk_create(questions)
    AnswerOption.objects.bulk_create(
        AnswerOption(
            question=question,
            code=option.code,
            label_nb=option.label_nb,
            label_en=option.label_en,
            points=option.points,
            is_not_applicable=option.not_applicable,
            value=option.value,
            position=place,
        )
        for question, item in zip(questions, battery.questions, strict=True)
        for place, option in enumerate(item.options, start=1)
    )
    AuditEvent.record(by, "questionnaire.installed", season, battery=battery.code, questions=len(questions))
    return len(questions)
