"""Lists of participants: uploaded, previewed, imported, taken back."""

from django.http import Http404, HttpRequest, HttpResponse


def imports(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def import_participants(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def import_batch(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404
