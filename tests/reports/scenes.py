"""Participants with approved contacts, scored, and the people who may look at them."""

from datetime import timedelta
from random import Random

from participants.models import Season
from reports.services import freeze_results
from responses.questionnaires.models import Question
from responses.questionnaires.selectors import questionnaire_of
from scoring.models import ScoringState
from scoring.season_statistics import compute_statistics
from scoring.services import recompute_season, store_statistics
from tests.factories.accounts import UserFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory, RepresentativeFactory
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
    """Compute the season's scores as an administrator does; of a published season they are frozen."""
    by = UserFactory(organiser=season.organiser, administrator=True)
    recompute_season(season.pk, by=by)
    if season.published_at is not None:
        freeze_results(season.pk, now=season.published_at, by=by)


def judged(season):
    """Store how certain the season's results are."""
    by = UserFactory(organiser=season.organiser, administrator=True)
    state = ScoringState.objects.get(season=season)
    store_statistics(season.pk, compute_statistics(season), scores_at=state.computed_at, by=by)


def any_answers(rng, season, method):
    """Give an option of every question that the method asks, chosen by chance."""
    asked = [item for item in questionnaire_of(season).for_method(method) if item.options]
    return {item.question.code: rng.choice(item.options).code for item in asked}


def contacted(enrolments, *, contacts=6, seed=1):
    """Give every enrolment contacts with any answers, by observers who meet several of them."""
    rng = Random(seed)
    organiser = enrolments[0].season.organiser
    observers = [ObserverFactory(organiser=organiser) for _ in range(contacts)]
    for enrolment in enrolments:
        for place, observer in enumerate(observers):
            method = ("phone", "email")[place % 2]
            choose = any_answers(rng, enrolment.season, method)
            approved(enrolment, method=method, choose=choose, observer=observer)


def judged_season(*, participants=4, **settings):
    """Give a season of one class with its enrolments, all of them judged, and who represents the first one."""
    season = season_with_battery(stored_settings={"least_contacts_ranked": 1, **settings})
    award_class = AwardClassFactory(season=season)
    enrolment, user = enrolled(season, award_class=award_class)
    others = [EnrolmentFactory(season=season, award_class=award_class) for _ in range(participants - 1)]
    contacted([enrolment, *others])
    scored(season)
    judged(season)
    return season, [enrolment, *others], user


def judged_again(old, enrolments, **settings):
    """Give the season after, with one question worded anew, one that is new and one that is gone, judged."""
    Season.objects.filter(pk=old.pk).update(state="closed")
    later = {name: getattr(old, name) + timedelta(weeks=52) for name in ("starts_on", "ends_on")}
    new = season_with_battery(
        "preparing", organiser=old.organiser, stored_settings={"least_contacts_ranked": 1, **settings}, **later
    )
    questions = Question.objects.filter(season=new)
    questions.filter(code="welcome_easy").update(text_nb="Var det lett?")
    questions.filter(code="agent_cared").update(code="agent_warm", text_nb="Var kundebehandleren varm?")
    Season.objects.filter(pk=new.pk).update(state="open", opened_at=old.opened_at)
    new.refresh_from_db()
    award_class = AwardClassFactory(season=new)
    again = [EnrolmentFactory(season=new, award_class=award_class, participant=one.participant) for one in enrolments]
    contacted(again, seed=2)
    scored(new)
    judged(new)
    return new, again
