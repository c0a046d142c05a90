"""The keys by which a person's own programs use the API."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ksp.accounts import services
from ksp.accounts.decorators import needs
from ksp.accounts.forms import TokenForm
from ksp.accounts.models import ApiToken
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError


@needs("accounts.make_token")
def create(request: UserRequest) -> HttpResponse:
    """List the person's keys and make new ones; the text of a key is shown once, in the answer that made it."""
    form = TokenForm(request.POST or None)
    made = text = None
    if request.method == "POST" and form.is_valid():
        expires_at = form.expires_at(timezone.now())
        try:
            made, text = services.create_token(by=request.user, name=form.cleaned_data["name"], expires_at=expires_at)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            form = TokenForm()
    context = {"form": form, "made": made, "text": text, "tokens": ApiToken.objects.visible_to(request.user)}
    return render(request, "accounts/token_list.html", {**context, "now": timezone.now()})


@require_POST
@needs("accounts.make_token")
def revoke(request: UserRequest, key: int) -> HttpResponse:
    """Let a key open nothing any more."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=key)
    services.revoke_token(token.pk, by=request.user)
    messages.success(request, _("The key “%(name)s” no longer works.") % {"name": token.name})
    return redirect("accounts:create_token")
