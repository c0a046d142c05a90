import pytest
from django.db import IntegrityError, transaction

from ksp.accounts.models import AuditEvent, Role, User
from tests.factories.accounts import (
    AuditEventFactory,
    InvitationFactory,
    OwedMailFactory,
    SystemUserFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("change", ["update", "delete"])
def test_audit_event_is_refused_by_the_database_when_it_is_changed(change):
    event = AuditEventFactory(verb="season.opened")
    rows = AuditEvent.objects.filter(pk=event.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(verb="nothing.happened") if change == "update" else rows.delete()

    assert list(rows.values_list("verb", flat=True)) == ["season.opened"]


def test_audit_event_tells_what_was_changed_before_and_after():
    event = AuditEventFactory.build(detail={"before": {"role": "manager"}, "after": {"role": "observer"}})

    assert event.changes == [("role", "manager", "observer")]


def test_audit_event_tells_what_it_carries():
    event = AuditEventFactory.build(detail={"reason": "Streik"})

    assert event.changes == [("reason", None, "Streik")]


def test_audit_event_without_words_shows_its_verb():
    assert AuditEventFactory.build(verb="thing.done").what == "thing.done"


def test_email_is_unique_whatever_its_case():
    UserFactory(email="Kari@ksp.example")

    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(email="kari@KSP.example")


def test_person_is_found_by_email_whatever_its_case():
    kari = UserFactory(email="kari@ksp.example")

    assert User.objects.get_by_natural_key("KARI@ksp.example") == kari


@pytest.mark.parametrize(
    ("name", "initials", "first_name"),
    [("Kari Anne Lie", "KL", "Kari"), ("Kari", "K", "Kari"), ("", "A", "a@ksp.example")],
)
def test_name_is_shortened(name, initials, first_name):
    user = User(name=name, email="a@ksp.example")

    assert (user.initials, user.first_name) == (initials, first_name)


def test_person_without_a_name_is_called_by_the_address():
    assert str(User(name="", email="a@ksp.example")) == "a@ksp.example"


def test_administrator_sees_the_people_of_the_own_organiser():
    boss = UserFactory(administrator=True)
    colleague = UserFactory(organiser=boss.organiser)
    SystemUserFactory(organiser=boss.organiser)
    UserFactory()

    assert set(User.objects.visible_to(boss)) == {boss, colleague}


@pytest.mark.parametrize("role", [Role.MANAGER, Role.OBSERVER, Role.PARTICIPANT])
def test_others_see_their_own_account(role):
    user = UserFactory(role=role)
    UserFactory(organiser=user.organiser)

    assert list(User.objects.visible_to(user)) == [user]


def test_accounts_are_invited_in_use_or_closed():
    organiser = UserFactory(administrator=True).organiser
    in_use = UserFactory(organiser=organiser, name="B")
    in_use.set_password("long enough to be safe")
    in_use.save()
    invited = UserFactory(organiser=organiser, name="I")
    invited.set_unusable_password()
    invited.save()
    closed = UserFactory(organiser=organiser, is_active=False)
    closed.set_unusable_password()
    closed.save()
    people = User.objects.filter(pk__in=[in_use.pk, invited.pk, closed.pk])

    found = {name: list(getattr(people, name)()) for name in ("in_use", "invited", "closed")}

    assert found == {"in_use": [in_use], "invited": [invited], "closed": [closed]}


def test_audit_trail_and_owed_mail_are_seen_by_the_own_administrator_alone():
    boss = UserFactory(administrator=True)
    event, mail = AuditEventFactory(organiser=boss.organiser), OwedMailFactory(organiser=boss.organiser, tries=5)
    other = UserFactory(administrator=True)
    manager = UserFactory(manager=True, organiser=boss.organiser)

    seen = [
        (list(AuditEvent.objects.visible_to(user)), list(type(mail).objects.visible_to(user).set_aside()))
        for user in (boss, other, manager)
    ]

    assert seen == [([event], [mail]), ([], []), ([], [])]


def test_invitation_and_mail_are_named_for_people():
    assert str(InvitationFactory.build(user=User(name="Kari Lie"))) == "Kari Lie"
    assert str(OwedMailFactory.build(subject="Hei")) == "Hei"
