"""A season whose participants are in the sister survey too."""

from participants.models import Season
from tests.factories.participants import AwardClassFactory, EnrolmentFactory
from tests.factories.scoring import SisterResultFactory
from tests.reports.scenes import PARTLY, approved, scored, season_that_ranks

WEEKS = ("2021-W48", "2021-W49", "2021-W50")
SISTER = {"Best Strøm": (40.0, 2.0), "Midt Bank": (80.5, 1.5)}


def season_of_both(sister=SISTER, **settings):
    """Give a closed season with totals of 98,2, 0 and 91, where the third has the best mean of both surveys."""
    season = season_that_ranks("closed")
    Season.objects.filter(pk=season.pk).update(stored_settings={**season.stored_settings, **settings})
    season.refresh_from_db()
    power, bank = (AwardClassFactory(season=season, name=name) for name in ("Strøm", "Bank"))
    best, last, middle = (
        EnrolmentFactory(season=season, award_class=award_class, participant__name=name)
        for name, award_class in (("Best Strøm", power), ("Sist Strøm", power), ("Midt Bank", bank))
    )
    approved(best, weeks=(*WEEKS, "2022-W02"))
    approved(best, choose=PARTLY)
    approved(last, answered=False, weeks=WEEKS)
    approved(middle, choose=PARTLY, weeks=WEEKS)
    for enrolment in (best, last, middle):
        if enrolment.participant.name in sister:
            score, error = sister[enrolment.participant.name]
            SisterResultFactory(enrolment=enrolment, score=score, standard_error=error)
    scored(season)
    return season
