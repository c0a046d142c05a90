"""The published results, as they were frozen, and every version of them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from participants.models import Season
from reports.models import Publication
from reports.selectors.explanations import explainable
from reports.selectors.publications import (
    check_of,
    latest_version,
    public_seasons,
    publication_of,
    reads_corrections,
    versions_of,
)
from reports.selectors.result_list import result_list
from scoring.rule_words import rules_in_words, scored_areas


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Show the latest version of a published season to everybody; say that there is none before publication."""
    seasons = public_seasons(request.user)
    if not seasons:
        return render(request, "reports/results_none.html")
    season = _chosen(seasons, request.GET.get("season", seasons[0].code))
    return _list(request, seasons, publication_of(season))


@require_safe
def versions(request: HttpRequest, season: str) -> HttpResponse:
    """Show when and why each version was published, and what it changed."""
    found = _chosen(public_seasons(request.user), season)
    context = {
        "season": found,
        "versions": versions_of(found, reader=request.user),
        "sees_corrections": reads_corrections(request.user, found),
    }
    return render(request, "reports/results_versions.html", context)


@require_safe
def version(request: HttpRequest, season: str, number: int) -> HttpResponse:
    """Show the result list as it was in one version."""
    seasons = public_seasons(request.user)
    try:
        publication = publication_of(_chosen(seasons, season), version=number)
    except Publication.DoesNotExist:
        raise Http404 from None
    return _list(request, seasons, publication, number=number)


def _chosen(seasons: list[Season], code: str) -> Season:
    season = next((season for season in seasons if season.code == code), None)
    if season is None:
        raise Http404
    return season


def _list(
    request: HttpRequest, seasons: list[Season], publication: Publication, *, number: int | None = None
) -> HttpResponse:
    season = publication.season
    found = result_list(publication, award_class=request.GET.get("class", ""), reader=request.user)
    context = {
        "seasons": seasons,
        "results": found,
        "rules": rules_in_words(found.rules, scored_areas(season)),
        "check": check_of(publication),
        # What was published before a correction is explained by answers that are no longer there.
        "explainable": explainable(request.user, season) if number is None else {},
        "number": number,
        "latest": latest_version(season) if number is not None else publication.version,
    }
    return render(request, "reports/results.html", context)
