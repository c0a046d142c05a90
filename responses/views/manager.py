"""The project manager's pages: the queue of reports, and one report to decide on."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ksp.accounts.decorators import needs
from ksp.accounts.models import User
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from ksp.lib.paging import PAGE_SIZE
from ksp.lib.workflow import Transition, TransitionNotAllowed
from participants.models import Season
from participants.selectors import current_season, seasons_of
from responses import services
from responses.deadlines import ReviewClock
from responses.filters import QueueFilter, age_bars
from responses.forms_review import GRADES, ReviewForm
from responses.menu import remember_waiting
from responses.models import SurveyResponse
from responses.own_work import ASPECT_NAMES
from responses.selectors.queue import (
    Cut,
    SeasonShape,
    next_in_queue,
    observers_of,
    queue_counts,
    queue_page,
    shape_of,
)
from responses.selectors.review import ReviewSheet, reports_to_review, review_sheet
from responses.services import ReportChanged
from responses.workflow import APPROVE, REJECT, RETURN, REVIEW

QUEUE_TEMPLATE = "responses/response_queue.html"
REVIEW_TEMPLATE = "responses/response_review.html"
CONFLICT, UNPROCESSABLE = 409, 422


def _filters(request: UserRequest, season: Season, shape: SeasonShape | None = None) -> QueueFilter:
    clock = ReviewClock.at(timezone.now(), working_days=season.settings.review_working_days)
    rows = SurveyResponse.objects.visible_to(request.user)
    return QueueFilter(request.GET, season=season, queryset=rows, clock=clock, shape=shape)


def _query(request: UserRequest, filters: QueueFilter) -> str:
    """Return the end of the address that leads to the same view of the queue."""
    season = {"season": request.GET["season"]} if request.GET.get("season") else {}
    return urlencode({**season, **filters.chosen})


@require_safe
@needs(REVIEW)
def queue(request: UserRequest) -> HttpResponse:
    """Show the reports of a season that wait to be read, the oldest first."""
    seasons = seasons_of(request.user)
    season = current_season(seasons, request.GET.get("season", ""))
    if season is None:
        return render(request, QUEUE_TEMPLATE, {"season": None})
    shape = shape_of(season)
    filters = _filters(request, season, shape)
    found, clock = filters.qs, filters.clock
    others = [other for other in seasons if other.pk != season.pk]
    counts = queue_counts(season, found if filters.is_changed else None, clock=clock, others=others)
    page = Paginator(range(counts.matching), PAGE_SIZE).get_page(request.GET.get("page"))
    cut = Cut(start=(page.number - 1) * PAGE_SIZE, size=PAGE_SIZE, total=counts.matching)
    remember_waiting(request, counts.waiting + counts.elsewhere)
    context = {
        "season": season,
        "counts": counts,
        "planned": shape.planned,
        "ages": age_bars(counts, clock),
        "filters": filters,
        "controls": filters.controls(seasons=seasons, classes=shape.classes, observers=observers_of(season)),
        "page": page,
        "rows": queue_page(found, order=filters.order, cut=cut, clock=clock),
        "query": _query(request, filters),
        "clear_url": f"{reverse('responses:queue')}?{urlencode({'season': season.code})}",
    }
    return render(request, QUEUE_TEMPLATE, context)


def _report(request: UserRequest, key: UUID) -> SurveyResponse:
    """Return the report, or say that it is not the person's to read."""
    response = get_object_or_404(reports_to_review(request.user), public_id=key)
    if not request.user.has_perm(REVIEW, response):
        raise PermissionDenied
    return response


@require_safe
@needs(REVIEW)
def review(request: UserRequest, key: UUID) -> HttpResponse:
    """Show one report, whole, with what can be decided about it."""
    return _page(request, _report(request, key))


@dataclass(frozen=True)
class _Refusal:
    """Why a decision was not made: what to say, and what the person had typed."""

    form: ReviewForm
    message: str
    is_conflict: bool = False
    asks_reason: bool = False

    @property
    def status(self) -> int:
        return CONFLICT if self.is_conflict else UNPROCESSABLE


