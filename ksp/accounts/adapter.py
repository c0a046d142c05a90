"""How sign-in differs from the library's: nobody signs up, people are invited; mail goes through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from ksp.accounts.models import User
from ksp.accounts.services import owe_mail


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Sign-in without sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account alone."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Owe the mail instead of sending it while the person waits."""
        message = self.render_mail(template_prefix, email, context)
        user = User.objects.filter(email__iexact=email).first()
        if user is not None:
            owe_mail(organiser_id=user.organiser_id, to=email, subject=str(message.subject), body=str(message.body))
