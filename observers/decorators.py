"""Who comes in at the observers' own pages."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from ksp.accounts.models import Role
from ksp.accounts.requests import UserRequest

P = ParamSpec("P")
UserView = Callable[Concatenate[UserRequest, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def observer_page(view: UserView[P]) -> View[P]:
    """Lead strangers to the sign-in; whoever signs in without being an observer finds nothing here."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        person = cast("UserRequest", request)
        if person.user.role != Role.OBSERVER:
            raise Http404
        return view(person, *args, **kwargs)

    return cast("View[P]", login_required(guarded))
