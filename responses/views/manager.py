"""The project manager's pages: the queue of reports, and one report to decide on."""

from django.http import Http404, HttpRequest, HttpResponse


def queue(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def review(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def approve(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def return_(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def reject(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
