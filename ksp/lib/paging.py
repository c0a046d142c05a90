"""Cuts lists into pages."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PAGE_SIZE = 25


def page_of(rows: Any, request: HttpRequest, *, size: int = PAGE_SIZE) -> "Page[Any]":
    """Return the page that the address asks for; beyond the ends the nearest one."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
