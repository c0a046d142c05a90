"""Every change to accounts."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ksp.accounts import emails
from ksp.accounts.models import ApiToken, AuditEvent, Invitation, Organiser, OwedMail, Role, User
from ksp.accounts.signals import mail_owed
from ksp.accounts.ties import tie_of
from ksp.lib.errors import DomainError

INVITATION_LIFE = timedelta(hours=24)
# What every key begins with, so that a lost one is recognised.
KEY_MARK = "ksp_"
TOKEN_PREFIX = 10
MOST_TOKENS = 20
# The use of a key is noted this often, so that reading much does not mean writing much.
NOTED_EVERY = timedelta(minutes=1)


class OrganiserExists(DomainError):
    """The short name is another organiser's."""

    code: ClassVar[str] = "organiser_exists"


class EmailTaken(DomainError):
    """Somebody has an account with this address already."""

    code: ClassVar[str] = "email_taken"


class InvitationExpired(DomainError):
    """The link is used, too old, or not one of ours."""

    code: ClassVar[str] = "invitation_expired"


class OwnAccount(DomainError):
    """An administrator tried to close or demote the account in use."""

    code: ClassVar[str] = "own_account"


class TooManyTokens(DomainError):
    """The person has as many keys as anybody may have."""

    code: ClassVar[str] = "too_many_tokens"


@transaction.atomic
def create_organiser(*, name: str, slug: str) -> Organiser:
    """Make an organiser with its system account, which commands act as."""
    organiser = Organiser.objects.create(name=name, slug=slug)
    User.objects.create_user(
        f"system@{slug}.invalid", organiser=organiser, name="System", role=Role.ADMINISTRATOR, is_system=True
    )
    return organiser


def system_user(organiser: Organiser) -> User:
    """Return the account that commands and tasks of this organiser act as."""
    return User.objects.get(organiser=organiser, is_system=True)


@transaction.atomic
def owe_mail(*, organiser_id: int, to: str, subject: str, body: str) -> OwedMail:
    """Write down one e-mail that is owed, and wake the worker after the commit."""
    mail = OwedMail.objects.create(organiser_id=organiser_id, to=to, subject=subject, body=body)
    mail_owed.send(sender=OwedMail, mail=mail)
    return mail


@transaction.atomic
def owe_mails(mails: Sequence[OwedMail]) -> None:
    """Write down many e-mails that are owed, and wake the worker once."""
    OwedMail.objects.bulk_create(mails, batch_size=500)
    if mails:
        mail_owed.send(sender=OwedMail, mail=mails[-1])


@transaction.atomic
def create_user(*, by: User, email: str, name: str, role: str, password: str | None = None) -> User:
    """Make an account at ``by``'s organiser; without a password it waits for an invitation."""
    if not by.has_perm("accounts.invite_user", by):
        raise PermissionDenied
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTaken(_("%(email)s has an account already. Use another address.") % {"email": email})
    user = User.objects.create_user(email, password, organiser_id=by.organiser_id, name=name, role=role)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    AuditEvent.record(by, "user.created", user, role=role)
    return user


@transaction.atomic
def invite_user(*, by: User, email: str, name: str, role: str, stands_for: Any = None) -> User:
    """Make an account, tie it to what it stands for, and owe its person a link to choose a password with."""
    user = create_user(by=by, email=email, name=name, role=role)
    tie = tie_of(role)
    if tie is not None:
        tie.connect(user, stands_for, by)
    send_invitation(user.pk, by=by)
    return user


@transaction.atomic
def send_invitation(user_id: int, *, by: User) -> str:
    """Owe the person a fresh link, good once for 24 hours; earlier links stop working. Return the token."""
    user = User.objects.select_for_update().get(pk=user_id)
    if not by.has_perm("accounts.invite_user", user):
        raise PermissionDenied
    now = timezone.now()
    user.invitations.filter(accepted_at=None).update(expires_at=now)
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(user=user, token_hash=_hash(token), invited_by=by, expires_at=now + INVITATION_LIFE)
    subject, body = emails.invitation(user, token=token, by=by)
    owe_mail(organiser_id=user.organiser_id, to=user.email, subject=subject, body=body)
    AuditEvent.record(by, "user.invited", user)
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find_invitation(token: str, *, now: datetime) -> Invitation:
    """Return the invitation behind a link, or say that the link no longer works."""
    found = (
        Invitation.objects.select_related("user", "invited_by")
        .filter(token_hash=_hash(token), accepted_at=None, expires_at__gt=now, user__is_active=True)
        .first()
    )
    if found is None:
        raise InvitationExpired(_("This link has been used or is too old. Ask for a new invitation."))
    return found


