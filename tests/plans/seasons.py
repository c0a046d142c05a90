"""Small seasons to plan: some participants, some observers, a team."""

from datetime import date, datetime

from assignments.plans import services
from ksp.lib.calendar import OSLO
from observers.applications.models import TeamMember
from tests.factories.accounts import SystemUserFactory, UserFactory
from tests.factories.assignments import RolePlayFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import AwardClassFactory, ContactChannelFactory, EnrolmentFactory, SeasonFactory

KEY = {"phone": 3, "email": 2}
# A Wednesday before the first week.
NOW = datetime(2021, 12, 1, 10, tzinfo=OSLO)


def small_season(*, participants=3, observers=8, key=None, capacity=3, **fields):
    """Give an open season of six weeks with participants and observers; its organiser has a system account."""
    fields = {"code": "KSP22", "starts_on": date(2021, 12, 6), "ends_on": date(2022, 1, 21), **fields}
    season = SeasonFactory(open=True, **fields)
    SystemUserFactory(organiser=season.organiser)
    award_class = AwardClassFactory(season=season)
    RolePlayFactory(season=season, award_class=award_class)
    RolePlayFactory(season=season, award_class=award_class)
    for _ in range(participants):
        enrol(season, award_class=award_class, key=key)
    for number in range(observers):
        person(season, number=number, weekly_capacity=capacity)
    return season


def enrol(season, *, key=None, **fields):
    """Enrol a participant with a channel for each method of the key."""
    key = key or KEY
    enrolment = EnrolmentFactory(season=season, planned_contacts=sum(key.values()), **fields)
    for method, planned in key.items():
        ContactChannelFactory(enrolment=enrolment, method=method, kind=method, planned_contacts=planned)
    return enrolment


def person(season, *, number=0, **fields):
    """Take on an observer; their kinds differ."""
    kind = {
        "gender": ("woman", "man")[number % 2],
        "birth_year": 2021 - (20, 35, 50, 65)[number % 4],
        "county": ("Oslo", "Innlandet", "Agder", "Vestland", "Troms")[number % 5],
        "carried_score": 80.0 + number % 20,
    }
    return ObserverFactory(organiser=season.organiser, **{**kind, **fields})


def manager_of(season):
    """Give a manager of the season's organiser."""
    return UserFactory(manager=True, organiser=season.organiser)


def on_the_team(season, observers, by):
    """Put observers on the season's team."""
    return [TeamMember.objects.create(season=season, observer=one, added_by=by) for one in observers]


def proposed(season, by, **search):
    """Ask for a proposal and make it."""
    asked = services.request_plan(season.pk, by=by, **search)
    return services.make_proposal(asked.pk)


def planned(season, by, now=NOW):
    """Give the season a plan; return its contacts."""
    services.apply_proposal(proposed(season, by).pk, by=by, offer_until=None, now=now)
    return season.assignments.order_by("code")


def repaired(season, by, now=NOW):
    """Ask for a repair as of a moment, and make it."""
    return proposed(season, by, kind="repair", now=now)
