"""How sign-in differs from the library's: nobody signs up, people are invited; mail goes through the outbox."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from ksp.accounts.models import User
from ksp.accounts.services import owe_mail


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Sign-in without sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account alone."""
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Whoever signed in a moment ago need not give the password again to set up the second step."""
        records = get_authentication_records(self.request, self.request.user)
        latest = max((record["at"] for record in records), default=0.0)
        if time.time() - latest < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link of a reset mail, on the site's own name whatever name the request came by."""
        return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=_parts(key))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Owe the mail instead of sending it while the person waits."""
        message = self.render_mail(template_prefix, email, context)
        user = User.objects.filter(email__iexact=email).first()
        if user is not None:
            owe_mail(organiser_id=user.organiser_id, to=email, subject=str(message.subject), body=str(message.body))


def _parts(key: str) -> dict[str, str]:
    uid, _dash, token = key.partition("-")
    return {"uidb36": uid, "key": token}
