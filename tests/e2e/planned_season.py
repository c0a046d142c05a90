"""A season that is about to be planned: its lists are there, nine observers have applied, and a tenth will."""

from datetime import timedelta

from django.utils import timezone

from ksp.accounts.models import User
from ksp.lib.weeks import IsoWeek
from observers.applications.contents import Ties, Work
from observers.applications.periods import offered_weeks
from observers.applications.services import save_application, submit_application
from observers.models import Observer
from participants.models import Season
from tests.factories.accounts import SystemUserFactory, UserFactory
from tests.factories.assignments import RolePlayFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import AwardClassFactory, ContactChannelFactory, EnrolmentFactory, ParticipantFactory
from tests.factories.questionnaires import season_with_battery

CLASSES = {
    "Bank": ("Fjellbanken", "Sundbanken", "Åsbanken", "Viksbanken"),
    "Strøm": ("Fossekraft", "Lyslag", "Strømstad Energi", "Nordavind"),
}
QUOTA = {"phone": 3, "email": 2}
CONTACTS = 40
WEEKS = 7
MANUAL = "Ring som en ny kunde. Skriv rapporten samme dag."
# One of the applicants can only work in the first weeks, so that a later week is one too many.
EARLY = "Reidun"
NAMES = ("Anne", "Bjørn", "Cathrine", "David", "Eli", "Frode", "Guri", "Hans", EARLY)
COUNTIES = ("Oslo", "Vestland", "Trøndelag")


def season_to_plan():
    """Make it, with a manager, and with the observer who has not applied yet."""
    monday = (IsoWeek.of(timezone.now()) + 2).monday()
    season = season_with_battery(
        "open",
        code="KSP27",
        name="Kundeserviceprisen 2027",
        starts_on=monday,
        ends_on=monday + timedelta(days=7 * WEEKS - 3),
        manual=MANUAL,
    )
    SystemUserFactory(organiser=season.organiser)
    sign_in_as(UserFactory(manager=True, organiser=season.organiser, email="manager@ksp.example", name="Mona Leder"))
    for name, participants in CLASSES.items():
        award_class = AwardClassFactory(season=season, name=name)
        RolePlayFactory.create_batch(2, season=season, award_class=award_class)
        for participant in participants:
            enrol(season, award_class, participant)
    for place, name in enumerate(NAMES):
        apply_for(season, observer_of(season, name, email=f"{place}@ksp.example"), place=place)
    observer_of(season, "Ingrid", email="observer@ksp.example")
    return season


def enrol(season, award_class, name):
    participant = ParticipantFactory(organiser=season.organiser, name=name)
    enrolment = EnrolmentFactory(
        season=season, award_class=award_class, participant=participant, planned_contacts=sum(QUOTA.values())
    )
    for method, planned in QUOTA.items():
        address = "21 49 00 00" if method == "phone" else "hei@prove.example"
        ContactChannelFactory(
            enrolment=enrolment, method=method, kind=method, address=address, planned_contacts=planned
        )


def observer_of(season, first_name, *, email):
    user = sign_in_as(UserFactory(organiser=season.organiser, email=email, name=f"{first_name} Solbakk"))
    return ObserverFactory(
        organiser=season.organiser, user=user, first_name=first_name, last_name="Solbakk", carried_score=85, methods=[]
    )


def sign_in_as(user):
    user.set_password("demo")
    user.save()
    return user


def apply_for(season: Season, observer: Observer, *, place: int) -> None:
    """Apply through the services, as a page would."""
    by: User = observer.user
    weeks = [week.week for week in offered_weeks(season)]
    work = Work(
        methods=["phone", "email"],
        weeks=weeks[:4] if observer.first_name == EARLY else weeks,
        weekly_capacity=2,
        season_capacity=6,
        county=COUNTIES[place % len(COUNTIES)],
        about="",
    )
    ties = Ties(kinds={}, none_in=list(season.classes.values_list("pk", flat=True)))
    now = timezone.now()
    application = save_application(season.pk, observer.pk, work=work, ties=ties, by=by, now=now)
    submit_application(application.pk, by=by, now=now)
