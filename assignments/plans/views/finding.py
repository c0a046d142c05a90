"""Finds the proposal that an address names, for those who may see it."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from assignments.plans.models import PlanProposal
from ksp.accounts.requests import UserRequest

PLAN = "plans.make_plan"


def visible(request: UserRequest, key: UUID) -> PlanProposal:
    """Return the proposal if the person may see it."""
    rows = PlanProposal.objects.visible_to(request.user).select_related("season", "requested_by", "applied_by")
    return get_object_or_404(rows, public_id=key)
