"""What letters note when contacts are offered to observers, or taken from them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from assignments.letters.services import prolong_offers, tell
from assignments.letters.workflow import NoticeKind
from assignments.models import Assignment
from assignments.signals import observers_concerned
from assignments.workflow import AssignmentState
from ksp.accounts.models import User
from ksp.lib.workflow import Transition
from participants.models import AwardClass, Season
from participants.signals import class_changed, season_changed
from participants.workflow import RESUME

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


@receiver(season_changed, sender=Season, dispatch_uid="letters.prolong_offers_of_season")
def prolong_offers_of_season(*, season: Season, transition: Transition, by: User, **_signal: Any) -> None:
    """Give offers their time back when a season goes on."""
    if transition is RESUME:
        prolong_offers(season.pk, now=timezone.now(), by=by)


@receiver(class_changed, sender=AwardClass, dispatch_uid="letters.prolong_offers_of_class")
def prolong_offers_of_class(*, award_class: AwardClass, is_paused: bool, by: User, **_signal: Any) -> None:
    """Give offers their time back when a class goes on."""
    if not is_paused:
        prolong_offers(award_class.season_id, class_id=award_class.pk, now=timezone.now(), by=by)
