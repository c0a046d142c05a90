"""The states of a proposal.

waiting → running → ready → applied
   ↓         ↓  ↘      ↓
cancelled    failed  discarded
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ksp.lib.workflow import Transition


class ProposalKind(models.TextChoices):
    """What a proposal is for."""

    SEASON = "season", _("Whole season")
    REPAIR = "repair", _("Plan anew")


class ProposalState(models.TextChoices):
    """Where a proposal stands."""

    WAITING = "waiting", pgettext_lazy("proposal", "Waiting")
    RUNNING = "running", pgettext_lazy("proposal", "Being made")
    READY = "ready", pgettext_lazy("proposal", "Ready")
    FAILED = "failed", pgettext_lazy("proposal", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("proposal", "Cancelled")
    APPLIED = "applied", pgettext_lazy("proposal", "Approved")
    DISCARDED = "discarded", pgettext_lazy("proposal", "Discarded")


UNFINISHED = frozenset({ProposalState.WAITING, ProposalState.RUNNING})
PLAN = "plans.make_plan"

CANCEL = Transition(
    verb="plan.cancelled",
    label=_("Cancel"),
    sources=UNFINISHED,
    target=ProposalState.CANCELLED,
    permission=PLAN,
)
APPLY = Transition(
    verb="plan.applied",
    label=_("Approve the plan"),
    sources=frozenset({ProposalState.READY}),
    target=ProposalState.APPLIED,
    permission=PLAN,
)
DISCARD = Transition(
    verb="plan.discarded",
    label=_("Discard"),
    sources=frozenset({ProposalState.READY, ProposalState.FAILED, ProposalState.CANCELLED}),
    target=ProposalState.DISCARDED,
    permission=PLAN,
)

# A contact is moved or locked by hand: the proposal stays what it is.
CHANGE = Transition(
    verb="plan.contact_moved",
    label=_("Change by hand"),
    sources=frozenset({ProposalState.READY}),
    target=ProposalState.READY,
    permission=PLAN,
)

TRANSITIONS = {"cancel": CANCEL, "apply": APPLY, "discard": DISCARD}
