"""Participants: the list, and one of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ksp.accounts.decorators import needs
from ksp.accounts.models import User
from ksp.accounts.requests import UserRequest
from ksp.accounts.selectors import history_of
from ksp.lib.collation import norwegian
from ksp.lib.errors import DomainError
from ksp.lib.paging import page_of
from ksp.lib.panels import panels
from participants import services
from participants.filters import EnrolmentFilter
from participants.models import ContactChannel, Enrolment, Participant
from participants.participant_forms import EnrolmentForm, RepresentativeForm
from participants.selectors import current_season, seasons_of
from participants.workflow import SeasonState

READ = "participants.read_participant"
CHANGE = "participants.change_enrolment"
INVITE = "accounts.invite_user"
FIELDS = ("package", "contact_name", "contact_email", "employees_informed_on", "extra_help")
CHANNELS = Prefetch("channels", ContactChannel.objects.order_by("pk"))


@require_safe
@needs(READ)
def listing(request: UserRequest) -> HttpResponse:
    """Show a season's participants."""
    seasons = seasons_of(request.user)
    season = current_season(seasons, request.GET.get("season", ""))
    if season is None:
        return render(request, "participants/participant_list.html", {"season": None})
    rows = Enrolment.objects.visible_to(request.user).select_related("participant", "award_class")
    asked = request.GET.copy()
    asked["season"] = season.code
    narrowed = EnrolmentFilter(asked, queryset=rows, season=season, seasons=seasons)
    context = {
        "season": season,
        "form": narrowed.form,
        "page": page_of(narrowed.qs.prefetch_related(CHANNELS).order_by(norwegian("participant__name"), "pk"), request),
        "is_narrowed": any(value for name, value in request.GET.items() if name not in {"season", "page"}),
        "may_import": request.user.has_perm("participants.import_participants"),
    }
    return render(request, "participants/participant_list.html", context)


def _visible(request: UserRequest, key: UUID) -> Participant:
    return get_object_or_404(Participant.objects.visible_to(request.user), public_id=key)


@needs(READ)
def detail(request: UserRequest, key: UUID) -> HttpResponse:
    """Show one participant across the years; change the enrolment of the season that is looked at."""
    participant = _visible(request, key)
    rows = participant.enrolments.select_related("season", "award_class", "participant").prefetch_related(CHANNELS)
    enrolments = list(rows.order_by("-season__starts_on", "-pk"))
    season = current_season([one.season for one in enrolments], request.GET.get("season", ""))
    enrolment = next((one for one in enrolments if one.season == season), None)
    form = _enrolment_form(request, enrolment)
    if form is not None and request.method == "POST" and form.is_valid() and enrolment is not None:
        services.change_enrolment(enrolment.pk, by=request.user, **form.cleaned_data)
        messages.success(request, _("The enrolment is saved."))
        return redirect(request.get_full_path())
    context = _context(request, participant) | {"enrolments": enrolments, "enrolment": enrolment, "form": form}
    context["over"] = [SeasonState.CLOSED, SeasonState.PUBLISHED]
    return render(request, "participants/participant_detail.html", context)


def _enrolment_form(request: UserRequest, enrolment: Enrolment | None) -> EnrolmentForm | None:
    if enrolment is None:
        return None
    return EnrolmentForm(request.POST or None, initial={name: getattr(enrolment, name) for name in FIELDS})


def _context(request: UserRequest, participant: Participant) -> dict[str, Any]:
    return {
        "participant": participant,
        "people": participant.representatives.select_related("user").order_by("user__name"),
        "may_invite": request.user.has_perm(INVITE, participant),
        "person_form": RepresentativeForm(),
        "history": history_of(participant)[:10],
        "panels": panels("participants:detail", participant, user=request.user),
    }


@require_POST
@needs(READ)
def close_channel(request: UserRequest, key: UUID, channel: int) -> HttpResponse:
    """Contact the participant no longer by one of its methods."""
    participant = _visible(request, key)
    closed = get_object_or_404(ContactChannel, pk=channel, enrolment__participant=participant)
    try:
        services.close_channel(closed.pk, reason=request.POST.get("reason", ""), by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        words = {"participant": participant.name, "method": closed.get_method_display()}
        text = _("%(participant)s: %(method)s is no longer used. A new plan is made for what it changes.")
        messages.success(request, text % words)
    return redirect("participants:detail", key)


@require_POST
@needs(INVITE)
def invite_representative(request: UserRequest, key: UUID) -> HttpResponse:
    """Let one more person see what the participant bought."""
    participant, form = _visible(request, key), RepresentativeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write a name and a whole e-mail address."))
        return redirect("participants:detail", key)
    try:
        user = services.invite_representative(participant.pk, by=request.user, **form.cleaned_data)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        words = {"name": user.name, "participant": participant.name}
        messages.success(request, _("%(name)s now represents %(participant)s.") % words)
    return redirect("participants:detail", key)


@require_POST
@needs(INVITE)
def remove_representative(request: UserRequest, key: UUID, person: UUID) -> HttpResponse:
    """Let a person no longer see anything of the participant."""
    participant = _visible(request, key)
    user = get_object_or_404(User.objects.visible_to(request.user), public_id=person)
    services.remove_representative(participant.pk, user=user, by=request.user)
    words = {"name": user.name, "participant": participant.name}
    messages.success(request, _("%(name)s no longer represents %(participant)s.") % words)
    return redirect("participants:detail", key)
