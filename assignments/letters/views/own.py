"""What observers answer: offers, weeks, and whose customers they are."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assignments.batches import Act, accept_offered
from assignments.letters import services
from assignments.letters.forms import RelationForm, WeekForm
from assignments.letters.selectors import offers_of
from assignments.models import Assignment
from assignments.workflow import AssignmentState
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from ksp.lib.formatting import iso_week
from observers.decorators import observer_page


@require_safe
@observer_page
def offers(request: UserRequest) -> HttpResponse:
    """Show what waits for the observer's answer, week by week, after the manual."""
    return render(request, "letters/offer_list.html", {"offers": offers_of(request.user, now=timezone.now())})


@require_POST
@observer_page
def accept_week(request: UserRequest) -> HttpResponse:
    """Take on all that is offered in one week."""
    rows = Assignment.objects.visible_to(request.user).filter(
        state=AssignmentState.OFFERED, season__code=request.POST.get("season"), week=request.POST.get("week", "")
    )
    act = Act(request.user, timezone.now())
    try:
        taken = accept_offered(dict.fromkeys(rows.values_list("pk", flat=True), act))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        words = ngettext("%(count)s contact is yours.", "%(count)s contacts are yours.", len(taken))
        messages.success(request, words % {"count": len(taken)})
    return redirect("letters:offers")


@require_POST
@observer_page
def change_week(request: UserRequest, key: UUID) -> HttpResponse:
    """Move an own contact to another week."""
    assignment = _own(request, key)
    form = WeekForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a week first."))
        return redirect("assignments:own_detail", key)
    try:
        change = services.change_own_week(assignment.pk, by=request.user, **form.cleaned_data)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The contact is moved to %(week)s.") % {"week": iso_week(change.week)})
    return redirect("assignments:own_detail", key)


@require_POST
@observer_page
def report_relation(request: UserRequest, key: UUID) -> HttpResponse:
    """Take back the contact of somebody who is a customer there, and thank them."""
    assignment = _own(request, key)
    form = RelationForm(request.POST)
    if not form.is_valid() or assignment.observer is None:
        messages.error(request, _("Say how you are tied to the participant."))
        return redirect("assignments:own_detail", key)
    kind = form.cleaned_data["tie"]
    services.report_relation(assignment.observer, assignment.participant, kind=kind, by=request.user)
    thanks = _("Thank you for telling us. Somebody else will make this contact, and it has no bearing on your score.")
    messages.success(request, thanks)
    return redirect("assignments:observer_home")


def _own(request: UserRequest, key: UUID) -> Assignment:
    rows = Assignment.objects.visible_to(request.user).select_related("observer__organiser", "participant")
    return get_object_or_404(rows, public_id=key)
