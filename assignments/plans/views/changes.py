"""Changes by hand: what may be done with a contact, moving it, locking it, taking a move back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assignments.plans import services
from assignments.plans.forms import NOBODY, MoveForm
from assignments.plans.models import ProposedContact
from assignments.plans.sheet import choice_of, slot_choices, weekday_choices
from assignments.plans.views.finding import PLAN, visible
from assignments.plans.views.participant import UNDO
from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from ksp.lib.formatting import iso_week
from observers.models import Observer

# What was moved last can be taken back for so long.
UNDO_FOR = timedelta(minutes=10)


def _contact(request: UserRequest, key: UUID, number: int) -> ProposedContact:
    rows = ProposedContact.objects.select_related("proposal__season", "participant", "observer", "role_play")
    return get_object_or_404(rows, proposal=visible(request, key), number=number)


@require_safe
@needs(PLAN)
def choices(request: UserRequest, key: UUID, number: int) -> JsonResponse:
    """Tell into which weeks the contact may go, and who may make it, with the reasons against the others."""
    contact = _contact(request, key, number)
    offered = choice_of(contact)
    context = {
        "proposal": contact.proposal,
        "chosen": contact,
        "choices": offered,
        "weekdays": weekday_choices(),
        "slots": slot_choices(),
        "may_move": True,
    }
    panel = render_to_string("plans/_move_panel.html", context, request=request)
    return JsonResponse({"weeks": {one.week: one.sentences for one in offered.weeks}, "panel": panel})


@require_POST
@needs(PLAN)
def move(request: UserRequest, key: UUID, number: int) -> HttpResponse:
    """Move the contact as the rules allow it; the answer says which of them do not."""
    contact = _contact(request, key, number)
    form = MoveForm(request.POST, observers=Observer.objects.visible_to(request.user))
    if not form.is_valid():
        return _answer(request, contact, error=_("Choose what is to be changed from the lists."), code="misunderstood")
    before = _fields(contact)

    def change() -> str:
        moved = services.move_contact(contact.pk, by=request.user, **form.move)
        is_undo = request.POST.get("is_undo") == "yes"
        said = _("The change is taken back.") if is_undo else _said(moved)
        if is_undo:
            request.session.pop(UNDO, None)
        else:
            _remember(request, moved, before, said)
        return said

    return _try(request, contact, change)


@require_POST
@needs(PLAN)
def lock(request: UserRequest, key: UUID, number: int) -> HttpResponse:
    """Keep the contact as it is in the next search, or let it go."""
    contact, is_locked = _contact(request, key, number), request.POST.get("is_locked") == "yes"

    def change() -> str:
        services.lock_contact(contact.pk, is_locked=is_locked, by=request.user)
        return _("The contact is locked.") if is_locked else _("The contact is no longer locked.")

    return _try(request, contact, change)


def _try(request: UserRequest, contact: ProposedContact, change: Callable[[], str]) -> HttpResponse:
    try:
        said = change()
    except DomainError as error:
        return _answer(request, contact, error=str(error), code=error.code)
    return _answer(request, contact, said=said)


def _answer(
    request: UserRequest, contact: ProposedContact, *, said: str = "", error: str = "", code: str = ""
) -> HttpResponse:
    """Answer a script with JSON, a form by showing the participant's page again."""
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        if error:
            return JsonResponse({"code": code, "detail": error}, status=409)
        return JsonResponse({"detail": said})
    if error:
        messages.error(request, error)
    address = reverse("plans:participant", args=[contact.proposal.public_id, contact.participant.public_id])
    return redirect(f"{address}?contact={contact.number}")


def _fields(contact: ProposedContact) -> dict[str, Any]:
    """Return what would bring the contact back to where it is."""
    return {
        "observer": str(contact.observer.public_id) if contact.observer else NOBODY,
        "week": contact.week,
        "weekday": contact.weekday or "",
        "slot": contact.slot,
    }


def _remember(request: UserRequest, contact: ProposedContact, before: dict[str, Any], said: str) -> None:
    request.session[UNDO] = {
        "proposal": str(contact.proposal.public_id),
        "participant": str(contact.participant.public_id),
        "number": contact.number,
        "fields": before,
        "text": said,
        "until": (timezone.now() + UNDO_FOR).isoformat(),
    }


def _said(contact: ProposedContact) -> str:
    words = {
        "method": contact.get_method_display(),
        "week": iso_week(contact.week),
        "observer": contact.observer or _("nobody"),
    }
    return _("Changed: %(method)s in %(week)s is made by %(observer)s.") % words
