"""What participants and the public see of the results."""

from django.http import Http404, HttpRequest, HttpResponse


def dashboard(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def answers(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def answer(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def comments(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def results(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
