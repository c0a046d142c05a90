"""The manager's pages about observers."""

from django.http import Http404, HttpRequest, HttpResponse


def listing(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def detail(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
