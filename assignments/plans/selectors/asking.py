"""Which proposals a season has, and which can be asked for."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from assignments.models import Assignment
from assignments.plans.models import PlanProposal
from assignments.plans.workflow import UNFINISHED, ProposalKind, ProposalState
from assignments.workflow import AssignmentState
from participants.models import Season
from participants.workflow import SeasonState

NEVER_OFFERED = (AssignmentState.PLANNED, AssignmentState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Askable:
    """Which kinds of proposal can be asked for now; where one cannot, why."""

    season: bool
    repair: bool
    why: str = ""


def proposals_of(season: Season) -> list[PlanProposal]:
    """Return the season's proposals, the newest first, with who asked for and approved them."""
    rows = PlanProposal.objects.filter(season=season).select_related("season", "requested_by", "applied_by")
    return list(rows.order_by("-number"))


def was_offered(season: Season) -> bool:
    """Tell whether any contact of the season has been offered to an observer."""
    rows = Assignment.objects.filter(season=season)
    return rows.filter(offered_at__isnull=False).exists() or rows.exclude(state__in=NEVER_OFFERED).exists()


def planned_without_account(season: Season) -> int:
    """Count the planned contacts whose observer has no account, and so cannot be offered anything."""
    rows = Assignment.objects.filter(season=season, state=AssignmentState.PLANNED, observer__isnull=False)
    return rows.filter(observer__user__isnull=True).count()


def is_under_way(season: Season, kind: str) -> bool:
    """Tell whether a proposal of this kind waits or is being made."""
    return PlanProposal.objects.filter(season=season, kind=kind, state__in=UNFINISHED).exists()


def repairs_waiting(season: Season) -> PlanProposal | None:
    """Return the repair that is being made, or waits for a manager's decision."""
    rows = PlanProposal.objects.filter(season=season, kind=ProposalKind.REPAIR)
    return rows.filter(state__in=[*UNFINISHED, ProposalState.READY]).select_related("season").first()


def what_can_be_asked(season: Season) -> Askable:
    """Tell which plans can be asked for."""
    if season.state in {SeasonState.CLOSED, SeasonState.PUBLISHED}:
        return Askable(
            season=False, repair=False, why=_("The season is closed. No more contacts can be planned in it.")
        )
    if not season.enrolments.exists():
        return Askable(season=False, repair=False, why=_("The season has no participants yet. Import them first."))
    if was_offered(season):
        why = _("Contacts of the season have been offered already. Plan anew only what must change.")
        return Askable(season=False, repair=not is_under_way(season, ProposalKind.REPAIR), why=why)
    has_contacts = Assignment.objects.filter(season=season).exists()
    return Askable(
        season=not is_under_way(season, ProposalKind.SEASON),
        repair=has_contacts and not is_under_way(season, ProposalKind.REPAIR),
    )
