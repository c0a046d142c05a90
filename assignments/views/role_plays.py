"""The role-plays of a season: read, written, changed."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assignments import services
from assignments.forms import RolePlayForm
from assignments.models import RolePlay
from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from participants.models import Season

PLAN = "assignments.plan_assignment"
FIELDS = ("award_class", "code", "title", "story", "choosing")


@require_safe
@needs(PLAN)
def listing(request: UserRequest, code: str) -> HttpResponse:
    """Show the role-plays of a season, and the classes that have none."""
    season = get_object_or_404(Season.objects.visible_to(request.user), code=code)
    context = {
        "season": season,
        "tab": "role_plays",
        "role_plays": season.role_plays.select_related("award_class").order_by("award_class__name", "code"),
        "without": season.classes.annotate(count=Count("role_plays")).filter(count=0),
    }
    return render(request, "assignments/role_play_list.html", context)


@needs(PLAN)
def write(request: UserRequest, code: str, key: int | None = None) -> HttpResponse:
    """Write a new role-play, or change one."""
    season = get_object_or_404(Season.objects.visible_to(request.user), code=code)
    role_play = get_object_or_404(RolePlay, season=season, pk=key) if key else None
    initial = {name: getattr(role_play, name) for name in FIELDS} if role_play else request.GET.dict()
    form = RolePlayForm(request.POST or None, season=season, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_role_play(season.pk, role_play_id=key, by=request.user, **form.cleaned_data)
        except services.CodeTaken as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, _("The role-play is saved."))
            return redirect("assignments:role_plays", code)
    context = {"season": season, "form": form, "role_play": role_play}
    return render(request, "assignments/role_play_write.html", context)
