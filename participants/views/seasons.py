"""Seasons: made, set up, opened, paused, closed, published."""

from django.http import Http404, HttpRequest, HttpResponse


def seasons(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def season(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
