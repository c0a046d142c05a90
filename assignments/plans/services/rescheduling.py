"""Moves one planned contact to another week, outside any proposal."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from assignments.models import Assignment
from assignments.workflow import AssignmentState
from ksp.accounts.models import AuditEvent, User
from ksp.lib.weeks import IsoWeek
from ksp.lib.workflow import TransitionNotAllowed


@transaction.atomic
def reschedule_assignment(assignment_id: int, *, week: IsoWeek, by: User) -> Assignment:
    """Move a planned contact, which nobody has been offered yet, to another week; its observer is chosen anew."""
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("season", "enrolment")
    assignment = rows.get(pk=assignment_id)
    if not by.has_perm("assignments.plan_assignment", assignment):
        raise PermissionDenied
    if assignment.state != AssignmentState.PLANNED:
        message = _("This assignment is already “%(state)s”. Reload the page.")
        raise TransitionNotAllowed(message % {"state": assignment.get_state_display()})
    before = assignment.week
    assignment.week, assignment.observer = str(week), None
    assignment.save(update_fields=["week", "observer"])
    AuditEvent.record(by, "assignment.moved", assignment, before=before, after=assignment.week)
    return assignment
