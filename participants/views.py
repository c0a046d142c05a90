"""Pages about participants."""

from django.http import Http404, HttpRequest, HttpResponse


def seasons(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def season(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def imports(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def import_participants(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def import_batch(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def listing(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def detail(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
