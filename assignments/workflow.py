"""The states of an assignment.

planned → offered → accepted → done
   ↓         ↓ ↘        ↓
cancelled  declined   withdrawn
           expired
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ksp.lib.workflow import Transition


class AssignmentState(models.TextChoices):
    """Where an assignment stands."""

    PLANNED = "planned", _("Planned")
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CANCELLED = "cancelled", _("Cancelled")
    DONE = "done", _("Done")


# While an assignment is in one of these, its observer meets, or has met, its participant.
MEETING = frozenset({AssignmentState.PLANNED, AssignmentState.OFFERED, AssignmentState.ACCEPTED, AssignmentState.DONE})
OPEN = frozenset({AssignmentState.PLANNED, AssignmentState.OFFERED, AssignmentState.ACCEPTED})

OFFER = Transition(
    verb="assignment.offered",
    label=_("Offer"),
    sources=frozenset({AssignmentState.PLANNED}),
    target=AssignmentState.OFFERED,
    permission="assignments.plan_assignment",
)
ACCEPT = Transition(
    verb="assignment.accepted",
    label=_("Accept"),
    sources=frozenset({AssignmentState.OFFERED}),
    target=AssignmentState.ACCEPTED,
    permission="assignments.answer_assignment",
)
DECLINE = Transition(
    verb="assignment.declined",
    label=_("Decline"),
    sources=frozenset({AssignmentState.OFFERED, AssignmentState.ACCEPTED}),
    target=AssignmentState.DECLINED,
    permission="assignments.answer_assignment",
)
EXPIRE = Transition(
    verb="assignment.expired",
    label=_("Let expire"),
    sources=frozenset({AssignmentState.OFFERED}),
    target=AssignmentState.EXPIRED,
    permission="assignments.plan_assignment",
)
WITHDRAW = Transition(
    verb="assignment.withdrawn",
    label=_("Withdraw"),
    sources=frozenset({AssignmentState.OFFERED, AssignmentState.ACCEPTED}),
    target=AssignmentState.WITHDRAWN,
    permission="assignments.plan_assignment",
)
CANCEL = Transition(
    verb="assignment.cancelled",
    label=_("Cancel"),
    sources=OPEN,
    target=AssignmentState.CANCELLED,
    permission="assignments.plan_assignment",
)
FINISH = Transition(
    verb="assignment.done",
    label=_("Done"),
    sources=frozenset({AssignmentState.ACCEPTED}),
    target=AssignmentState.DONE,
    permission="assignments.answer_assignment",
)

TRANSITIONS = {
    "offer": OFFER,
    "accept": ACCEPT,
    "decline": DECLINE,
    "expire": EXPIRE,
    "withdraw": WITHDRAW,
    "cancel": CANCEL,
    "finish": FINISH,
}
