"""Pages that take a number apart: a participant's figure or place, the mean of a class or season, one contact."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib import formatting
from participants.models import STAFF, AwardClass, Enrolment, Season
from reports import services
from reports.links import dashboard_url, explanation_url
from reports.selectors.explanations import (
    Reader,
    readable_class,
    readable_contact,
    readable_enrolment,
    readable_season,
)
from scoring.explanations import (
    GroupExplained,
    Kind,
    MemberLine,
    PlaceExplained,
    PlaceLine,
    UnknownFigure,
    explain,
    explain_contact,
    explain_group,
)


class OwnValue(NamedTuple):
    """A value as it is written, and where it is explained."""

    text: str
    url: str


class PlaceRow(NamedTuple):
    """One line of a list of places as the page draws it."""

    line: PlaceLine
    values: Sequence[str]
    url: str


@require_safe
@needs("reports.open_dashboard")
def explanation(request: UserRequest, season: str, participant: uuid.UUID, figure: str) -> HttpResponse:
    """Show how a participant's figure or place came about."""
    sees_all = request.user.role in STAFF
    try:
        enrolment = readable_enrolment(request.user, season=season, participant=str(participant))
        found = explain(enrolment, figure, method=request.GET.get("method", ""), sees_all=sees_all)
    except (ObjectDoesNotExist, UnknownFigure):
        raise Http404 from None
    context = {"explanation": found, "enrolment": enrolment, "sees_all": sees_all}
    context["back_url"] = dashboard_url(enrolment)
    if isinstance(found, PlaceExplained):
        context |= {"own_values": _own_values(found, enrolment), "lines": _place_rows(found, season, sees_all=sees_all)}
        return render(request, "reports/place_explanation.html", context)
    return render(request, "reports/figure_explanation.html", context)


def _own_values(found: PlaceExplained, enrolment: Enrolment) -> list[tuple[str, OwnValue]]:
    """Return what decides, with the participant's own value and where that is explained."""
    return [
        (column.name, OwnValue(formatting.unrounded(value), explanation_url(enrolment, column.figure)))
        for column, value in zip(found.columns, found.own.values, strict=False)
    ]


def _place_rows(found: PlaceExplained, season: str, *, sees_all: bool) -> list[PlaceRow]:
    """Return whom the participant is compared with; who sees all may go on to them."""
    return [
        PlaceRow(
            line=line,
            values=[formatting.number(value, found.decimals) for value in line.values or [None] * len(found.columns)],
            url=reverse("reports:explain", args=[season, line.key, found.figure.code])
            if sees_all and not line.is_own
            else "",
        )
        for line in found.lines
    ]


@require_safe
@needs("reports.open_dashboard")
def class_mean(request: UserRequest, season: str, key: int, figure: str) -> HttpResponse:
    """Show how the mean of a class came about."""
    try:
        award_class, reader = readable_class(request.user, season=season, key=key)
    except AwardClass.DoesNotExist:
        raise Http404 from None
    return _mean(request, award_class, reader, figure)


@require_safe
@needs("reports.open_dashboard")
def season_mean(request: UserRequest, season: str, figure: str) -> HttpResponse:
    """Show how the mean of a season came about."""
    try:
        found, reader = readable_season(request.user, season=season)
    except Season.DoesNotExist:
        raise Http404 from None
    return _mean(request, found, reader, figure)


def _mean(request: UserRequest, group: Season | AwardClass, reader: Reader, figure: str) -> HttpResponse:
    method = request.GET.get("method", "")
    try:
        found = explain_group(group, figure, method=method, sees_all=reader.sees_all, own=reader.own)
    except UnknownFigure:
        raise Http404 from None
    season = group if isinstance(group, Season) else group.season
    context = {
        "explanation": found,
        "season": season,
        "is_season": group is season,
        "sees_all": reader.sees_all,
        "lines": _member_rows(found, season.code),
        "back_url": dashboard_url(reader.own[0]) if reader.own else "",
    }
    return render(request, "reports/mean_explanation.html", context)


def _member_rows(found: GroupExplained, season: str) -> list[tuple[MemberLine, str]]:
    """Return the participants behind a mean, with where each one's own figure is explained."""
    figure = found.figure
    query = f"?method={figure.method}" if figure.method and figure.kind is not Kind.METHOD else ""
    return [(line, reverse("reports:explain", args=[season, line.key, figure.code]) + query) for line in found.lines]


@require_safe
@needs("reports.open_dashboard")
def contact(request: UserRequest, key: uuid.UUID) -> HttpResponse:
    """Show how one contact's score came about, and log that it was read."""
    try:
        response = readable_contact(request.user, key)
    except ObjectDoesNotExist:
        raise Http404 from None
    services.record_reading(response, by=request.user)
    context = {
        "explanation": explain_contact(response),
        "enrolment": response.enrolment,
        "sees_all": request.user.role in STAFF,
    }
    return render(request, "reports/contact_explanation.html", context)
