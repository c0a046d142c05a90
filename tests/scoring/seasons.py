"""A small season with reports to approve, and everything that is stored of its scores."""

from django.db import transaction

from responses.questionnaires.selectors import questionnaire_of
from responses.services import approve_response
from responses.workflow import ReportState
from scoring.models import ResponseScore, ScoreSummary
from scoring.services import recompute_season
from tests.factories.accounts import UserFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory
from tests.factories.questionnaires import season_with_battery
from tests.factories.responses import filled_response

GRADE = {"content": 3, "instructions": 3, "language": 4, "punctuality": 4}
RANKED = {"least_contacts_ranked": 1}


def small_season(*, classes=2, participants=3, settings=RANKED):
    """Give a season and its enrolments, each class with as many participants."""
    season = season_with_battery(stored_settings=settings)
    groups = [AwardClassFactory(season=season) for _ in range(classes)]
    enrolments = [EnrolmentFactory(season=season, award_class=group) for group in groups for _ in range(participants)]
    return season, enrolments


def report(enrolment, *, method="phone", answered=True, state=ReportState.SUBMITTED, **choose):
    """Give a report of that participant; what is not chosen has its best answer."""
    return filled_response(
        state, season=enrolment.season, enrolment=enrolment, method=method, answered=answered, choose=choose
    )


def random_report(enrolment, rng):
    """Give a submitted report with any answers; one in eight was never answered."""
    method = rng.choice(["phone", "email", "chat", "messenger"])
    asked = [item for item in questionnaire_of(enrolment.season).for_method(method) if item.options]
    answered = rng.random() > 1 / 8
    choose = {item.question.code: rng.choice(item.options).code for item in asked} if answered else {}
    return report(enrolment, method=method, answered=answered, **choose)


def approve(response, by=None):
    """Approve the report as a project manager would."""
    by = by or UserFactory(manager=True, organiser=response.season.organiser)
    return approve_response(response.pk, grade=GRADE, by=by)


def administrator(season):
    """Give somebody who may recompute the season."""
    return UserFactory(administrator=True, organiser=season.organiser)


def stored(season):
    """Give every stored number of the season, to the last bit, except the keys of the rows."""
    return [_rows(model, season) for model in (ResponseScore, ScoreSummary)]


def _rows(model, season):
    names = [field.attname for field in model._meta.concrete_fields if field.attname != "id"]
    found = model.objects.filter(season=season).values_list(*names)
    plain = [tuple(bytes(value) if isinstance(value, memoryview) else value for value in row) for row in found]
    return sorted(plain, key=repr)


def from_scratch(season):
    """Give what would be stored if every score were computed anew; what is stored stays as it is."""
    with transaction.atomic():
        recompute_season(season.pk, by=administrator(season))
        found = stored(season)
        transaction.set_rollback(True)
    return found
