"""Participants with approved contacts, scored, and the people who may look at them."""

from scoring.services import recompute_season
from tests.factories.accounts import UserFactory
from tests.factories.participants import EnrolmentFactory, RepresentativeFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response

PARTLY = {"agent_needs": "no", "overall_efficient": "none"}


def season_that_ranks(state="open", **fields):
    """Give a season in which one contact is enough for a place and two participants for a winner."""
    settings = {"least_contacts_ranked": 1, "least_contacts_method": 1, "least_class_size": 2}
    return season_with_battery(state, stored_settings=settings, **fields)


def enrolled(season, **fields):
    """Give an enrolment and somebody who represents its participant."""
    enrolment = EnrolmentFactory(season=season, **fields)
    return enrolment, RepresentativeFactory(participant=enrolment.participant).user


def approved(enrolment, *, weeks=("2021-W48",), **how):
    """Give one approved contact for each of the weeks."""
    return [
        filled_response("approved", season=enrolment.season, enrolment=enrolment, week=week, **how) for week in weeks
    ]


def scored(season):
    """Compute the season's scores as an administrator does."""
    recompute_season(season.pk, by=UserFactory(organiser=season.organiser, administrator=True))
