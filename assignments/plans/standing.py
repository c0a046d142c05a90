"""How a season's plan stands: how much of it there is, what is missing before one can be made, and what waits."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from assignments.plans.models import PlanProposal, ProposalQuerySet
from assignments.plans.situation import team_of
from assignments.plans.weeks import contact_weeks
from assignments.plans.workflow import ProposalState
from assignments.workflow import OPEN, AssignmentState
from ksp.accounts.models import User
from participants.models import Enrolment, Season


@dataclass(frozen=True, slots=True)
class Standing:
    """How many contacts participants were promised, how many are planned, and how far those have come."""

    wanted: int
    contacts: int
    unassigned: int
    sent: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Something without which no plan can be made, and where to mend it."""

    title: str
    text: str
    action: str
    url: str


def standing_of(season: Season) -> Standing:
    """Count what is planned, in two queries."""
    without = Q(state=AssignmentState.PLANNED, observer=None)
    counts = season.assignments.aggregate(
        contacts=Count("pk", filter=Q(state__in=OPEN) | Q(state=AssignmentState.DONE)),
        unassigned=Count("pk", filter=without),
        sent=Count("pk", filter=Q(state__in=OPEN - {AssignmentState.PLANNED}) | Q(state=AssignmentState.DONE)),
    )
    wanted = Enrolment.objects.filter(season=season).aggregate(wanted=Sum("planned_contacts", default=0))
    return Standing(**wanted, **counts)


def missing_of(season: Season, standing: Standing) -> list[Missing]:
    """Return what stands in the way of any plan at all."""
    found = []
    if not standing.wanted:
        found.append(
            Missing(
                _("The season has no participants"),
                _("They come with the list of participants, with their classes and contact channels."),
                _("Participants"),
                reverse("participants:list"),
            )
        )
    if not team_of(season):
        found.append(
            Missing(
                _("The season has no observers"),
                _("Somebody must be on the team, or be active and have an account."),
                _("Observers"),
                reverse("observers:list"),
            )
        )
    if not contact_weeks(season):
        found.append(
            Missing(
                _("No week has enough working days"),
                _("Change the season’s dates, the days without contacts, or how many working days a week must have."),
                _("Days and weeks"),
                reverse("plans:settings", args=[season.code]),
            )
        )
    return found


def waiting_for(user: User) -> ProposalQuerySet:
    """Return the proposals and repairs that wait for the person to decide."""
    return PlanProposal.objects.visible_to(user).filter(state=ProposalState.READY)
