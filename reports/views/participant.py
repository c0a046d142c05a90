"""What participants see of their own results."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from participants.models import STAFF, Enrolment
from reports import services
from reports.selectors.answers import answer_set, approved_contacts, comments_by_area, contacts_by_method
from reports.selectors.dashboard import dashboard_of
from reports.selectors.drivers import satisfaction_drivers
from reports.selectors.enrolments import Chosen, choose_enrolment
from responses.models import SurveyResponse


@needs("reports.open_dashboard")
def dashboard(request: UserRequest) -> HttpResponse:
    """Show an enrolment's own results beside its class and season."""
    chosen = _chosen(request)
    if chosen is None or not _may_read(request, chosen):
        return _without_results(request, chosen)
    found = dashboard_of(request.user, chosen.enrolment)
    return render(request, "reports/dashboard.html", {"chosen": chosen, "dashboard": found})


@needs("reports.open_dashboard")
def drivers(request: UserRequest) -> HttpResponse:
    """Show what satisfaction goes with, and where an enrolment is strong or has most to win."""
    chosen = _chosen(request)
    if chosen is None or not _may_read(request, chosen):
        return _without_results(request, chosen)
    found = satisfaction_drivers(request.user, chosen.enrolment, outcome=request.GET.get("outcome", ""))
    return render(request, "reports/dashboard_drivers.html", {"chosen": chosen, "drivers": found})


@needs("reports.open_dashboard")
def answers(request: UserRequest) -> HttpResponse:
    """List an enrolment's approved contacts, of one contact method or of all."""
    chosen = _chosen(request)
    if chosen is None or not _may_read(request, chosen):
        return _without_results(request, chosen)
    method = request.GET.get("method", "")
    found = contacts_by_method(request.user, chosen.enrolment, method=method)
    context = {"chosen": chosen, "contacts": found, "method": method if method in found.by_method else ""}
    return render(request, "reports/answers_list.html", context)


@needs("reports.open_dashboard")
def answer(request: UserRequest, key: uuid.UUID) -> HttpResponse:
    """Show everything that one contact was answered with, and log that it was read."""
    visible = SurveyResponse.objects.visible_to(request.user).approved().defer("observer")
    joined = visible.select_related("enrolment__season", "enrolment__participant", "enrolment__award_class", "season")
    response = get_object_or_404(joined, public_id=key)
    services.record_reading(response, by=request.user)
    found = answer_set(request.user, response)
    chosen = choose_enrolment(
        request.user, season=response.season.code, participant=str(response.enrolment.participant.public_id)
    )
    return render(request, "reports/answer_detail.html", {"chosen": chosen, "answers": found})


@needs("reports.open_dashboard")
def comments(request: UserRequest) -> HttpResponse:
    """List what was written of an enrolment's contacts, in one area or in all."""
    chosen = _chosen(request)
    if chosen is None or not _may_read(request, chosen):
        return _without_results(request, chosen)
    area = request.GET.get("area", "")
    contacts = approved_contacts(request.user, chosen.enrolment)
    found = comments_by_area(chosen.enrolment, contacts, area=area)
    areas = {one.key for one in found.by_area}
    context = {"chosen": chosen, "comments": found, "area": area if area in areas else ""}
    return render(request, "reports/comments_list.html", context)


def _chosen(request: UserRequest) -> Chosen | None:
    try:
        return choose_enrolment(
            request.user,
            season=request.GET.get("season", ""),
            participant=request.GET.get("participant", ""),
        )
    except Enrolment.DoesNotExist:
        raise Http404 from None


def _may_read(request: UserRequest, chosen: Chosen) -> bool:
    return request.user.has_perm("reports.read_results", chosen.enrolment)


def _without_results(request: UserRequest, chosen: Chosen | None) -> HttpResponse:
    """Say why there is no dashboard: nobody is represented, or only the place in the result list is bought."""
    is_staff = request.user.role in STAFF
    return render(request, "reports/dashboard_without.html", {"chosen": chosen, "staff": is_staff})
