"""What reports demand when they hear that a season opens."""

from typing import Any, ClassVar

from django.dispatch import receiver
from django.utils.translation import gettext as _

from ksp.lib.errors import DomainError
from ksp.lib.workflow import Transition
from participants.models import ContactMethod, Season
from participants.signals import season_changed
from participants.workflow import OPEN
from responses.outcomes import waiting_rules
from responses.questionnaires.models import QuestionKind
from responses.questionnaires.selectors import Questionnaire, read_questionnaire
from responses.waiting import has_all_steps


class QuestionnaireIncomplete(DomainError):
    """A season cannot open with a questionnaire that some contact could not be reported with."""

    code: ClassVar[str] = "questionnaire_incomplete"


@receiver(season_changed, dispatch_uid="responses.require_questionnaire")
def require_questionnaire(*, season: Season, transition: Transition, **_signal: Any) -> None:
    """Refuse to open a season whose questionnaire lacks questions or steps of waiting time."""
    if transition is not OPEN:
        return
    questionnaire = read_questionnaire(season)
    if not questionnaire.asked:
        raise QuestionnaireIncomplete(_("The season has no questionnaire. Install one before you open it."))
    for method in ContactMethod:
        if not _has_steps(questionnaire, season, method):
            message = _("The questionnaire lacks steps of waiting time for %(method)s. Add them before you open it.")
            raise QuestionnaireIncomplete(message % {"method": method.label})


def _has_steps(questionnaire: Questionnaire, season: Season, method: str) -> bool:
    asked = [item for item in questionnaire.for_method(method) if item.question.kind == QuestionKind.WAITING]
    if len(asked) != 1:
        return False
    options = [(option.code, option.value) for option in asked[0].options]
    return has_all_steps(method, options=options, rules=waiting_rules(season.settings))
