"""Every change to observers."""

from django.db import transaction

from ksp.accounts.models import AuditEvent, User
from observers.models import Observer


@transaction.atomic
def set_internal_score(observer: Observer, *, score: float | None, by: User) -> Observer:
    """Store the score that the observer's latest grades give."""
    if observer.internal_score != score:
        observer.internal_score = score
        observer.save(update_fields=["internal_score"])
        AuditEvent.record(by, "observer.scored", observer, score=score)
    return observer
