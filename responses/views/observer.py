"""Writing the report of a contact: opened, saved as it is written, handed in, read afterwards."""

import json
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from observers.decorators import observer_page
from responses import services
from responses.forms import ReportPage
from responses.models import Answer, Grade, ReviewNote, SurveyResponse
from responses.own_work import ASPECT_NAMES
from responses.questionnaires.selectors import questionnaire_of
from responses.services.submission import missing_answers
from responses.sheets import Asked, Sheet, add_changes, add_notes, form_parts, sheet_of
from responses.stages import Step, stage_of
from responses.workflow import WRITABLE, ReportState

P = ParamSpec("P")
View = Callable[Concatenate[UserRequest, UUID, P], HttpResponse]
OpenView = Callable[Concatenate[HttpRequest, UUID, P], HttpResponse]
INVALID = 400
SIGNED_OUT = 401
CONFLICT = 409


def _own_only(view: View[P]) -> View[P]:
    """Answer that a report does not exist where the person may not see it; refuse where they may only see it."""

    @wraps(view)
    def guarded(request: UserRequest, key: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, key, *args, **kwargs)
        except SurveyResponse.DoesNotExist:
            raise Http404 from None
        except PermissionDenied:
            get_object_or_404(SurveyResponse.objects.visible_to(request.user), public_id=key)
            raise

    return cast("View[P]", guarded)


