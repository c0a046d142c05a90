"""What a request is once somebody has signed in."""

from django.http import HttpRequest

from ksp.accounts.models import User


class UserRequest(HttpRequest):
    """A request of a person who has signed in."""

    user: User
