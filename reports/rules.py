"""Who may do what with results."""

import rules

from ksp.accounts.models import User
from ksp.accounts.rules import is_administrator, is_manager, is_own_organisers, is_participant
from participants.models import Enrolment, Package, Representative


@rules.predicate
def represents(user: User, enrolment: Enrolment | None) -> bool:
    """The person speaks for the participant."""
    return (
        enrolment is not None
        and Representative.objects.filter(user=user, participant=enrolment.participant_id).exists()
    )


@rules.predicate
def has_bought_results(_user: User, enrolment: Enrolment | None) -> bool:
    """The participant has bought more than its place in the result list."""
    return enrolment is not None and enrolment.package != Package.NONE


rules.add_perm("reports.read_progress", is_manager & is_own_organisers)
# Who is strict among the observers is nobody's but the organiser's.
rules.add_perm("reports.read_statistics", is_manager & is_own_organisers)
rules.add_perm("reports.export_results", is_manager & is_own_organisers)
rules.add_perm("reports.publish_results", is_administrator & is_own_organisers)
# What moved is public; which answers were corrected, and why, is the organiser's.
rules.add_perm("reports.read_corrections", is_manager & is_own_organisers)
rules.add_perm("reports.export_answers", is_administrator & is_own_organisers)
rules.add_perm("reports.import_answers", is_administrator & is_own_organisers)
# The dashboard is there for both; whose results are on it is decided for each enrolment.
rules.add_perm("reports.open_dashboard", is_manager | is_participant)
rules.add_perm(
    "reports.read_results", is_own_organisers & (is_manager | (is_participant & has_bought_results & represents))
)