def _for_script(view: View[P]) -> OpenView[P]:
    """Tell a script that the person is signed out, instead of leading it to the sign-in."""

    @wraps(view)
    def guarded(request: HttpRequest, key: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _refusal("signed_out", _("You are signed out. Sign in again, and we save it."), status=SIGNED_OUT)
        return view(cast("UserRequest", request), key, *args, **kwargs)

    return cast("OpenView[P]", guarded)


@require_http_methods(["GET", "HEAD", "POST"])
@observer_page
@_own_only
def form(request: UserRequest, key: UUID) -> HttpResponse:
    """Show the report, one area at a time; what is posted is saved, and the wanted area comes next."""
    if request.method == "POST":
        return _save_page(request, key)
    response = _own(request, key)
    if response.state not in WRITABLE:
        return render(request, "responses/response_read.html", _reading(response))
    context = _writing(response, shown=request.GET.get("part", ""))
    if context["stage"].step is Step.UNANSWERED:
        return redirect("responses:contact", key)
    return render(request, "responses/response_form.html", context)


@require_POST
@_for_script
@_own_only
def save_answer(request: UserRequest, key: UUID) -> HttpResponse:
    """Save one answer as soon as it is given; a newer one from another window is a conflict."""
    change = _read_change(request.body)
    if change is None:
        return _refusal("malformed", _("This is not an answer. Reload the page."), status=INVALID)
    try:
        answer = services.save_answer(key, **change, by=request.user)
    except services.UnknownAnswer as error:
        return _refusal(error.code, str(error), status=INVALID)
    except services.AnswerChangedElsewhere as error:
        return _refusal(error.code, str(error), status=CONFLICT, stored=_stored(error.stored))
    except DomainError as error:
        return _refusal(error.code, str(error), status=CONFLICT)
    return _saved(answer.version)


@require_POST
@_for_script
@_own_only
def save_reply(request: UserRequest, key: UUID, note: int) -> HttpResponse:
    """Save what the observer replies to one thing that the manager asks."""
    change = _read_change(request.body)
    if change is None:
        return _refusal("malformed", _("This is not an answer. Reload the page."), status=INVALID)
    asked = get_object_or_404(ReviewNote, pk=note, response__public_id=key)
    try:
        services.reply_to_note(asked.pk, reply=change["value"], by=request.user)
    except DomainError as error:
        return _refusal(error.code, str(error), status=CONFLICT)
    return _saved(0)


@require_POST
@login_required
@_own_only
def submit(request: UserRequest, key: UUID) -> HttpResponse:
    """Hand the report in with all that the page holds; pressing twice hands it in once."""
    page = ReportPage.read(request.POST, report=key)
    try:
        _reply(request, key, page)
        services.submit_response(
            key, key=page.key, values=page.values, bases=page.bases, now=timezone.now(), by=request.user
        )
    except DomainError as error:
        return _refused(request, key, page, error)
    return redirect("responses:form", key)


def _save_page(request: UserRequest, key: UUID) -> HttpResponse:
    page = ReportPage.read(request.POST, report=key)
    try:
        services.save_answers(key, values=page.values, bases=page.bases, by=request.user)
        _reply(request, key, page)
    except DomainError as error:
        return _refused(request, key, page, error)
    return redirect(f"{reverse('responses:form', args=[key])}?part={page.part}")


def _reply(request: UserRequest, key: UUID, page: ReportPage) -> None:
    """Store the replies to what the manager asks in this report, and in no other."""
    if page.replies:
        for note in ReviewNote.objects.filter(response__public_id=key, pk__in=page.replies):
            if note.reply != page.replies[note.pk]:
                services.reply_to_note(note.pk, reply=page.replies[note.pk], by=request.user)


def _refused(request: UserRequest, key: UUID, page: ReportPage, error: DomainError) -> HttpResponse:
    """Keep what was typed, and show the page again with what is wrong."""
    conflicts = _save_the_rest(request, key, page, error)
    response = _own(request, key)
    context = _writing(response, shown=str(page.part)) if response.state in WRITABLE else None
    if context is None or context["stage"].step is Step.UNANSWERED:
        messages.error(request, str(error))
        return redirect("responses:form", key)
    sheet: Sheet = context["sheet"]
    is_incomplete = isinstance(error, services.ReportIncomplete)
    for row in sheet.rows:
        row.other = page.values[row.question.code] if row.question.code in conflicts else None
        row.is_marked = row.is_marked or (is_incomplete and bool(row.missing))
    wrong = [part for part in sheet.parts if part.first_wrong is not None]
    sheet.shown = wrong[0].form.number if wrong else sheet.shown
    context |= {"error": str(error), "wrong": wrong if is_incomplete or conflicts else []}
    return render(request, "responses/response_form.html", context, status=CONFLICT)


def _save_the_rest(request: UserRequest, key: UUID, page: ReportPage, error: DomainError) -> set[str]:
    """Save the answers that nothing is wrong with; return those that another window changed."""
    conflicts: set[str] = set()
    found: DomainError | None = error if isinstance(error, services.AnswersChangedElsewhere) else None
    for _try in range(2):
        conflicts |= set(getattr(found, "codes", ()))
        rest = {code: value for code, value in page.values.items() if code not in conflicts}
        try:
            services.save_answers(key, values=rest, bases=page.bases, by=request.user)
        except DomainError as again:
            found = again
        else:
            break
    return conflicts


def _own(request: UserRequest, key: UUID) -> SurveyResponse:
    rows = SurveyResponse.objects.visible_to(request.user).select_related(
        "season", "enrolment__participant", "assignment__role_play"
    )
    return rows.defer("packed", "season__manual").get(public_id=key)


def _writing(response: SurveyResponse, *, shown: str) -> dict[str, Any]:
    """Return what the form shows."""
    questionnaire = questionnaire_of(response.season)
    answers = list(response.answers.all())
    stored = {answer.question_id: answer for answer in answers}
    missing = missing_answers(response, questionnaire, stored)
    sheet = sheet_of(form_parts(questionnaire, response.method), answers=answers, missing=missing)
    sheet.shown = int(shown) if shown.isdecimal() and 1 <= int(shown) <= len(sheet.parts) else 1
    settings = response.season.settings
    return {
        **_surroundings(response, sheet),
        "least": settings.least_comment_length,
        "advised": settings.advised_comment_length,
        "submission_key": uuid4(),
    }


def _reading(response: SurveyResponse) -> dict[str, Any]:
    """Return what is shown of a report that is handed in."""
    parts = form_parts(questionnaire_of(response.season), response.method)
    answers = list(response.answers.all()) if response.is_answered else []
    sheet = sheet_of(parts if response.is_answered else (), answers=answers, missing={})
    grade = Grade.objects.filter(response=response).first()
    marks = [(name, getattr(grade, aspect)) for aspect, name in ASPECT_NAMES.items()] if grade else []
    return {**_surroundings(response, sheet), "marks": marks}


def _surroundings(response: SurveyResponse, sheet: Sheet) -> dict[str, Any]:
    """Return what stands round the questions: the contact, the role-play, what was asked and changed."""
    notes: Sequence[Asked] = ()
    is_returned = response.state == ReportState.RETURNED
    if response.first_submitted_at is not None:
        since = response.reviewed_at if is_returned else None
        notes = add_notes(sheet, response.notes.all(), since=since)
        changes = response.revisions.filter(after_submission=True).select_related("changed_by")
        add_changes(sheet, changes)
    return {
        "response": response,
        "enrolment": response.enrolment,
        "season": response.season,
        "role_play": response.assignment.role_play,
        "stage": stage_of(response, list(response.attempts.all()), now=timezone.now()),
        "sheet": sheet,
        "notes": notes,
        "is_returned": is_returned,
    }


def _read_change(body: bytes) -> dict[str, Any] | None:
    """Return question, value and base as a script sends them, or nothing if they are something else."""
    try:
        sent = json.loads(body)
    except ValueError:
        return None
    if not isinstance(sent, dict):
        return None
    change = {"question": sent.get("question", ""), "value": sent.get("value"), "base": sent.get("base")}
    is_text = isinstance(change["question"], str) and isinstance(change["value"], str)
    return change if is_text and isinstance(change["base"], int | None) else None


def _stored(answer: Answer) -> dict[str, Any]:
    return {"value": answer.option.code if answer.option else answer.text, "version": answer.version}


def _saved(version: int) -> JsonResponse:
    return JsonResponse({"version": version, "saved_at": timezone.now().isoformat(timespec="seconds")})


def _refusal(code: str, detail: str, *, status: int, **more: Any) -> JsonResponse:
    return JsonResponse({"code": code, "detail": detail, **more}, status=status)
