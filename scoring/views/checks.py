"""Stored scores compared with what the reports give, whenever an administrator asks."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from participants.models import Season
from scoring import checking
from scoring.check_words import check_in_words
from scoring.models import ScoreCheck

PERMISSION = "scoring.recompute_scores"


@require_POST
@needs(PERMISSION)
def check(request: UserRequest, code: str) -> HttpResponse:
    """Compare the stored scores with what the approved reports give, now."""
    season = get_object_or_404(Season.objects.visible_to(request.user), code=code)
    _tell(request, checking.check_stored_scores(season.pk, by=request.user))
    return redirect("scoring:rules", code)


@require_POST
@needs(PERMISSION)
def recompute(request: UserRequest, code: str) -> HttpResponse:
    """Compute every score of the season anew, and compare again."""
    season = get_object_or_404(Season.objects.visible_to(request.user), code=code)
    _tell(request, checking.recompute_and_check(season.pk, by=request.user))
    return redirect("scoring:rules", code)


def _tell(request: UserRequest, found: ScoreCheck) -> None:
    say = messages.error if found.differences else messages.success
    say(request, check_in_words(found))
