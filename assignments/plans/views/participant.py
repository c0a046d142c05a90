"""A participant's contacts in a proposal, week by week."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from assignments.plans.models import PlanProposal
from assignments.plans.sheet import choice_of, mix_of, neighbours_of, sheet_of, slot_choices, weekday_choices
from assignments.plans.views.finding import PLAN, visible
from assignments.plans.workflow import CHANGE
from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.calendar import local_date
from ksp.lib.workflow import allowed
from participants.models import Enrolment, Participant

# Where the session keeps the last move, so that it can be taken back.
UNDO = "plan_undo"


@require_safe
@needs(PLAN)
def participant(request: UserRequest, key: UUID, participant: UUID) -> HttpResponse:
    """Show one participant's contacts, and what may be done with the one that is chosen."""
    proposal = visible(request, key)
    rows = Enrolment.objects.visible_to(request.user).select_related("participant", "award_class")
    enrolment = get_object_or_404(rows, season=proposal.season_id, participant__public_id=participant)
    now = timezone.now()
    sheet = sheet_of(proposal, enrolment, today=local_date(now))
    may_move = bool(allowed([CHANGE], proposal, by=request.user))
    chosen = sheet.contact(request.GET.get("contact", ""))
    beside = neighbours_of(proposal, enrolment.participant)
    context: dict[str, Any] = {
        "proposal": proposal,
        "enrolment": enrolment,
        "participant": enrolment.participant,
        "sheet": sheet,
        "may_move": may_move,
        "beside": beside,
        "chosen": chosen,
        "undo": _undo(request, proposal, enrolment.participant) if may_move else None,
    }
    if chosen is None:
        context["traits"] = mix_of(proposal, sheet)
    elif may_move:
        chosen.proposal = proposal
        context |= {"choices": choice_of(chosen), "weekdays": weekday_choices(), "slots": slot_choices()}
    return render(request, "plans/participant_plan.html", context)


def _undo(request: UserRequest, proposal: PlanProposal, participant: Participant) -> dict[str, Any] | None:
    """Return the last move here, as long as it can be taken back."""
    kept: dict[str, Any] | None = request.session.get(UNDO)
    if kept is None or (kept["proposal"], kept["participant"]) != (
        str(proposal.public_id),
        str(participant.public_id),
    ):
        return None
    until = parse_datetime(kept["until"])
    return kept if until is not None and until > timezone.now() else None
