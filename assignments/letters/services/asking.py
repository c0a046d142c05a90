"""What observers change themselves: the week of a contact, and whose customers they are."""

from datetime import datetime
from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from assignments.batches import withdraw_many
from assignments.deadlines import deadline_of
from assignments.desk import desk
from assignments.letters.models import WeekChange
from assignments.letters.week_choices import choices_of, free_weekday
from assignments.models import Assignment
from assignments.workflow import AssignmentState
from ksp.accounts.models import AuditEvent, User
from ksp.accounts.services import system_user
from ksp.lib.errors import DomainError
from ksp.lib.weeks import IsoWeek
from ksp.lib.workflow import TransitionNotAllowed
from observers.applications.models import RelationKind
from observers.applications.signals import relations_reported
from observers.models import CustomerRelation, Observer
from participants.models import Enrolment, Participant
from participants.workflow import SeasonState

MOVABLE = frozenset({AssignmentState.OFFERED, AssignmentState.ACCEPTED})
IS_CUSTOMER = gettext_noop("You are a customer there, or registered, and have told us so. Thank you.")


class WeekNotPossible(DomainError):
    """The contact cannot be moved to that week; the message says why."""

    code: ClassVar[str] = "week_not_possible"


@transaction.atomic
def change_own_week(
    assignment_id: int, *, week: str, reason: str = "", now: datetime | None = None, by: User
) -> WeekChange:
    """Move the observer's own contact, offered or accepted, to another week that the limits allow."""
    now = now or timezone.now()
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("season", "observer")
    assignment = rows.get(pk=assignment_id)
    if not by.has_perm("assignments.answer_assignment", assignment):
        raise PermissionDenied
    _check_movable(assignment, now=now)
    # Others who fill the same observer's or participant's week wait for each other.
    list(Observer.objects.select_for_update(of=("self",)).filter(assignments=assignment))
    list(Enrolment.objects.select_for_update().filter(pk=assignment.enrolment_id))
    choice = next((one for one in choices_of(assignment, now=now) if str(one.week) == week), None)
    if choice is None:
        raise WeekNotPossible(_("The contact cannot be moved to that week. Choose one of the weeks on the page."))
    if choice.refusals:
        message = _("The contact cannot be moved to that week. %(why)s Choose another week.")
        raise WeekNotPossible(message % {"why": " ".join(choice.refusals)})
    return _move(assignment, choice.week, reason=reason, now=now, by=by)


def _check_movable(assignment: Assignment, *, now: datetime) -> None:
    """Refuse what is not the observer's any more, or has been begun."""
    if assignment.state not in MOVABLE:
        message = _("This assignment is already “%(state)s”. Reload the page.")
        raise TransitionNotAllowed(message % {"state": assignment.get_state_display()})
    if assignment.season.state != SeasonState.OPEN:
        raise WeekNotPossible(_("The season is not open now. You can change the week when it goes on."))
    if desk().of_assignments([assignment.pk], now=now):
        raise WeekNotPossible(_("You have begun this contact. Ask your project manager if you cannot finish it."))


def _move(assignment: Assignment, week: IsoWeek, *, reason: str, now: datetime, by: User) -> WeekChange:
    change = WeekChange.objects.create(
        assignment=assignment,
        week_before=assignment.week,
        week=str(week),
        reason=reason.strip()[:300],
        changed_at=now,
        changed_by=by,
    )
    assignment.week, assignment.weekday = change.week, free_weekday(assignment, week)
    if assignment.state == AssignmentState.OFFERED and assignment.answer_by is not None:
        hour = assignment.season.settings.email_latest_hour
        deadline = deadline_of(change.week, method=assignment.method, email_hour=hour)
        assignment.answer_by = min(assignment.answer_by, deadline)
    assignment.save(update_fields=["week", "weekday", "answer_by"])
    AuditEvent.record(by, "assignment.moved", assignment, before=change.week_before, after=change.week)
    return change


@transaction.atomic
def report_relation(
    observer: Observer, participant: Participant, *, kind: RelationKind, now: datetime | None = None, by: User
) -> list[Assignment]:
    """The observer is a customer of the participant, or registered there: their contact is taken back and planned anew.

    Return what is planned instead. Nobody writes to the observer about it: it is they who told us.
    """
    is_own = observer.user_id == by.pk
    if not (is_own or by.has_perm("observers.change_observer", observer)):
        raise PermissionDenied
    if participant.organiser_id != observer.organiser_id:
        raise PermissionDenied
    now = now or timezone.now()
    CustomerRelation.objects.get_or_create(observer=observer, participant=participant, kind=kind)
    AuditEvent.record(by, "observer.relation_reported", observer, participant=participant.code, kind=str(kind))
    # Told while the contacts still are the observer's: whoever plans them anew looks for those.
    relations_reported.send(sender=CustomerRelation, pairs=[(observer.pk, participant.pk)], by=by)
    system = system_user(observer.organiser)
    own = Assignment.objects.select_for_update(of=("self",)).filter(observer=observer, participant=participant)
    planned = list(own.filter(state=AssignmentState.PLANNED))
    for item in planned:
        item.observer = None
        item.save(update_fields=["observer"])
        AuditEvent.record(system, "assignment.observer_removed", item, observer=observer.code)
    open_keys = [item.pk for item in own.filter(state__in=MOVABLE)]
    return withdraw_many(open_keys, reason=_(IS_CUSTOMER), now=now, is_told=False, by=system)