@transaction.atomic
def accept_invitation(token: str, *, password: str) -> User:
    """Give the invited person the chosen password; the link stops working."""
    now = timezone.now()
    invitation = find_invitation(token, now=now)
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=now)
    if not taken:
        raise InvitationExpired(_("This link has been used or is too old. Ask for a new invitation."))
    user = invitation.user
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    AuditEvent.record(user, "user.accepted_invitation", user)
    return user


@transaction.atomic
def change_user(user_id: int, *, by: User, **fields: Any) -> User:
    """Change name, role or whether the account is open; a closed account is signed out at once."""
    user = User.objects.select_for_update().get(pk=user_id)
    if not by.has_perm("accounts.change_user", user):
        raise PermissionDenied
    if user.pk == by.pk and (fields.get("is_active") is False or fields.get("role", by.role) != by.role):
        raise OwnAccount(_("You cannot close your own account or change your own role. Ask another administrator."))
    before = {name: getattr(user, name) for name in fields}
    for name, value in fields.items():
        setattr(user, name, value)
    user.save(update_fields=list(fields))
    AuditEvent.record(by, "user.changed", user, before=before, after=fields)
    return user


@transaction.atomic
def retry_failed_mail(*, by: User) -> int:
    """Let every mail that was set aside be tried from the start again; return how many there are."""
    if not by.has_perm("accounts.administer", by):
        raise PermissionDenied
    mails = list(OwedMail.objects.set_aside().filter(organiser=by.organiser_id).select_for_update())
    for mail in mails:
        mail.tries, mail.next_try_at = 0, None
        AuditEvent.record(by, "mail.tried_again", mail)
        mail_owed.send(sender=OwedMail, mail=mail)
    OwedMail.objects.bulk_update(mails, ["tries", "next_try_at"])
    return len(mails)


@transaction.atomic
def set_preferences(*, by: User, **fields: Any) -> User:
    """Store what the person chose for their own account: language, colours, shortcuts, name."""
    for name, value in fields.items():
        setattr(by, name, value)
    by.save(update_fields=list(fields))
    AuditEvent.record(by, "user.preferences_changed", by, **fields)
    return by


@transaction.atomic
def create_token(*, by: User, name: str, expires_at: datetime | None = None) -> tuple[ApiToken, str]:
    """Make a key by which a program reads what ``by`` may; return it and its text, which nobody sees again."""
    if not by.has_perm("accounts.make_token"):
        raise PermissionDenied
    User.objects.select_for_update().get(pk=by.pk)
    if ApiToken.objects.visible_to(by).count() >= MOST_TOKENS:
        raise TooManyTokens(_("You have %(most)s keys. Revoke one that is not used.") % {"most": MOST_TOKENS})
    text = KEY_MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=by, name=name, prefix=text[:TOKEN_PREFIX], token_hash=_hash(text), expires_at=expires_at
    )
    AuditEvent.record(by, "token.created", token)
    return token, text


@transaction.atomic
def revoke_token(token_id: int, *, by: User) -> ApiToken:
    """Let the key open nothing any more."""
    token = ApiToken.objects.select_for_update().get(pk=token_id)
    if token.user_id != by.pk:
        raise PermissionDenied
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        AuditEvent.record(by, "token.revoked", token)
    return token


def find_token(text: str, *, now: datetime) -> ApiToken | None:
    """Return the key with this text, with its person, if it opens the API now."""
    return ApiToken.objects.usable(now).select_related("user").filter(token_hash=_hash(text)).first()


@transaction.atomic
def note_token_use(token: ApiToken, *, by: User, now: datetime) -> None:
    """Note that ``by``'s key was used, a minute after the last note at the earliest."""
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk, user=by).update(last_used_at=now)
