"""The observer's home, own assignments and manual."""

from django.http import Http404, HttpRequest, HttpResponse


def observer_home(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def own_list(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def own_detail(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def accept(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def decline(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def manual(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
