"""Who may change an observer's calendar."""

import rules

from ksp.accounts.models import User
from ksp.accounts.rules import is_observer
from observers.models import Observer


@rules.predicate
def is_oneself(user: User, observer: Observer | None) -> bool:
    """The profile is the person's own."""
    return observer is not None and observer.user_id == user.pk


rules.add_perm("calendars.change_feed", is_observer & is_oneself)
