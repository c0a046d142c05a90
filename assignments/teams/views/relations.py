"""The page on which a member of a team says that they have become somebody's customer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assignments.letters.services import report_relation
from assignments.teams.forms import RelationForm
from ksp.accounts.requests import UserRequest
from ksp.lib.collation import norwegian
from ksp.lib.errors import DomainError
from observers.applications.models import RelationKind, TeamMember
from observers.decorators import observer_page
from observers.models import Observer
from participants.models import Enrolment, Participant, Season
from participants.workflow import SeasonState

INVALID = 400
ENDED = (SeasonState.CLOSED, SeasonState.PUBLISHED)


@observer_page
def report(request: UserRequest) -> HttpResponse:
    """Let the observer name a participant that they are tied to now; contacts there are taken back at once."""
    observer = Observer.objects.visible_to(request.user).first()
    enrolments = _asked_about(request, observer)
    form = RelationForm(request.POST if request.method == "POST" else None, enrolments=enrolments)
    if request.method == "POST" and observer is not None and form.is_valid():
        participant = Participant.objects.get(public_id=form.cleaned_data["participant"])
        try:
            planned = report_relation(
                observer, participant, kind=RelationKind(form.cleaned_data["tie"]), by=request.user
            )
        except DomainError as error:
            messages.error(request, str(error))
        else:
            words = {"name": participant.name}
            text = _("Thank you. You are not asked to contact %(name)s.")
            taken = _("Thank you. Your contact with %(name)s is taken back, and somebody else makes it.")
            messages.success(request, (taken if planned else text) % words)
        return redirect("applications:own")
    context = {"form": form, "is_on_a_team": bool(enrolments)}
    return render(request, "teams/relation_report.html", context, status=INVALID if form.errors else 200)


def _asked_about(request: UserRequest, observer: Observer | None) -> list[Enrolment]:
    """Return the participants of the seasons that the observer is on the team of, but those they are tied to."""
    if observer is None:
        return []
    teams = TeamMember.objects.visible_to(request.user).current()
    seasons = Season.objects.filter(pk__in=teams.values("season")).exclude(state__in=ENDED)
    known = observer.customer_relations.values("participant")
    rows = Enrolment.objects.filter(season__in=seasons).exclude(participant__in=known)
    return list(
        rows.select_related("participant", "award_class").order_by(
            norwegian("award_class__name"), norwegian("participant__name"), "pk"
        )
    )
