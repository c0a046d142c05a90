"""What every request needs to know about the person: language, origin, second factor."""

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

from ksp.accounts.models import Language, Role
from ksp.accounts.origin import set_origin

OPEN_WITHOUT_SECOND_FACTOR = ("/accounts/", "/i18n/", "/healthz/", "/static/")


class PersonMiddleware:
    """Sets the language, notes from where changes come, and asks managers for a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in the person's language."""
        set_origin(f"web {request.META.get('REMOTE_ADDR', '')}")
        language = _language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        if _lacks_second_factor(request):
            messages.info(request, _("Your role needs two-step sign-in. Set it up before you go on."))
            return redirect("mfa_activate_totp")
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _language(request: HttpRequest) -> str:
    """The language chosen on this device, else the person's, else Norwegian."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen in Language.values:
        return chosen
    return request.user.language if request.user.is_authenticated else Language.NORWEGIAN.value


def _lacks_second_factor(request: HttpRequest) -> bool:
    """Managers and administrators need one, except in the demo."""
    if settings.DEMO or not settings.KSP_REQUIRE_SECOND_FACTOR or not request.user.is_authenticated:
        return False
    if request.user.role not in {Role.MANAGER, Role.ADMINISTRATOR}:
        return False
    if request.path.startswith(OPEN_WITHOUT_SECOND_FACTOR):
        return False
    if any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user)):
        return False
    return not Authenticator.objects.filter(user=request.user).exists()
