"""The page on which a project manager corrects answers of an approved report."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from responses import services
from responses.forms_correction import CorrectionForm
from responses.menu import remember_waiting
from responses.models import SurveyResponse
from responses.selectors.review import reports_to_review
from responses.workflow import CORRECT_ANSWERS

TEMPLATE = "responses/response_correct.html"
CONFLICT, UNPROCESSABLE = 409, 422


@require_http_methods(["GET", "HEAD", "POST"])
@needs(CORRECT_ANSWERS)
def correct(request: UserRequest, key: UUID) -> HttpResponse:
    """Show the answers of an approved report, and store those that are corrected."""
    response = get_object_or_404(reports_to_review(request.user), public_id=key)
    if not request.user.has_perm(CORRECT_ANSWERS, response):
        raise PermissionDenied
    remember_waiting(request, vars(response)["waiting_reports"])
    try:
        services.require_correctable(response)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(_review(request, response))
    if request.method != "POST":
        return _page(request, response, CorrectionForm(response))
    return _save(request, response, CorrectionForm(response, request.POST))


def _save(request: UserRequest, response: SurveyResponse, form: CorrectionForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, response, form, status=UNPROCESSABLE)
    answers, reason, version = form.answers(), form.cleaned_data["reason"], form.cleaned_data["version"]
    try:
        services.correct_answers(response.pk, answers=answers, reason=reason, version=version, by=request.user)
    except services.ReportChanged as error:
        return _page(request, response, form, conflict=str(error), status=CONFLICT)
    except DomainError as error:
        form.add_error(None, str(error))
        return _page(request, response, form, status=UNPROCESSABLE)
    messages.success(request, _("%(code)s is corrected. The scores follow in a moment.") % {"code": response.code})
    return redirect(_review(request, response))


def _page(
    request: UserRequest, response: SurveyResponse, form: CorrectionForm, *, conflict: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "report": response,
        "form": form,
        "areas": form.areas(),
        "conflict": conflict,
        "version": response.version,
        "review_url": _review(request, response),
    }
    return render(request, TEMPLATE, context, status=status)


def _review(request: UserRequest, response: SurveyResponse) -> str:
    """Return where the report is read, in the same view of the queue."""
    address, query = reverse("responses:review", args=[response.public_id]), request.GET.urlencode()
    return f"{address}?{query}" if query else address
