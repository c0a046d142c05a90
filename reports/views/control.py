"""The control room: how far the season has come."""

from django.http import Http404, HttpRequest, HttpResponse


def control(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
