"""Doors of pages: who may come in at all."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from ksp.accounts.requests import UserRequest

P = ParamSpec("P")
UserView = Callable[Concatenate[UserRequest, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def needs(permission: str) -> Callable[[UserView[P]], View[P]]:
    """Let only those into the page who have the permission somewhere; the others are told that it is not theirs."""

    def decorate(view: UserView[P]) -> View[P]:
        @wraps(view)
        def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            person = cast("UserRequest", request)
            if not person.user.has_perm(permission):
                raise PermissionDenied
            return view(person, *args, **kwargs)

        return cast("View[P]", login_required(checked))

    return decorate
