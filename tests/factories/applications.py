"""Applications, what they declare, and the season's team."""

import factory
from django.utils import timezone

from observers.applications.models import Application, ClassDeclaration, DeclaredRelation, TeamMember
from observers.applications.workflow import ApplicationState
from tests.factories.accounts import UserFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import AwardClassFactory, ParticipantFactory, SeasonFactory

DECIDED = {
    "submitted_at": factory.LazyFunction(timezone.now),
    "decided_at": factory.LazyFunction(timezone.now),
    "decided_by": factory.SubFactory(UserFactory, manager=True, organiser=factory.SelfAttribute("..season.organiser")),
}


class ApplicationFactory(factory.django.DjangoModelFactory):
    """A draft that lacks only the declarations of classes."""

    class Meta:
        model = Application

    class Params:
        submitted = factory.Trait(state=ApplicationState.SUBMITTED, submitted_at=factory.LazyFunction(timezone.now))
        withdrawn = factory.Trait(state=ApplicationState.WITHDRAWN)
        accepted = factory.Trait(state=ApplicationState.ACCEPTED, **DECIDED)
        declined = factory.Trait(state=ApplicationState.DECLINED, decision_reason="Fullt.", **DECIDED)

    season = factory.SubFactory(SeasonFactory)
    observer = factory.SubFactory(ObserverFactory, organiser=factory.SelfAttribute("..season.organiser"))
    methods = ["phone", "email"]
    weeks = ["2021-W48", "2021-W49"]
    county = "Oslo"


class ClassDeclarationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ClassDeclaration

    application = factory.SubFactory(ApplicationFactory)
    award_class = factory.SubFactory(AwardClassFactory, season=factory.SelfAttribute("..application.season"))
    has_none = True


class DeclaredRelationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DeclaredRelation

    application = factory.SubFactory(ApplicationFactory)
    participant = factory.SubFactory(
        ParticipantFactory, organiser=factory.SelfAttribute("..application.season.organiser")
    )


class TeamMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TeamMember

    season = factory.SubFactory(SeasonFactory)
    observer = factory.SubFactory(ObserverFactory, organiser=factory.SelfAttribute("..season.organiser"))
    added_by = factory.SubFactory(UserFactory, manager=True, organiser=factory.SelfAttribute("..season.organiser"))
