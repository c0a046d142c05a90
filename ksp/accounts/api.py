"""What every answer of the API starts from: somebody who may, in that person's language."""

from typing import Any, cast

from django.utils import translation
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ksp.accounts.models import User


class ApiView(APIView):
    """One address of the API; only those with its ``permission`` come in."""

    permission = ""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let in who may, and answer in the person's language."""
        super().initial(request, *args, **kwargs)
        if self.permission and not self.person.has_perm(self.permission):
            self.permission_denied(request)
        translation.activate(self.person.language)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Name the language of the answer."""
        finished = super().finalize_response(request, response, *args, **kwargs)
        finished.headers["Content-Language"] = translation.get_language() or ""
        return finished

    @property
    def person(self) -> User:
        """Who asks; everybody has shown who they are before this is read."""
        return cast("User", self.request.user)


class Nothing(ApiView):
    """Any address of the API where nothing is."""

    def get(self, request: Request, rest: str) -> Response:
        """Say so as the API says things."""
        raise NotFound
