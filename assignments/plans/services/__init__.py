"""Every change to proposals."""

from assignments.plans.services.applying import Applied, NoWeeks, PlanOutdated, apply_proposal
from assignments.plans.services.making import make_owed_proposals, make_proposal
from assignments.plans.services.moving import Move, MoveRefused, lock_contact, move_contact
from assignments.plans.services.requesting import (
    NothingPlanned,
    PlanUnderWay,
    SeasonClosed,
    SeasonHasPlan,
    cancel_proposal,
    discard_proposal,
    owe_repair,
    request_plan,
)
from assignments.plans.services.rescheduling import reschedule_assignment

__all__ = [
    "Applied",
    "Move",
    "MoveRefused",
    "NoWeeks",
    "NothingPlanned",
    "PlanOutdated",
    "PlanUnderWay",
    "SeasonClosed",
    "SeasonHasPlan",
    "apply_proposal",
    "cancel_proposal",
    "discard_proposal",
    "lock_contact",
    "make_owed_proposals",
    "make_proposal",
    "move_contact",
    "owe_repair",
    "request_plan",
    "reschedule_assignment",
]
