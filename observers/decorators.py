"""Who comes in at the observers' own pages."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse

from ksp.accounts.models import Role
from ksp.accounts.requests import UserRequest

P = ParamSpec("P")
Page = Callable[Concatenate[UserRequest, P], HttpResponse]


def observer_page(page: Page[P]) -> Page[P]:
    """Lead strangers to the sign-in; whoever signs in without being an observer finds nothing here."""

    @login_required
    @wraps(page)
    def guarded(request: UserRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.role != Role.OBSERVER:
            raise Http404
        return page(request, *args, **kwargs)

    return guarded
