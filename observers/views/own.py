"""The observer's own page."""

from django.http import Http404, HttpRequest, HttpResponse


def own_page(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
