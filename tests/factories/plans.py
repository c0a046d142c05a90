"""Proposals for a season's plan."""

import factory

from assignments.plans.models import PlanProposal, ProposedContact
from assignments.plans.workflow import ProposalKind, ProposalState
from tests.factories.accounts import UserFactory
from tests.factories.observers import ObserverFactory
from tests.factories.participants import EnrolmentFactory, SeasonFactory


class PlanProposalFactory(factory.django.DjangoModelFactory):
    """A proposal that waits; ``ready`` can be changed and approved."""

    class Meta:
        model = PlanProposal

    class Params:
        ready = factory.Trait(state=ProposalState.READY)
        running = factory.Trait(state=ProposalState.RUNNING)
        applied = factory.Trait(state=ProposalState.APPLIED)
        repair = factory.Trait(kind=ProposalKind.REPAIR)

    season = factory.SubFactory(SeasonFactory, open=True)
    number = factory.Sequence(lambda n: n + 1)
    requested_by = factory.SubFactory(UserFactory, manager=True, organiser=factory.SelfAttribute("..season.organiser"))


class ProposedContactFactory(factory.django.DjangoModelFactory):
    """A contact in the first usual week, with an observer of its own."""

    class Meta:
        model = ProposedContact

    proposal = factory.SubFactory(PlanProposalFactory, ready=True)
    number = factory.Sequence(lambda n: n + 1)
    enrolment = factory.SubFactory(EnrolmentFactory, season=factory.SelfAttribute("..proposal.season"))
    participant = factory.SelfAttribute("enrolment.participant")
    method = "phone"
    week = "2021-W48"
    weekday = 1
    slot = "09"
    observer = factory.SubFactory(ObserverFactory, organiser=factory.SelfAttribute("..proposal.season.organiser"))
