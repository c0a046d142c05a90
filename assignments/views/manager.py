"""The manager's pages about assignments."""

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from assignments import services
from assignments.batches import offer_planned
from assignments.filters import HANDED_OUT_FIRST, AssignmentFilter
from assignments.forms import NewContactForm, OfferForm, OfferManyForm
from assignments.models import Assignment
from assignments.selectors import judge_observers, standing_of
from assignments.workflow import TRANSITIONS, AssignmentState
from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.accounts.selectors import history_of
from ksp.lib.errors import DomainError
from ksp.lib.paging import page_of
from ksp.lib.panels import panels
from ksp.lib.workflow import allowed
from observers.models import Observer
from participants.selectors import current_season, seasons_of
from participants.workflow import SeasonState

PLAN = "assignments.plan_assignment"


@require_safe
@needs(PLAN)
def listing(request: UserRequest) -> HttpResponse:
    """Show a season's contacts, those without an observer first."""
    seasons = seasons_of(request.user)
    season = current_season(seasons, request.GET.get("season", ""))
    if season is None:
        return render(request, "assignments/assignment_list.html", {"season": None})
    rows = Assignment.objects.visible_to(request.user).select_related(
        "season", "participant", "enrolment__award_class", "observer"
    )
    asked = request.GET.copy()
    asked["season"] = season.code
    narrowed = AssignmentFilter(asked, queryset=rows, season=season, seasons=seasons)
    ordered = narrowed.qs.order_by(HANDED_OUT_FIRST, "week", "code")
    context = {
        "season": season,
        "form": narrowed.form,
        "page": page_of(ordered, request),
        "standing": standing_of(season),
        "offering": OfferManyForm(season=season) if season.state == SeasonState.OPEN else None,
        "is_narrowed": any(value for name, value in request.GET.items() if name not in {"season", "page"}),
    }
    return render(request, "assignments/assignment_list.html", context)


def _visible(request: UserRequest, key: UUID) -> Assignment:
    rows = Assignment.objects.visible_to(request.user).select_related(
        "season", "participant", "enrolment__award_class", "observer__user", "role_play", "replaces", "replaced_by"
    )
    return get_object_or_404(rows, public_id=key)


@require_safe
@needs(PLAN)
def detail(request: UserRequest, key: UUID) -> HttpResponse:
    """Show one contact, and who could make it."""
    assignment = _visible(request, key)
    moves = allowed(TRANSITIONS.values(), assignment, by=request.user)
    context: dict[str, object] = {
        "assignment": assignment,
        "channel": assignment.enrolment.channels.filter(method=assignment.method).first(),
        "history": history_of(assignment),
        "moves": {str(move.target) for move in moves},
        "panels": panels("assignments:detail", assignment, user=request.user),
    }
    if assignment.state == AssignmentState.PLANNED:
        context |= _candidates(request, assignment)
    return render(request, "assignments/assignment_detail.html", context)


def _candidates(request: UserRequest, assignment: Assignment) -> dict[str, object]:
    """Judge everybody, and cut out the page that is asked for."""
    name = request.GET.get("q", "").strip()
    judged = judge_observers(assignment, user=request.user, name=name)
    with_refused = request.GET.get("show") == "all" or not judged.eligible
    shown = judged.everybody if with_refused else judged.everybody[: judged.eligible]
    return {
        "name": name,
        "eligible": judged.eligible,
        "everybody": len(judged.everybody),
        "with_refused": with_refused,
        "able_only": not with_refused,
        "page": page_of(shown, request),
    }


@require_POST
@needs(PLAN)
def offer(request: UserRequest, key: UUID) -> HttpResponse:
    """Offer the contact to the observer whose button was pressed."""
    assignment = _visible(request, key)
    form = OfferForm(request.POST, observers=Observer.objects.visible_to(request.user))
    if not form.is_valid():
        raise Http404
    observer = form.cleaned_data["observer"]
    done = _("%(observer)s is offered the assignment.") % {"observer": observer}
    return _try(
        request,
        assignment,
        done,
        lambda: services.offer_assignment(assignment.pk, observer_id=observer.pk, by=request.user),
    )


@require_POST
@needs(PLAN)
def offer_many(request: UserRequest) -> HttpResponse:
    """Offer the chosen contacts, or all up to a week, to the observers they are planned for."""
    season = current_season(seasons_of(request.user), request.POST.get("season", ""))
    if season is None:
        return redirect("assignments:list")
    form = OfferManyForm(request.POST, season=season)
    back = f"{reverse('assignments:list')}?{urlencode({'season': season.code})}"
    if not form.is_valid():
        messages.error(request, _("Choose some contacts, or the week up to which you want to offer."))
        return redirect(back)
    planned = form.planned(Assignment.objects.visible_to(request.user).filter(season=season))
    keys = list(planned.values_list("pk", flat=True))
    try:
        offered = offer_planned(keys, now=timezone.now(), is_held=form.cleaned_data["is_held"], by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(back)
    words = ngettext("%(count)s contact is offered.", "%(count)s contacts are offered.", len(offered))
    messages.success(request, words % {"count": len(offered)})
    if left := len(keys) - len(offered):
        words = ngettext(
            "%(count)s contact stays planned: a rule says no by now, or the class is paused.",
            "%(count)s contacts stay planned: a rule says no by now, or the class is paused.",
            left,
        )
        messages.warning(request, words % {"count": left})
    return redirect("letters:outbox" if form.cleaned_data["is_held"] else back)


@require_POST
@needs(PLAN)
def withdraw(request: UserRequest, key: UUID) -> HttpResponse:
    """Take the contact back, with a reason."""
    assignment, reason = _visible(request, key), request.POST.get("reason", "")
    done = _("The assignment is withdrawn, and planned anew.")
    return _try(
        request, assignment, done, lambda: services.withdraw_assignment(assignment.pk, reason=reason, by=request.user)
    )


@require_POST
@needs(PLAN)
def expire(request: UserRequest, key: UUID) -> HttpResponse:
    """Let an unanswered offer lapse."""
    assignment = _visible(request, key)
    done = _("The offer has lapsed, and the contact is planned anew.")
    return _try(request, assignment, done, lambda: services.expire_assignment(assignment.pk, by=request.user))


@require_POST
@needs(PLAN)
def cancel(request: UserRequest, key: UUID) -> HttpResponse:
    """Drop the contact."""
    assignment = _visible(request, key)
    done = _("The contact is cancelled.")
    return _try(request, assignment, done, lambda: services.cancel_assignment(assignment.pk, by=request.user))


def _try(request: UserRequest, assignment: Assignment, done: str, move: Callable[[], object]) -> HttpResponse:
    """Make the move, and say on the contact's page what came of it."""
    try:
        move()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(assignment)


@needs(PLAN)
def create(request: UserRequest) -> HttpResponse:
    """Plan one more contact by hand."""
    season = current_season(seasons_of(request.user), request.GET.get("season", ""))
    if season is None:
        return redirect("assignments:list")
    form = NewContactForm(request.POST or None, season=season)
    if request.method == "POST" and form.is_valid():
        role_play = form.cleaned_data["role_play"]
        try:
            assignment = services.create_assignment(
                form.cleaned_data["enrolment"].pk,
                method=form.cleaned_data["method"],
                week=form.cleaned_data["week"],
                role_play_id=role_play.pk if role_play else None,
                by=request.user,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The contact is planned. Offer it to an observer."))
            return redirect(assignment)
    return render(request, "assignments/assignment_create.html", {"form": form, "season": season})
