"""What is written when results are read."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from ksp.accounts.models import AuditEvent, Role, User
from responses.models import SurveyResponse

READ_BY_PARTICIPANT = "response.read_by_participant"


@transaction.atomic
def record_reading(response: SurveyResponse, *, by: User) -> None:
    """Log that a participant has read a single contact's answers; reading by staff is their work and not logged."""
    if by.role != Role.PARTICIPANT:
        return
    if not by.has_perm("reports.read_results", response.enrolment):
        raise PermissionDenied
    AuditEvent.record(by, READ_BY_PARTICIPANT, response)
