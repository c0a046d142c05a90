"""The season before, for questions to be compared with."""

from django.db.models import Exists, OuterRef

from participants.models import Season
from participants.workflow import SeasonState
from responses.questionnaires.comparing import Comparison, compare_questionnaires
from responses.questionnaires.models import Question
from responses.questionnaires.selectors import Questionnaire

OVER = (SeasonState.CLOSED, SeasonState.PUBLISHED)


def earlier_season(season: Season) -> Season | None:
    """Return the organiser's latest season before this one that is over and has a questionnaire: one query."""
    asked = Exists(Question.objects.filter(season=OuterRef("pk")))
    earlier = Season.objects.filter(organiser=season.organiser_id, starts_on__lt=season.starts_on, state__in=OVER)
    return earlier.filter(asked).exclude(pk=season.pk).order_by("-starts_on", "-pk").first()


def comparison_with_earlier(season: Season, questionnaire: Questionnaire | None = None) -> Comparison | None:
    """Return what became of each question since the season before; none in the first one.

    ``questionnaire`` is the season's, where it has been read already. One query once both are known here.
    """
    before = earlier_season(season)
    return None if before is None else compare_questionnaires(before, season, after=questionnaire)
