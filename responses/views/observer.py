"""The observer's pages: the contact with its attempts, and the report."""

from django.http import Http404, HttpRequest, HttpResponse


def contact(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def form(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def save_answer(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def submit(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