def _page(request: UserRequest, response: SurveyResponse, *, refusal: _Refusal | None = None) -> HttpResponse:
    form = refusal.form if refusal else None
    sheet = review_sheet(response, by=request.user, now=timezone.now(), typed=form.notes() if form else None)
    filters = _filters(request, response.season)
    following = next_in_queue(filters.qs, response, order=filters.order, by=request.user)
    remember_waiting(request, vars(response)["waiting_reports"])
    context = {
        "sheet": sheet,
        "report": response,
        "refusal": refusal,
        "overall": form.text("overall") if form else "",
        "reason": form.text("reason") if form else "",
        "grades": _grades(sheet, form),
        "choices": GRADES,
        "next": following,
        "query": _query(request, filters),
    }
    return render(request, REVIEW_TEMPLATE, context, status=refusal.status if refusal else None)


def _grades(sheet: ReviewSheet, form: ReviewForm | None) -> list[tuple[str, object, int]]:
    """Return the aspects of a grade with their names and what is chosen: given, typed, or suggested."""
    given = getattr(sheet.response, "grade", None)
    chosen = {**sheet.suggested, **(form.grade() if form else {})}
    return [
        (aspect, name, getattr(given, aspect) if given else chosen[aspect]) for aspect, name in ASPECT_NAMES.items()
    ]


Move = Callable[[SurveyResponse, ReviewForm, User], SurveyResponse]


def _decide(request: UserRequest, key: UUID, *, transition: Transition, move: Move, done: str) -> HttpResponse:
    """Make the move and go on to the next report; if it cannot be made, show the page again with what was typed."""
    response, form = _report(request, key), ReviewForm(request.POST)
    try:
        decided = move(response, form, request.user)
    except (ReportChanged, TransitionNotAllowed) as error:
        response = _report(request, key)
        if not _is_own_echo(response, transition, by=request.user):
            return _page(request, response, refusal=_Refusal(form, str(error), is_conflict=True))
    except DomainError as error:
        return _page(request, response, refusal=_Refusal(form, str(error), asks_reason=transition is REJECT))
    else:
        messages.success(request, done % {"code": decided.code, "participant": response.enrolment.participant})
    return _go_on(request, response)


def _is_own_echo(response: SurveyResponse, transition: Transition, *, by: User) -> bool:
    """The person made this very move already: a second press of the same button."""
    return response.state == transition.target and response.reviewed_by_id == by.pk


def _go_on(request: UserRequest, response: SurveyResponse) -> HttpResponse:
    """Lead to the next report in the same view of the queue, or back to the queue when none is left."""
    filters = _filters(request, response.season)
    following = next_in_queue(filters.qs, response, order=filters.order, by=request.user)
    query = _query(request, filters)
    address = reverse("responses:review", args=[following]) if following else reverse("responses:queue")
    return redirect(f"{address}?{query}" if query else address)


@require_POST
@needs(REVIEW)
def approve(request: UserRequest, key: UUID) -> HttpResponse:
    """Approve the report with a grade; what was written to the observer is not thrown away unread."""

    def move(response: SurveyResponse, form: ReviewForm, by: User) -> SurveyResponse:
        form.require_nothing_asked()
        return services.approve_response(response.pk, version=form.read_version, grade=form.grade(), by=by)

    done = _("%(code)s, %(participant)s, is approved.")
    return _decide(request, key, transition=APPROVE, move=move, done=done)


@require_POST
@needs(REVIEW)
def return_(request: UserRequest, key: UUID) -> HttpResponse:
    """Send the report back to its observer with questions."""

    def move(response: SurveyResponse, form: ReviewForm, by: User) -> SurveyResponse:
        notes, note = form.notes(), form.text("overall")
        return services.return_response(response.pk, version=form.read_version, notes=notes, note=note, by=by)

    done = _("%(code)s, %(participant)s, is returned. The observer gets an e-mail.")
    return _decide(request, key, transition=RETURN, move=move, done=done)


@require_POST
@needs(REVIEW)
def reject(request: UserRequest, key: UUID) -> HttpResponse:
    """Refuse the report for good."""

    def move(response: SurveyResponse, form: ReviewForm, by: User) -> SurveyResponse:
        return services.reject_response(response.pk, version=form.read_version, reason=form.text("reason"), by=by)

    done = _("%(code)s, %(participant)s, is rejected. The contact is planned anew.")
    return _decide(request, key, transition=REJECT, move=move, done=done)
