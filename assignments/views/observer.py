"""The observer's home, own assignments and manual."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from assignments import services
from assignments.forms import DeclineForm
from assignments.letters.forms import RelationForm, WeekForm
from assignments.letters.services.asking import MOVABLE
from assignments.letters.week_choices import WeekChoice, choices_of
from assignments.models import SEEN_BY_OBSERVER, Assignment, ManualRead, RolePlay
from assignments.own_work import Task, advice_of, home_of, own_assignments, tasks_of, unread_manuals
from assignments.workflow import ACCEPT, DECLINE, AssignmentState
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from ksp.lib.panels import panels
from ksp.lib.workflow import allowed
from observers.decorators import observer_page
from observers.models import Observer
from participants.models import ContactChannel, Season
from participants.workflow import SeasonState

ON_A_PAGE = 20
INVALID = 400
LISTS = {
    "current": (gettext_lazy("Current"), [AssignmentState.OFFERED, AssignmentState.ACCEPTED]),
    "done": (gettext_lazy("Handed in"), [AssignmentState.DONE]),
    "other": (
        gettext_lazy("Not carried out"),
        [AssignmentState.DECLINED, AssignmentState.EXPIRED, AssignmentState.WITHDRAWN],
    ),
}


@require_safe
@observer_page
def observer_home(request: UserRequest) -> HttpResponse:
    """Show what waits for the observer, the most urgent first."""
    now = timezone.now()
    observer = Observer.objects.visible_to(request.user).first()
    context = {
        "now": now,
        "home": home_of(request.user, now=now),
        "panels": panels("assignments:observer_home", observer, user=request.user) if observer else [],
    }
    return render(request, "assignments/observer_home.html", context)


@require_safe
@observer_page
def own_list(request: UserRequest) -> HttpResponse:
    """Show the observer's assignments: the current ones, those handed in, the rest."""
    show = request.GET.get("show", "current")
    show = show if show in LISTS else "current"
    rows = own_assignments(request.user).filter(state__in=LISTS[show][1])
    if show != "current":
        rows = rows.order_by("-week", "-pk")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "show": show,
        "lists": [(name, label) for name, (label, _states) in LISTS.items()],
        "page": page,
        "tasks": tasks_of(page.object_list, now=timezone.now()),
    }
    return render(request, "assignments/assignment_own_list.html", context)


@require_safe
@observer_page
def own_detail(request: UserRequest, key: UUID) -> HttpResponse:
    """Show one assignment with all that the observer needs to make the contact."""
    return _detail(request, _own(request, key), DeclineForm())


@require_POST
@observer_page
def accept(request: UserRequest, key: UUID) -> HttpResponse:
    """Take the contact on."""
    assignment = _own(request, key)
    try:
        services.accept_assignment(assignment.pk, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The contact is yours. You find it among your contacts."))
    if request.POST.get("then") == "offers":
        return redirect("letters:offers")
    return redirect("assignments:own_detail", key)


@require_POST
@observer_page
def decline(request: UserRequest, key: UUID) -> HttpResponse:
    """Say no to the contact, and why."""
    assignment = _own(request, key)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _detail(request, assignment, form, status=INVALID)
    try:
        services.decline_assignment(assignment.pk, reason=form.cleaned_data["reason"], by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("assignments:own_detail", key)
    messages.success(request, _("You have declined the contact. Somebody else will make it."))
    return redirect("assignments:observer_home")


@require_safe
@observer_page
def manual(request: UserRequest) -> HttpResponse:
    """Show the project manual, with the role-plays of the observer's current contacts."""
    current = Assignment.objects.visible_to(request.user).filter(state__in=LISTS["current"][1])
    seasons = list(Season.objects.filter(assignments__in=current).distinct().order_by("-starts_on"))
    if not seasons:
        seasons = list(_latest_season(request))
    plays = RolePlay.objects.filter(assignments__in=current).distinct().select_related("award_class")
    reads = ManualRead.objects.filter(observer__user=request.user, season__in=seasons)
    read_at = dict(reads.values_list("season_id", "read_at"))
    context = {
        "manuals": [(season, read_at.get(season.pk)) for season in seasons],
        "role_plays": plays.order_by("award_class__name", "code"),
    }
    return render(request, "assignments/observer_manual.html", context)


@require_POST
@observer_page
def read_manual(request: UserRequest, code: str) -> HttpResponse:
    """Note that the observer has read a season's manual."""
    season = get_object_or_404(Season.objects.visible_to(request.user), code=code)
    get_object_or_404(Observer.objects.visible_to(request.user))
    if "has_read" not in request.POST:
        messages.error(request, _("Tick that you have read the manual first."))
        return redirect("assignments:manual")
    services.read_manual(season.pk, now=timezone.now(), by=request.user)
    messages.success(request, _("Noted: you have read the manual. Now you can accept contacts."))
    offered = Assignment.objects.visible_to(request.user).filter(state=AssignmentState.OFFERED)
    return redirect("letters:offers" if offered.exists() else "assignments:manual")


def _latest_season(request: UserRequest) -> "list[Season]":
    begun = Season.objects.visible_to(request.user).exclude(state=SeasonState.PREPARING)
    return list(begun.current_first()[:1])


def _own(request: UserRequest, key: UUID) -> Assignment:
    rows = own_assignments(request.user).select_related("role_play").filter(state__in=SEEN_BY_OBSERVER)
    return get_object_or_404(rows, public_id=key)


def _detail(request: UserRequest, assignment: Assignment, form: DeclineForm, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    (task,) = tasks_of([assignment], now=now)
    moves = allowed([ACCEPT, DECLINE], assignment, by=request.user)
    channels = ContactChannel.objects.filter(enrolment=assignment.enrolment_id, method=assignment.method)
    weeks = _weeks(assignment, task, now=now)
    context = {
        "assignment": assignment,
        "enrolment": assignment.enrolment,
        "task": task,
        "advice": advice_of(assignment),
        "channel": channels.first(),
        "can_accept": ACCEPT in moves,
        "must_read": ACCEPT in moves and bool(unread_manuals(request.user, [assignment.season_id])),
        "can_decline": DECLINE in moves and task.report is None,
        "can_start": assignment.state == AssignmentState.ACCEPTED and task.report is None,
        "form": form,
        "weeks": weeks,
        "can_change_week": any(week.is_possible for week in weeks),
        "week_form": WeekForm(),
        "relation_form": RelationForm() if assignment.state in MOVABLE else None,
    }
    return render(request, "assignments/assignment_own_detail.html", context, status=status)


def _weeks(assignment: Assignment, task: Task, *, now: datetime) -> list[WeekChoice]:
    """Return the weeks to ask for, while that may be asked."""
    is_open = assignment.season.state == SeasonState.OPEN
    if assignment.state not in MOVABLE or task.report is not None or not is_open:
        return []
    return choices_of(assignment, now=now)
