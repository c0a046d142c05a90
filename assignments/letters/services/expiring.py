"""Lets offers lapse that nobody answered, and says so beforehand."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from assignments.batches import expire_many
from assignments.deadlines import answer_by
from assignments.letters.models import Notice
from assignments.letters.services.telling import tell
from assignments.letters.workflow import LetterState, NoticeKind
from assignments.models import Assignment, AssignmentQuerySet
from assignments.workflow import AssignmentState
from ksp.accounts.models import AuditEvent, User
from participants.workflow import SeasonState

REMINDED_BEFORE = timedelta(days=2)
# Whoever got the offer less than a day ago need not be reminded of it.
LEAST_WAIT = timedelta(days=1)
BATCH = 500


def _unanswered(by: User) -> AssignmentQuerySet:
    """Return the offers of open seasons, but not of classes that are paused, that their observers have been told of."""
    untold = Notice.objects.filter(assignment=OuterRef("pk"), kind=NoticeKind.OFFERED, letter__state=LetterState.OPEN)
    rows = Assignment.objects.filter(state=AssignmentState.OFFERED, season__organiser=by.organiser_id)
    return rows.filter(~Exists(untold), season__state=SeasonState.OPEN, enrolment__award_class__paused_at__isnull=True)


@transaction.atomic
def prolong_offers(season_id: int, *, class_id: int | None = None, now: datetime, by: User) -> int:
    """After a pause of a season, or of one class, let its offers stand as long as new ones; return how many."""
    offers = Assignment.objects.filter(season=season_id, state=AssignmentState.OFFERED, answer_by__lt=now + LEAST_WAIT)
    if class_id is not None:
        offers = offers.filter(enrolment__award_class=class_id)
    rows = list(offers.select_for_update(of=("self",)).select_related("season").order_by("pk"))
    for row in rows:
        if not by.has_perm("assignments.plan_assignment", row):
            raise PermissionDenied
        row.answer_by = answer_by(row.week, method=row.method, settings=row.season.settings, now=now)
    Assignment.objects.bulk_update(rows, ["answer_by"], batch_size=BATCH)
    AuditEvent.objects.bulk_create((AuditEvent.of(by, "assignment.prolonged", row) for row in rows), batch_size=BATCH)
    return len(rows)


def _skips() -> bool:
    return bool(connection.features.has_select_for_update_skip_locked)


@transaction.atomic
def expire_offers(*, now: datetime, by: User) -> int:
    """Let the offers of ``by``'s organiser lapse that are past their day; return how many.

    Nothing lapses while its season or class is paused, nor while the letter that tells of it waits in the outbox.
    """
    due = _unanswered(by).filter(answer_by__lte=now).select_for_update(of=("self",), skip_locked=_skips())
    keys = [item.pk for item in due.order_by("pk").only("pk")]
    return len(expire_many(keys, now=now, by=by)) if keys else 0


@transaction.atomic
def note_offers_that_soon_lapse(*, now: datetime, by: User) -> int:
    """Remind observers two days before their offers lapse, once for each offer; return how many are reminded."""
    told = Notice.objects.filter(assignment=OuterRef("pk"), kind=NoticeKind.EXPIRING)
    soon = _unanswered(by).filter(
        ~Exists(told), answer_by__gt=now, answer_by__lte=now + REMINDED_BEFORE, offered_at__lte=now - LEAST_WAIT
    )
    rows = soon.select_for_update(of=("self",), skip_locked=_skips()).select_related("season", "observer")
    return tell(list(rows.order_by("pk")), kind=NoticeKind.EXPIRING, by=by, now=now)
