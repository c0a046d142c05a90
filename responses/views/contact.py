"""Making a contact: attempts are started, answered, given up, typed afterwards and corrected."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assignments.models import Assignment
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from observers.decorators import observer_page
from participants.models import ContactChannel
from responses import services
from responses.forms import TimesForm
from responses.models import ContactAttempt, SurveyResponse
from responses.stages import Stage, Step, next_time, stage_of
from responses.workflow import WRITABLE, ReportState

INVALID = 400
CONFLICT = 409


@require_POST
@observer_page
def start(request: UserRequest, key: UUID) -> HttpResponse:
    """Begin the report of an accepted assignment, and go to its contact."""
    assignment = get_object_or_404(Assignment.objects.visible_to(request.user), public_id=key)
    try:
        response = services.start_contact(assignment.pk, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("assignments:own_detail", key)
    return redirect("responses:contact", response.public_id)


@require_safe
@observer_page
def contact(request: UserRequest, key: UUID) -> HttpResponse:
    """Show how the contact stands, and what the observer can do next."""
    response = _own(request, key)
    return _page(request, response, now=timezone.now())


@require_POST
@observer_page
def start_attempt(request: UserRequest, key: UUID) -> HttpResponse:
    """Start the clock of an attempt."""
    now = timezone.now()

    def begin(response: SurveyResponse) -> None:
        services.start_attempt(response.pk, started_at=now, now=now, by=request.user)

    return _do(request, key, begin)


@require_POST
@observer_page
def end_attempt(request: UserRequest, key: UUID) -> HttpResponse:
    """Stop the clock: somebody answered, or nobody did."""
    now = timezone.now()
    is_answered = request.POST.get("result") == "answered"

    def end(response: SurveyResponse) -> None:
        attempt = response.attempts.last()
        if attempt is not None:
            answered_at, ended_at = (now, None) if is_answered else (None, now)
            services.end_attempt(attempt.pk, answered_at=answered_at, ended_at=ended_at, now=now, by=request.user)

    return _do(request, key, end)


@require_POST
@observer_page
def register_attempt(request: UserRequest, key: UUID) -> HttpResponse:
    """Write down an attempt that was made without the clock."""
    now = timezone.now()
    response = _own(request, key)
    stage = _stage(response, now=now)
    form = _new_form(stage, data=request.POST)
    if not form.is_valid():
        return _page(request, response, now=now, register=form, status=INVALID)
    times = form.times(limit=stage.limit, now=now)
    try:
        services.register_attempt(
            response.pk,
            started_at=times.started_at,
            answered_at=times.answered_at,
            ended_at=times.ended_at,
            now=now,
            by=request.user,
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return _page(request, response, now=now, register=form, status=CONFLICT)
    return redirect("responses:contact", key)


@require_POST
@observer_page
def correct_attempt(request: UserRequest, key: UUID) -> HttpResponse:
    """Correct the times of the latest attempt."""
    now = timezone.now()
    response = _own(request, key)
    stage = _stage(response, now=now)
    attempt = get_object_or_404(ContactAttempt, pk=stage.latest.pk if stage.latest else None)
    form = _correction(stage, attempt, data=request.POST)
    if not form.is_valid():
        return _page(request, response, now=now, correct=form, status=INVALID)
    times = form.times(limit=stage.limit, now=now)
    try:
        services.correct_attempt(
            attempt.pk,
            started_at=times.started_at,
            answered_at=times.answered_at,
            ended_at=times.ended_at,
            now=now,
            by=request.user,
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return _page(request, response, now=now, correct=form, status=CONFLICT)
    return redirect("responses:contact", key)


def _own(request: UserRequest, key: UUID) -> SurveyResponse:
    rows = SurveyResponse.objects.visible_to(request.user)
    related = rows.select_related(
        "season", "observer", "enrolment__participant", "enrolment__award_class", "assignment__role_play"
    )
    return get_object_or_404(related.defer("packed", "season__manual"), public_id=key)


def _do(request: UserRequest, key: UUID, act: Callable[[SurveyResponse], object]) -> HttpResponse:
    """Make one change to the contact and show it; say why if it cannot be made."""
    try:
        act(_own(request, key))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("responses:contact", key)


def _stage(response: SurveyResponse, *, now: datetime) -> Stage:
    return stage_of(response, list(response.attempts.all()), now=now)


def _new_form(stage: Stage, *, data: Any = None) -> TimesForm:
    return TimesForm(data, method=stage.method, may_wait=False, prefix="register")


def _correction(stage: Stage, attempt: ContactAttempt, *, data: Any = None) -> TimesForm:
    is_under_way = stage.step in {Step.RUNNING, Step.SENT}
    return TimesForm.for_attempt(attempt, method=stage.method, is_under_way=is_under_way, data=data)


def _page(
    request: UserRequest,
    response: SurveyResponse,
    *,
    now: datetime,
    register: TimesForm | None = None,
    correct: TimesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    stage = _stage(response, now=now)
    is_open, is_returned = response.state in WRITABLE, response.state == ReportState.RETURNED
    channel = ContactChannel.objects.filter(enrolment=response.enrolment_id, method=response.method).first()
    context = {
        "response": response,
        "enrolment": response.enrolment,
        "season": response.season,
        "role_play": response.assignment.role_play,
        "channel": channel,
        "stage": stage,
        "is_open": is_open,
        "opens": next_time(stage.opens_at, now=now) if stage.opens_at else "",
        "register": register or (_new_form(stage) if is_open and stage.step is Step.START else None),
        "correct": correct or (_correction(stage, stage.latest) if is_open and stage.latest else None),
        "is_correcting": correct is not None,
        "is_registering": register is not None,
        "notes": response.notes.filter(written_at__gte=response.reviewed_at) if is_returned else (),
        "submission_key": uuid4(),
    }
    return render(request, "responses/response_contact.html", context, status=status)
