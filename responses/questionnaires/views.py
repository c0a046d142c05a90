"""Pages about questionnaires."""

from django.http import Http404, HttpRequest, HttpResponse


def detail(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
