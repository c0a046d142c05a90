"""The manager's pages about applications: all of a season's, one alone, and what is decided."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.accounts.selectors import history_of
from ksp.lib.collation import norwegian
from ksp.lib.errors import DomainError
from ksp.lib.paging import page_of
from ksp.lib.workflow import allowed
from observers.applications import services
from observers.applications.filters import NEWEST, ORDERS, ApplicationFilter
from observers.applications.forms import DecisionForm
from observers.applications.models import Application, ApplicationQuerySet, TeamMember
from observers.applications.periods import offered_weeks
from observers.applications.selectors.applicants import applicants_of, counts_of, with_scores
from observers.applications.workflow import ACCEPT, DECIDE, DECLINE, ApplicationState
from participants.models import Season
from participants.selectors import current_season, seasons_of

PAGE_SIZE = 50
NOT_FILTERS = frozenset({"season", "page", "sort"})


@require_safe
@needs(DECIDE)
def listing(request: UserRequest) -> HttpResponse:
    """Show a season's applications with what a decision rests on; those that wait first."""
    seasons = seasons_of(request.user)
    season = current_season(seasons, request.GET.get("season", ""))
    if season is None:
        return render(request, "applications/application_list.html", {"season": None})
    asked = request.GET.copy()
    asked.setdefault("state", ApplicationState.SUBMITTED)
    narrowed = _narrowed(request, season, asked)
    counts = counts_of(season)
    page = page_of(narrowed.qs, request, size=PAGE_SIZE)
    shown: list[Application] = list(page.object_list)
    context = {
        "season": season,
        "seasons": seasons,
        "form": narrowed.form,
        "page": page,
        "rows": applicants_of(shown, season),
        "counts": counts,
        "has_any": any(counts.values()),
        "season_weeks": len(offered_weeks(season)),
        "is_narrowed": any(value for name, value in request.GET.items() if name not in NOT_FILTERS),
        "state": asked["state"],
    }
    return render(request, "applications/application_list.html", context)


def _narrowed(request: UserRequest, season: Season, asked: QueryDict) -> ApplicationFilter:
    rows = Application.objects.visible_to(request.user).filter(season=season).select_related("observer")
    sorted_first = with_scores(rows, season).order_by(*ORDERS[NEWEST])
    return ApplicationFilter(asked, queryset=sorted_first, season=season)


@require_safe
@needs(DECIDE)
def detail(request: UserRequest, key: UUID) -> HttpResponse:
    """Show one application: what is offered, who is tied to whom, what was done before, and the decision."""
    application = _visible(request, key)
    season = application.season
    moves = allowed([ACCEPT, DECLINE], application, by=request.user)
    relations = application.relations.select_related("participant").order_by(norwegian("participant__name"))
    classes = dict(season.enrolments.values_list("participant", "award_class__name"))
    offered = offered_weeks(season)
    context = {
        "application": application,
        "season": season,
        "applicant": applicants_of([application], season)[0],
        "weeks": [(week, week.week in application.weeks) for week in offered],
        "relations": [(relation, classes.get(relation.participant_id, "")) for relation in relations],
        "undeclared": _undeclared(application),
        "can_accept": ACCEPT in moves,
        "can_decline": DECLINE in moves,
        "member": TeamMember.objects.filter(season=season, observer=application.observer_id).first(),
        "history": history_of(application),
    }
    return render(request, "applications/application_detail.html", context)


def _undeclared(application: Application) -> list[str]:
    """Name the classes that the observer did not go through, such as those made since."""
    gone_through = application.declarations.values("award_class")
    rest = application.season.classes.filter(enrolments__isnull=False).exclude(pk__in=gone_through).distinct()
    return list(rest.values_list("name", flat=True))


@require_POST
@needs(DECIDE)
def decide(request: UserRequest) -> HttpResponse:
    """Accept or decline the applications that are ticked, or all that the filters find."""
    form = DecisionForm(request.POST)
    back = _back(request)
    if not form.is_valid():
        messages.error(request, _("Choose whether to accept or decline."))
        return redirect(back)
    keys = _chosen(request)
    if not keys:
        messages.error(request, _("Tick at least one application first."))
        return redirect(back)
    accept = form.cleaned_data["decision"] == "accept"
    try:
        outcome = services.decide_applications(
            keys, accept=accept, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
        )
    except DomainError as error:
        messages.error(request, str(error))
    else:
        _tell(request, outcome, accept=accept)
    return redirect(back)


def _chosen(request: UserRequest) -> list[int]:
    rows: ApplicationQuerySet = Application.objects.visible_to(request.user)
    if request.POST.get("all") == "yes":
        asked = QueryDict(request.POST.get("filters", ""))
        season = get_object_or_404(Season.objects.visible_to(request.user), code=asked.get("season", ""))
        rows = _narrowed(request, season, asked).qs.filter(state=ApplicationState.SUBMITTED)
        return list(rows.values_list("pk", flat=True))
    keys = [key for key in request.POST.getlist("application") if _is_uuid(key)]
    return list(rows.filter(public_id__in=keys).values_list("pk", flat=True))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _tell(request: UserRequest, outcome: services.Decided, *, accept: bool) -> None:
    count, passed = len(outcome.decided), len(outcome.passed_over)
    if accept:
        text = ngettext("%(count)s is on the team, and is told.", "%(count)s are on the team, and are told.", count)
    else:
        text = ngettext("%(count)s is declined, and is told.", "%(count)s are declined, and are told.", count)
    if count:
        messages.success(request, text % {"count": count})
    if passed:
        words = ngettext(
            "%(count)s was decided already, and is as it was.", "%(count)s were decided already, and are as they were.",
            passed,
        )  # fmt: skip
        messages.warning(request, words % {"count": passed})


def _back(request: UserRequest) -> str:
    """Return the page that the decision was made on: the list as it was narrowed, or the application."""
    key = request.POST.get("detail", "")
    if _is_uuid(key):
        return reverse("applications:detail", args=[key])
    return f"{reverse('applications:list')}?{QueryDict(request.POST.get('filters', '')).urlencode()}"


@require_POST
@needs(DECIDE)
def change_team(request: UserRequest, key: UUID) -> HttpResponse:
    """Take the applicant out of the team again, with a reason, or back into it."""
    application = _visible(request, key)
    arguments: dict[str, Any] = {"by": request.user}
    try:
        if request.POST.get("move") == "join":
            services.join_team(application.season_id, [application.observer_id], **arguments)
            messages.success(request, _("%(name)s is on the team.") % {"name": application.observer})
        else:
            reason = request.POST.get("reason", "")
            arguments |= {"reason": reason, "now": timezone.now()}
            services.leave_team(application.season_id, application.observer_id, **arguments)
            messages.success(request, _("%(name)s has left the team.") % {"name": application.observer})
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("applications:detail", key)


def _visible(request: UserRequest, key: UUID) -> Application:
    rows = Application.objects.visible_to(request.user).select_related("season", "observer__user", "decided_by")
    return get_object_or_404(rows, public_id=key)
