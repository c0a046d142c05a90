"""What letters note when contacts are offered to observers, or taken from them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from assignments.letters.services import tell
from assignments.letters.workflow import NoticeKind
from assignments.models import Assignment
from assignments.signals import observers_concerned
from assignments.workflow import AssignmentState
from ksp.accounts.models import User
from ksp.lib.workflow import Transition

KINDS = {
    AssignmentState.OFFERED: NoticeKind.OFFERED,
    AssignmentState.WITHDRAWN: NoticeKind.WITHDRAWN,
    AssignmentState.CANCELLED: NoticeKind.WITHDRAWN,
    AssignmentState.EXPIRED: NoticeKind.EXPIRED,
}


@receiver(observers_concerned, sender=Assignment, dispatch_uid="letters.note_what_happened")
def note_what_happened(
    *,
    assignments: Sequence[Assignment],
    transition: Transition,
    by: User,
    now: datetime,
    is_held: bool,
    **_signal: Any,
) -> None:
    """Put the news into each observer's open letter."""
    tell(assignments, kind=KINDS[AssignmentState(transition.target)], by=by, is_held=is_held, now=now)
