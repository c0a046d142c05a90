"""Who may do what with assignments."""

import rules

from assignments.models import Assignment
from ksp.accounts.models import User
from ksp.accounts.rules import is_manager, is_observer, is_own_organisers


@rules.predicate
def is_assigned(user: User, assignment: Assignment | None) -> bool:
    """The assignment is the observer's own."""
    return (
        assignment is not None
        and assignment.observer_id is not None
        and assignment.observer is not None
        and assignment.observer.user_id == user.pk
    )


rules.add_perm("assignments.plan_assignment", is_manager & is_own_organisers)
rules.add_perm("assignments.answer_assignment", is_observer & is_assigned)
rules.add_perm("assignments.confirm_manual", is_observer & is_own_organisers)
