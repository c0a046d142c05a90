"""Organisers and people."""

from datetime import timedelta

import factory
from django.utils import timezone

from ksp.accounts.models import ApiToken, AuditEvent, Invitation, Organiser, OwedMail, Role, User


class OrganiserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organiser

    name = factory.Sequence(lambda n: f"Organiser {n}")
    slug = factory.Sequence(lambda n: f"organiser-{n}")


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        administrator = factory.Trait(role=Role.ADMINISTRATOR)
        manager = factory.Trait(role=Role.MANAGER)
        participant = factory.Trait(role=Role.PARTICIPANT)

    organiser = factory.SubFactory(OrganiserFactory)
    email = factory.Sequence(lambda n: f"person{n}@ksp.example")
    name = factory.Sequence(lambda n: f"Kari Nordmann {n}")
    role = Role.OBSERVER


class SystemUserFactory(UserFactory):
    role = Role.ADMINISTRATOR
    is_system = True


class InvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invitation

    user = factory.SubFactory(UserFactory)
    invited_by = factory.SubFactory(UserFactory, administrator=True)
    token_hash = factory.Sequence(lambda n: f"{n:064d}")
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=24))


class ApiTokenFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ApiToken

    user = factory.SubFactory(UserFactory, manager=True)
    name = "Regneark"
    prefix = "ksp_abcdef"
    token_hash = factory.Sequence(lambda n: f"{n:064d}")


class OwedMailFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OwedMail

    organiser = factory.SubFactory(OrganiserFactory)
    to = "person@ksp.example"
    subject = "Hei"
    body = "Tekst"


class AuditEventFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AuditEvent

    organiser = factory.SubFactory(OrganiserFactory)
    actor_name = "Kari Nordmann"
    verb = "thing.done"
    target_type = "participants.season"
    target_key = "1"
    target_name = "KSP 2022"
