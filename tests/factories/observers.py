"""Observers and their conflicts of interest."""

import factory

from observers.models import CustomerRelation, Observer, PriorContact
from tests.factories.accounts import OrganiserFactory, UserFactory
from tests.factories.participants import ParticipantFactory


class ObserverFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Observer

    organiser = factory.SubFactory(OrganiserFactory)
    user = factory.SubFactory(UserFactory, organiser=factory.SelfAttribute("..organiser"))
    code = factory.Sequence(lambda n: f"O{n:04d}")
    first_name = "Ingrid"
    last_name = factory.Sequence(lambda n: f"Solbakk {n}")
    methods = ["phone", "email", "chat", "messenger"]
    weekly_capacity = 5


class PriorContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PriorContact

    observer = factory.SubFactory(ObserverFactory)
    participant = factory.SubFactory(ParticipantFactory, organiser=factory.SelfAttribute("..observer.organiser"))
    project = "KSP 2019"


class CustomerRelationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CustomerRelation

    observer = factory.SubFactory(ObserverFactory)
    participant = factory.SubFactory(ParticipantFactory, organiser=factory.SelfAttribute("..observer.organiser"))
