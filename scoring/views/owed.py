"""What administrators do about scores."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from scoring import services


@require_POST
@needs("scoring.recompute_scores")
def retry(request: UserRequest) -> HttpResponse:
    """Let the computations that were set aside be tried from the start again."""
    services.retry_set_aside(by=request.user)
    messages.success(request, _("The scores are computed again within a minute."))
    return redirect("accounts:administration")
