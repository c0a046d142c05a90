"""Who may do what with accounts."""

from typing import Any

import rules

from ksp.accounts.models import Role, User


def _organiser_of(thing: Any) -> int | None:
    """Return whose thing it is; none when no object was named."""
    for step in ("organiser_id", "season", "response"):
        if hasattr(thing, step):
            found = getattr(thing, step)
            return found if step == "organiser_id" else _organiser_of(found)
    return None


@rules.predicate
def is_own_organisers(user: User, thing: Any) -> bool:
    """The thing belongs to the person's own organiser."""
    return thing is None or _organiser_of(thing) == user.organiser_id


@rules.predicate
def is_administrator(user: User) -> bool:
    """The person is an administrator."""
    return user.role == Role.ADMINISTRATOR


@rules.predicate
def has_manager_role(user: User) -> bool:
    """The person is a project manager."""
    return user.role == Role.MANAGER


@rules.predicate
def is_observer(user: User) -> bool:
    """The person is an observer."""
    return user.role == Role.OBSERVER


@rules.predicate
def is_participant(user: User) -> bool:
    """The person represents a participant."""
    return user.role == Role.PARTICIPANT


is_manager = has_manager_role | is_administrator

rules.add_perm("accounts.administer", is_administrator & is_own_organisers)
rules.add_perm("accounts.invite_user", is_administrator & is_own_organisers)
rules.add_perm("accounts.change_user", is_administrator & is_own_organisers)
rules.add_perm("accounts.read_audit", is_administrator)
# An observer has nothing to read by a program.
rules.add_perm("accounts.make_token", is_manager | is_participant)
