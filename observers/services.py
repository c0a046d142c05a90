"""Every change to observers."""

from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from ksp.accounts.models import AuditEvent, Role, User
from ksp.lib.errors import DomainError
from observers.models import Observer


class AlreadyLinked(DomainError):
    """The profile has an account, or the account a profile."""

    code: ClassVar[str] = "already_linked"


@transaction.atomic
def set_internal_score(observer: Observer, *, score: float | None, by: User) -> Observer:
    """Store the score that the observer's latest grades give."""
    if observer.internal_score != score:
        observer.internal_score = score
        observer.save(update_fields=["internal_score"])
        AuditEvent.record(by, "observer.scored", observer, score=score)
    return observer


@transaction.atomic
def link_account(observer_id: int, *, user: User, by: User) -> Observer:
    """Let an account sign in as this observer."""
    observer = Observer.objects.select_for_update(of=("self",)).get(pk=observer_id)
    may = by.has_perm("observers.change_observer", observer) and by.has_perm("accounts.invite_user", user)
    if not may or user.organiser_id != observer.organiser_id or user.role != Role.OBSERVER:
        raise PermissionDenied
    if observer.user_id is not None or Observer.objects.filter(user=user).exists():
        raise AlreadyLinked(
            _("%(observer)s has an account already. Look at the observer’s page.") % {"observer": observer}
        )
    observer.user = user
    observer.save(update_fields=["user"])
    AuditEvent.record(by, "observer.linked", observer, account=str(user.public_id))
    return observer
