"""Seasons, classes, participants, enrolments, channels."""

from datetime import date

import factory
from django.utils import timezone

from participants.models import (
    AwardClass,
    ChannelKind,
    ContactChannel,
    ContactMethod,
    Enrolment,
    ImportBatch,
    ImportRow,
    Package,
    Participant,
    Representative,
    Season,
)
from participants.workflow import SeasonState
from tests.factories.accounts import OrganiserFactory, UserFactory


class SeasonFactory(factory.django.DjangoModelFactory):
    """A season in preparation; with ``battery`` the whole default questionnaire, before it opens."""

    class Meta:
        model = Season
        skip_postgeneration_save = True

    class Params:
        open = factory.Trait(state=SeasonState.OPEN, opened_at=factory.LazyFunction(timezone.now))
        paused = factory.Trait(
            state=SeasonState.PAUSED, opened_at=factory.LazyFunction(timezone.now), pause_reason="Stengt."
        )
        closed = factory.Trait(
            state=SeasonState.CLOSED,
            opened_at=factory.LazyFunction(timezone.now),
            closed_at=factory.LazyFunction(timezone.now),
        )
        published = factory.Trait(
            state=SeasonState.PUBLISHED,
            opened_at=factory.LazyFunction(timezone.now),
            closed_at=factory.LazyFunction(timezone.now),
            published_at=factory.LazyFunction(timezone.now),
        )

    organiser = factory.SubFactory(OrganiserFactory)
    code = factory.Sequence(lambda n: f"KSP{n}")
    name = factory.LazyAttribute(lambda season: f"Season {season.code}")
    starts_on = date(2021, 11, 29)
    ends_on = date(2022, 3, 31)


class AwardClassFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AwardClass

    season = factory.SubFactory(SeasonFactory)
    name = factory.Sequence(lambda n: f"Klasse {n}")


class ParticipantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Participant

    organiser = factory.SubFactory(OrganiserFactory)
    code = factory.Sequence(lambda n: f"P{n:04d}")
    name = factory.Sequence(lambda n: f"Fjellvakt {n}")


class EnrolmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Enrolment

    season = factory.SubFactory(SeasonFactory)
    participant = factory.SubFactory(ParticipantFactory, organiser=factory.SelfAttribute("..season.organiser"))
    award_class = factory.SubFactory(AwardClassFactory, season=factory.SelfAttribute("..season"))
    package = Package.SIMPLE


class ContactChannelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContactChannel

    enrolment = factory.SubFactory(EnrolmentFactory)
    method = ContactMethod.PHONE
    kind = ChannelKind.PHONE
    address = "21 49 00 00"
    planned_contacts = 25


class RepresentativeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Representative

    participant = factory.SubFactory(ParticipantFactory)
    user = factory.SubFactory(UserFactory, participant=True, organiser=factory.SelfAttribute("..participant.organiser"))


class ImportBatchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportBatch

    organiser = factory.SubFactory(OrganiserFactory)
    kind = "participants"
    file_name = "deltakere.csv"
    uploaded_by = factory.SubFactory(UserFactory, administrator=True, organiser=factory.SelfAttribute("..organiser"))


class ImportRowFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportRow

    batch = factory.SubFactory(ImportBatchFactory)
    number = factory.Sequence(lambda n: n + 2)
    status = "new"
    key = factory.Sequence(lambda n: f"P{n:04d}")
