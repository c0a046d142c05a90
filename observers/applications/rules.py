"""Who may apply for a season, and who decides."""

import rules

from ksp.accounts.models import User
from ksp.accounts.rules import is_manager, is_observer, is_own_organisers
from observers.applications.models import Application


@rules.predicate
def is_applicant(user: User, application: Application | None) -> bool:
    """The application is the observer's own."""
    return application is not None and application.observer.user_id == user.pk


rules.add_perm("applications.write_application", is_observer & is_applicant)
rules.add_perm("applications.decide_application", is_manager & is_own_organisers)
rules.add_perm("applications.change_team", is_manager & is_own_organisers)
