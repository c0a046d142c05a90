"""Pages about questionnaires."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ksp.accounts.decorators import needs
from ksp.accounts.requests import UserRequest
from ksp.lib.errors import DomainError
from participants.models import ContactMethod, Season
from responses.questionnaires import services
from responses.questionnaires.battery import available_batteries, load_battery
from responses.questionnaires.earlier import comparison_with_earlier
from responses.questionnaires.forms import InstallForm
from responses.questionnaires.selectors import read_questionnaire
from responses.questionnaires.totals import by_area, since_earlier, totals_of

READ = "questionnaires.read_questionnaire"
CHANGE = "questionnaires.change_questionnaire"


@require_safe
@needs(READ)
def detail(request: UserRequest, code: str) -> HttpResponse:
    """Show a season's questionnaire with the points of every option."""
    season = get_object_or_404(Season.objects.visible_to(request.user), code=code)
    questionnaire = read_questionnaire(season)
    method = request.GET.get("method", "")
    method = method if method in ContactMethod.values else ""
    totals, sums = totals_of(questionnaire)
    comparison = comparison_with_earlier(season, questionnaire) if questionnaire.asked else None
    context = {
        "season": season,
        "tab": "questionnaire",
        "questionnaire": questionnaire,
        "method": method,
        "methods": ContactMethod.choices,
        "totals": totals,
        "sums": sums,
        "areas": by_area(questionnaire, method=method, comparison=comparison),
        "since": None if comparison is None else since_earlier(comparison),
        "may_install": not season.is_frozen and not questionnaire.asked and request.user.has_perm(CHANGE, season),
        "batteries": available_batteries(),
    }
    return render(request, "questionnaires/questionnaire_detail.html", context)


@require_POST
@needs(CHANGE)
def install(request: UserRequest, code: str) -> HttpResponse:
    """Give a season in preparation one of the questionnaires that are kept ready."""
    season = get_object_or_404(Season.objects.visible_to(request.user), code=code)
    form = InstallForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the questionnaires."))
        return redirect("questionnaires:detail", code)
    try:
        count = services.install_battery(season.pk, battery=load_battery(form.cleaned_data["battery"]), by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The questionnaire is in place, with %(count)s questions.") % {"count": count})
    return redirect("questionnaires:detail", code)
