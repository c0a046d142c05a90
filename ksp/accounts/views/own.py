"""Everybody's own account: the profile, the colours, the invitation."""

from typing import cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ksp.accounts import services
from ksp.accounts.forms import AppearanceForm, PasswordForm, ProfileForm
from ksp.accounts.requests import UserRequest
from ksp.accounts.ties import tie_of

CHOICES = ("name", "language", "colour_scheme", "has_shortcuts")
YEAR = 60 * 60 * 24 * 365


@login_required
def profile(request: UserRequest) -> HttpResponse:
    """Show and change what the person decides about their own account."""
    user = request.user
    form = ProfileForm(request.POST or None, user=user, initial={name: getattr(user, name) for name in CHOICES})
    if request.method == "POST" and form.is_valid():
        services.set_preferences(by=user, **form.cleaned_data)
        with override(user.language):
            messages.success(request, _("Your choices are saved."))
        response = redirect("accounts:profile")
        _remember_language(response, user.language)
        return response
    tie = tie_of(user.role)
    context = {
        "form": form,
        "heading": tie.heading if tie else "",
        "things": tie.things(user) if tie else [],
        "may_make_tokens": user.has_perm("accounts.make_token"),
    }
    return render(request, "accounts/user_profile.html", context)


def _remember_language(response: HttpResponse, language: str) -> None:
    """Let this device follow, as the choice in the frame of the pages does."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )


@login_required
@require_POST
def set_appearance(request: UserRequest) -> HttpResponse:
    """Store which colours the person wants, and go back to where they were."""
    form = AppearanceForm(request.POST)
    if form.is_valid():
        services.set_preferences(by=request.user, colour_scheme=form.cleaned_data["colour_scheme"])
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    return redirect(back)


@never_cache
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let an invited person choose a password, and lead them in."""
    try:
        invitation = services.find_invitation(token, now=timezone.now())
    except services.InvitationExpired:
        return render(request, "accounts/invitation_expired.html", status=410)
    form = PasswordForm(request.POST or None, user=invitation.user)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.accept_invitation(token, password=form.cleaned_data["password"])
        except services.InvitationExpired:
            return render(request, "accounts/invitation_expired.html", status=410)
        record_authentication(request, user, method="password", email=user.email)
        return cast("HttpResponse", perform_login(request, user, email_verification="none", redirect_url="/"))
    return render(request, "accounts/invitation_accept.html", {"form": form, "invitation": invitation})
