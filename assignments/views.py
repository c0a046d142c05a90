"""Pages about assignments."""

from django.http import Http404, HttpRequest, HttpResponse


def listing(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def detail(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def offer(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


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
