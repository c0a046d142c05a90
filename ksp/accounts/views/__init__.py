"""Pages about accounts: the administrator's, and everybody's own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- the framework's signature
    """Say in plain words that the page was open too long."""
    return render(request, "403_csrf.html", status=403)
