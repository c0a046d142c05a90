"""A season with two classes that is closed or published, and what tests do to it afterwards."""

import re
from io import StringIO

from django.core.management import call_command
from django.core.management.base import CommandError

from participants.services import publish_season
from reports.models import Publication
from responses.models import SurveyResponse
from responses.questionnaires.packing import pack, unpack
from responses.services import correct_answers
from scoring.services import settle_owed_recomputes
from tests.factories.accounts import SystemUserFactory, UserFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory
from tests.reports.scenes import PARTLY, approved, season_that_ranks

REASON = "Innsigelse innvilget: kunden ble spurt om behov."


def closed_season(**fields):
    """Give a season with a class of two and a class of one, each participant with two contacts."""
    season = season_that_ranks("closed", **fields)
    SystemUserFactory(organiser=season.organiser)
    power = AwardClassFactory(season=season, name="Strøm")
    bank = AwardClassFactory(season=season, name="Bank")
    for code, name, award_class, choose in (
        ("A1", "Best Strøm", power, {}),
        ("A2", "Nest Strøm", power, {"agent_needs": "no"}),
        ("B1", "Midt Bank", bank, PARTLY),
    ):
        enrolment = EnrolmentFactory(
            season=season, award_class=award_class, participant__name=name, participant__code=code
        )
        approved(enrolment, weeks=("2021-W48", "2021-W49"), choose=choose)
    return season


def director(season):
    """Give somebody who may publish."""
    return UserFactory(organiser=season.organiser, administrator=True)


def published_season(**fields):
    """Give the same season, published by the service."""
    season = closed_season(**fields)
    return publish_season(season.pk, by=director(season))


def contacts_of(season, code="A1"):
    """Give the participant's approved contacts, the first first."""
    return list(SurveyResponse.objects.filter(season=season, enrolment__participant__code=code).order_by("pk"))


def correct(season, *, code="A1", contact=0, by=None, settle=True, reason=REASON, **answers):
    """Correct answers of a contact as a manager does, and let a worker settle the scores."""
    by = by or UserFactory(organiser=season.organiser, manager=True, name="Marte Hovde")
    answers = answers or {"agent_needs": "no"}
    correct_answers(contacts_of(season, code)[contact].pk, answers=answers, reason=reason, by=by)
    if settle:
        settle_owed_recomputes()
    return by


def run(command, season, **options):
    """Run a command for the season; give status and what it wrote."""
    out = StringIO()
    try:
        call_command(command, season=season.code, stdout=out, stderr=StringIO(), **options)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def text_of(page):
    """Give the words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())).strip()


def versions(season):
    """Give every version, the first first."""
    return list(Publication.objects.filter(season=season).order_by("version"))


def tampered(response):
    """Change the answers of a report past every service."""
    numbers = unpack(response.packed)
    place = next(place for place, number in enumerate(numbers) if number == 0)
    numbers[place] = 1
    SurveyResponse.objects.filter(pk=response.pk).update(packed=pack(numbers))
