"""Says in plain words how far a proposal has come, how good it is, and what stands in the way of a better one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assignments.plans.models import PlanProposal
from assignments.plans.selectors.overview import PHASES
from assignments.plans.workflow import ProposalKind, ProposalState
from ksp.lib.formatting import number, percent

# A gap below this, as a share, is not told from none.
NO_GAP = 0.00005
SMALL_GAP = 0.01


@dataclass(frozen=True, slots=True)
class Making:
    """How far the search has come; ``share`` is none where nobody knows."""

    phase: str
    share: float | None
    words: str
    note: str


def making_of(proposal: PlanProposal) -> Making:
    """Return how far the making of the proposal has come, in words."""
    told = proposal.progress
    if proposal.state == ProposalState.WAITING:
        return Making(_("Waits for its turn"), None, _("It begins within seconds."), "")
    if proposal.cancel_asked_at:
        keeps, stops = _("Stops, and keeps the best so far"), _("Stops")
        is_kept = proposal.figures.get("keeps_best")
        return Making(keeps if is_kept else stops, None, _("It takes a few seconds."), "")
    phase = str(PHASES.get(told.get("phase", ""), "")) if told else _("Reads who may contact whom")
    return Making(phase, told.get("share"), _best_so_far(told), _room_for_better(told))


def _best_so_far(told: Mapping[str, Any]) -> str:
    lacking = told.get("unassigned")
    if lacking is None:
        return _("There is no plan to keep yet.")
    if not lacking:
        return _("Best so far: every contact has an observer.")
    text = ngettext(
        "Best so far: %(count)s contact has no observer.", "Best so far: %(count)s contacts have no observer.", lacking
    )
    return text % {"count": number(lacking)}


def _room_for_better(told: Mapping[str, Any]) -> str:
    cost, bound = told.get("cost"), told.get("bound")
    return distance(cost / bound - 1) if cost is not None and bound else ""


def distance(gap: float) -> str:
    """Return how far a plan is from what no plan can beat."""
    if gap < NO_GAP:
        return _("No plan can be better.")
    decimals = 1 if gap < SMALL_GAP * 10 else 0
    if gap < SMALL_GAP / 10:
        decimals = 2
    return _("The plan is %(share)s from the best that is possible.") % {"share": percent(100 * gap, decimals)}


def headline(proposal: PlanProposal) -> str:
    """Return in one sentence what the proposal comes to."""
    figures = proposal.figures
    contacts, lacking = figures.get("contacts", 0), figures.get("unassigned", 0)
    if proposal.kind == ProposalKind.REPAIR:
        return _headline_of_repair(figures.get("changes", 0), lacking)
    if not lacking:
        text = ngettext("The one contact has an observer.", "All %(contacts)s contacts have an observer.", contacts)
        return text % {"contacts": number(contacts)}
    text = ngettext(
        "%(count)s of %(contacts)s contacts has no observer.",
        "%(count)s of %(contacts)s contacts have no observer.",
        lacking,
    )
    return text % {"count": number(lacking), "contacts": number(contacts)}


def _headline_of_repair(changes: int, lacking: int) -> str:
    if not changes:
        return _("Nothing has to change.")
    text = ngettext("%(count)s contact has to change.", "%(count)s contacts have to change.", changes)
    said = text % {"count": number(changes)}
    if not lacking:
        return f"{said} " + _("Each of them gets an observer.")
    rest = ngettext("For %(count)s of them nobody is left.", "For %(count)s of them nobody is left.", lacking)
    return f"{said} " + rest % {"count": number(lacking)}


def comparable(proposals: Sequence[PlanProposal]) -> list[PlanProposal]:
    """Return the proposals of whole seasons that have a plan to compare."""
    with_plan = {ProposalState.READY, ProposalState.APPLIED, ProposalState.DISCARDED}
    return [one for one in proposals if one.kind == ProposalKind.SEASON and one.state in with_plan and one.figures]
