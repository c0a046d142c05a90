"""How the API says no: a code that programs know, and a sentence for people."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from ksp.lib.errors import DomainError


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return ``{"code", "detail"}``, with ``fields`` where the input is wrong; None for a mistake of ours."""
    if isinstance(error, DomainError):
        return Response({"code": error.code, "detail": str(error)}, status=status.HTTP_409_CONFLICT)
    if isinstance(error, Http404 | ObjectDoesNotExist):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is not None and isinstance(error, exceptions.APIException):
        response.data = _said(error)
    return response


def _said(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return {"code": "invalid", "detail": str(error.default_detail), "fields": error.detail}
    return {"code": error.get_codes(), "detail": str(error.detail)}
