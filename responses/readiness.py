"""What reports know of a season's preparation."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from participants.models import Season
from participants.preparation import Point
from participants.workflow import OPEN
from responses.receivers import QuestionnaireIncomplete, require_questionnaire


def of_questionnaire(season: Season) -> Iterator[Point]:
    """Tell whether every contact of the season could be reported."""
    problem = ""
    try:
        require_questionnaire(season=season, transition=OPEN)
    except QuestionnaireIncomplete as error:
        problem = str(error)
    yield Point(
        title=_("The questionnaire is complete"),
        is_met=not problem,
        is_needed=True,
        text=problem or _("It has questions and steps of waiting time for every contact method."),
        url=reverse("questionnaires:detail", args=[season.code]),
        action=_("See the questionnaire"),
    )
