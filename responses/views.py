"""Pages about responses."""

from django.http import Http404, HttpRequest, HttpResponse


def contact(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def form(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def save_answer(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def submit(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


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
