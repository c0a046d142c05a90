"""Turns a season's questionnaire and settings into what the engine takes."""

from participants.models import Season
from participants.season_settings import SeasonSettings
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.selectors import Questionnaire, questionnaire_of
from scoring.engine.battery import Battery, OptionSpec, QuestionSpec
from scoring.engine.rules import Rules


def battery_of(season: Season) -> Battery:
    """Return the season's questions as arrays; kept as long as the questionnaire is."""
    questionnaire = questionnaire_of(season)
    if battery_of not in questionnaire.derived:
        questionnaire.derived[battery_of] = _built(questionnaire)
    battery: Battery = questionnaire.derived[battery_of]
    return battery


def _built(questionnaire: Questionnaire) -> Battery:
    """Return the questionnaire as arrays; an area is scored if a question in it gives points."""
    counted = {QuestionKind.WAITING, QuestionKind.SCORED}
    scored = {item.question.area_id for item in questionnaire.asked if item.question.kind in counted}
    return Battery.build(
        areas=[area.code for area in questionnaire.areas if area.pk in scored],
        questions=[
            QuestionSpec(
                item.question.code,
                item.question.area.code,
                item.question.kind,
                item.question.methods,
                [OptionSpec(option.points, option.is_not_applicable, option.value) for option in item.options],
            )
            for item in questionnaire.asked
        ],
    )


def scoring_rules(settings: SeasonSettings) -> Rules:
    """Return the season's settings as the engine takes them."""
    return Rules.from_dict(
        {
            "mean": settings.mean,
            "min_contacts_ranked": settings.least_contacts_ranked,
            "min_contacts_method": settings.least_contacts_method,
            "min_class_size": settings.least_class_size,
            "areas_over_all": settings.areas_over_all,
            "ties": settings.ties,
            "best_on": settings.best_on,
        }
    )
