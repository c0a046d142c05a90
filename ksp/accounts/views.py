"""Pages about accounts."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Say in plain words that the page was open too long."""
    return render(request, "403_csrf.html", status=403)


def profile(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def set_appearance(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def administration(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def users(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def invite(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def user(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def audit(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def accept_invitation(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
