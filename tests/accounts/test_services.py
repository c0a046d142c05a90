from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from ksp.accounts import services
from ksp.accounts.models import AuditEvent, Invitation, OwedMail, Role, User
from tests.factories.accounts import OrganiserFactory, OwedMailFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "en lang setning om fjellet"


@pytest.fixture
def boss():
    return UserFactory(administrator=True)


def verbs():
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


def test_organiser_gets_a_system_account():
    organiser = services.create_organiser(name="SeeYou", slug="seeyou")

    system = services.system_user(organiser)

    assert (system.role, system.is_system, system.has_usable_password()) == (Role.ADMINISTRATOR, True, False)


def test_invited_person_is_owed_a_mail_with_a_link(boss):
    user = services.invite_user(by=boss, email="Kari@ksp.example", name="Kari Lie", role=Role.MANAGER)

    mail = OwedMail.objects.get()
    assert (user.organiser, user.role, user.has_usable_password()) == (boss.organiser, Role.MANAGER, False)
    assert mail.to == "Kari@ksp.example"
    assert "/invitation/" in mail.body
    assert verbs() == ["user.created", "user.invited"]


def test_invitation_is_written_in_the_persons_language(boss):
    user = UserFactory(organiser=boss.organiser, language="en")

    services.send_invitation(user.pk, by=boss)

    assert OwedMail.objects.get().subject == f"Your account at {boss.organiser.name}"


def test_address_that_is_taken_is_refused_whatever_its_case(boss):
    UserFactory(email="kari@ksp.example")

    with pytest.raises(services.EmailTaken):
        services.invite_user(by=boss, email="KARI@ksp.example", name="Kari", role=Role.MANAGER)

    assert (OwedMail.objects.count(), verbs()) == (0, [])


@pytest.mark.parametrize("role", [Role.MANAGER, Role.OBSERVER, Role.PARTICIPANT])
def test_only_administrators_invite(role):
    by = UserFactory(role=role)

    with pytest.raises(PermissionDenied):
        services.invite_user(by=by, email="ny@ksp.example", name="Ny", role=Role.OBSERVER)

    assert User.objects.filter(email="ny@ksp.example").count() == 0


def test_administrator_invites_nobody_of_another_organiser(boss):
    stranger = UserFactory()

    with pytest.raises(PermissionDenied):
        services.send_invitation(stranger.pk, by=boss)

    assert Invitation.objects.count() == 0


def test_link_is_stored_as_a_hash_and_lasts_a_day(boss):
    user = UserFactory(organiser=boss.organiser)
    before = timezone.now()

    token = services.send_invitation(user.pk, by=boss)

    invitation = Invitation.objects.get()
    assert token not in invitation.token_hash
    assert timedelta(hours=24) <= invitation.expires_at - before < timedelta(hours=24, minutes=1)


def test_invitation_lets_the_person_in_once(boss):
    user = UserFactory(organiser=boss.organiser)
    token = services.send_invitation(user.pk, by=boss)

    services.accept_invitation(token, password=PASSWORD)

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    with pytest.raises(services.InvitationExpired):
        services.accept_invitation(token, password="en annen lang setning")
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_easy_password_is_refused_and_the_link_still_works(boss):
    user = UserFactory(organiser=boss.organiser)
    token = services.send_invitation(user.pk, by=boss)

    with pytest.raises(ValidationError):
        services.accept_invitation(token, password="kort")

    assert services.find_invitation(token, now=timezone.now()).user == user


@pytest.mark.parametrize("hours", [24, 240])
def test_link_is_too_old_after_a_day(boss, hours):
    user = UserFactory(organiser=boss.organiser)
    token = services.send_invitation(user.pk, by=boss)

    with pytest.raises(services.InvitationExpired):
        services.find_invitation(token, now=timezone.now() + timedelta(hours=hours))


def test_link_works_until_a_day_has_gone(boss):
    user = UserFactory(organiser=boss.organiser)
    token = services.send_invitation(user.pk, by=boss)

    assert services.find_invitation(token, now=timezone.now() + timedelta(hours=23, minutes=59)).user == user


def test_other_token_is_refused(boss):
    services.send_invitation(UserFactory(organiser=boss.organiser).pk, by=boss)

    with pytest.raises(services.InvitationExpired):
        services.find_invitation("en annen", now=timezone.now())


def test_new_link_ends_the_earlier_one(boss):
    user = UserFactory(organiser=boss.organiser)
    earlier = services.send_invitation(user.pk, by=boss)
    later = services.send_invitation(user.pk, by=boss)

    with pytest.raises(services.InvitationExpired):
        services.find_invitation(earlier, now=timezone.now())

    assert services.find_invitation(later, now=timezone.now()).user == user


def test_closed_account_cannot_be_entered_by_its_link(boss):
    user = UserFactory(organiser=boss.organiser)
    token = services.send_invitation(user.pk, by=boss)
    services.change_user(user.pk, by=boss, is_active=False)

    with pytest.raises(services.InvitationExpired):
        services.accept_invitation(token, password=PASSWORD)


def test_account_is_changed_with_what_it_was_before(boss):
    user = UserFactory(organiser=boss.organiser, role=Role.MANAGER)

    services.change_user(user.pk, by=boss, role=Role.OBSERVER)

    event = AuditEvent.objects.get()
    assert event.detail == {"before": {"role": "manager"}, "after": {"role": "observer"}}
    assert event.actor == boss


@pytest.mark.parametrize("fields", [{"is_active": False}, {"role": Role.MANAGER}])
def test_administrator_cannot_lock_the_own_account_out(boss, fields):
    with pytest.raises(services.OwnAccount):
        services.change_user(boss.pk, by=boss, **fields)

    boss.refresh_from_db()
    assert (boss.is_active, boss.role, verbs()) == (True, Role.ADMINISTRATOR, [])


def test_administrator_may_change_the_own_name(boss):
    services.change_user(boss.pk, by=boss, name="Ada Lie", role=Role.ADMINISTRATOR)

    boss.refresh_from_db()
    assert boss.name == "Ada Lie"


def test_only_the_own_administrators_change_accounts():
    user = UserFactory(name="Kari")
    others = [UserFactory(administrator=True), UserFactory(manager=True, organiser=user.organiser)]

    for by in others:
        with pytest.raises(PermissionDenied):
            services.change_user(user.pk, by=by, name="Ola")

    user.refresh_from_db()
    assert user.name == "Kari"


def test_preferences_are_stored():
    user = UserFactory()

    services.set_preferences(by=user, language="en", colour_scheme="dark")

    user.refresh_from_db()
    assert (user.language, user.colour_scheme, verbs()) == ("en", "dark", ["user.preferences_changed"])


def test_failed_mail_is_tried_again_for_the_own_organiser(boss):
    failed = OwedMailFactory(organiser=boss.organiser, tries=5)
    waiting = OwedMailFactory(organiser=boss.organiser, tries=2)
    strangers = OwedMailFactory(organiser=OrganiserFactory(), tries=5)

    count = services.retry_failed_mail(by=boss)

    tries = dict(OwedMail.objects.values_list("pk", "tries"))
    assert (count, tries) == (1, {failed.pk: 0, waiting.pk: 2, strangers.pk: 5})
    assert verbs() == ["mail.tried_again"]


def test_only_administrators_have_failed_mail_tried_again():
    by = UserFactory(manager=True)
    mail = OwedMailFactory(organiser=by.organiser, tries=5)

    with pytest.raises(PermissionDenied):
        services.retry_failed_mail(by=by)

    mail.refresh_from_db()
    assert mail.tries == 5
