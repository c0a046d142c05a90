"""Role-plays and assignments."""

import factory
from django.utils import timezone

from assignments.models import Assignment, RolePlay
from assignments.workflow import AssignmentState
from tests.factories.observers import ObserverFactory
from tests.factories.participants import AwardClassFactory, EnrolmentFactory, SeasonFactory


class RolePlayFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RolePlay

    season = factory.SubFactory(SeasonFactory)
    award_class = factory.SubFactory(AwardClassFactory, season=factory.SelfAttribute("..season"))
    code = factory.Sequence(lambda n: f"rp-{n}")
    title = "Ny i byen"
    story = "Du har flyttet og trenger en ny avtale."


class AssignmentFactory(factory.django.DjangoModelFactory):
    """A planned contact; ``offered``, ``accepted`` and ``done`` have an observer."""

    class Meta:
        model = Assignment

    class Params:
        with_observer = factory.Trait(
            observer=factory.SubFactory(ObserverFactory, organiser=factory.SelfAttribute("..season.organiser"))
        )
        offered = factory.Trait(
            with_observer=True, state=AssignmentState.OFFERED, offered_at=factory.LazyFunction(timezone.now)
        )
        accepted = factory.Trait(offered=True, state=AssignmentState.ACCEPTED)
        done = factory.Trait(offered=True, state=AssignmentState.DONE)

    season = factory.SubFactory(SeasonFactory, open=True)
    enrolment = factory.SubFactory(EnrolmentFactory, season=factory.SelfAttribute("..season"))
    participant = factory.SelfAttribute("enrolment.participant")
    role_play = factory.SubFactory(
        RolePlayFactory,
        season=factory.SelfAttribute("..season"),
        award_class=factory.SelfAttribute("..enrolment.award_class"),
    )
    code = factory.Sequence(lambda n: f"K-{n:05d}")
    method = "phone"
    week = "2021-W48"
