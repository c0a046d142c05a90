"""How a program shows whose it is: by a key in the head of its request."""

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from ksp.accounts import services
from ksp.accounts.models import ApiToken, User
from ksp.accounts.origin import set_origin

SCHEME = "Bearer"


class BearerAuthentication(BaseAuthentication):
    """Knows the person by “Authorization: Bearer ksp_…”."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the person and the key; None where no key is shown."""
        scheme, _space, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        now = timezone.now()
        token = services.find_token(text.strip(), now=now)
        if token is None:
            raise AuthenticationFailed(_("The key does not work: it is revoked, too old, or not one of ours."))
        services.note_token_use(token, by=token.user, now=now)
        set_origin(f"api {token.prefix} {request.META.get('REMOTE_ADDR', '')}")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Say how to come in, so that a request without a key is answered 401."""
        return SCHEME
