"""What a proposal amounts to: figures, what it costs, what is wanting and what would help."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assignments import rule_words
from assignments.plans.explanations import relaxation_in_words, shortage_in_words
from assignments.plans.models import PlanProposal, ProposedContact
from assignments.plans.workflow import UNFINISHED

# What a plan's cost is made of: the part, the weight it has, and its name.
PARTS: tuple[tuple[str, str, str | Promise], ...] = (
    ("unassigned", "unassigned", _("Contacts without an observer")),
    ("weeks", "weeks", _("Uneven over the weeks")),
    ("method_weeks", "methods", _("Contact methods uneven in time")),
    ("hours", "hours", _("Weekdays and hours uneven")),
    ("role_plays", "role_plays", _("Role-plays uneven")),
    ("demographics", "demographics", _("Observers too alike")),
    ("load", "load", _("Uneven load")),
    ("score", "score", _("Scores below 100")),
)
PHASES: dict[str, str | Promise] = {
    "": _("Waiting for its turn"),
    "flow": _("Finding out what is possible"),
    "search": _("Searching for a better plan"),
    "polish": _("Evening out days and hours"),
    "repair": _("Finding new observers"),
    "chains": _("Making room"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPart:
    """One wish: how far the plan is from it, what a unit costs, and what that makes."""

    code: str
    name: str
    amount: float
    weight: float

    @property
    def cost(self) -> float:
        """What this part adds to the whole."""
        return self.amount * self.weight


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCount:
    """A rule and how often it says no."""

    code: str
    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A contact that nobody has been found for, and how many observers each rule is the first to refuse."""

    participant: str
    participant_id: str
    method: str
    method_label: str
    week: str
    rules: list[RuleCount]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the page of a proposal shows at its top.

    ``unavoidable`` is how many contacts no plan could give to anybody, ``least_cost`` what no plan can go below,
    ``gap`` how far above that this one is, as a share of it. ``is_whole`` is false where time ran out.
    """

    contacts: int
    unassigned: int
    unavoidable: int
    cost: float
    least_cost: float
    gap: float
    parts: list[CostPart]
    participants: int
    observers: int
    locked: int
    moved_by_hand: int
    seed: int
    seconds: float
    steps: dict[str, float]
    moves: int
    is_whole: bool
    shortages: list[str]
    relaxations: list[str]
    refused: list[Refused]


def proposal_overview(proposal: PlanProposal) -> Overview:
    """Return the proposal's figures, in two queries."""
    figures = proposal.figures
    own = ProposedContact.objects.filter(proposal=proposal)
    flags = list(own.values_list("is_locked", "moved_by_hand"))
    parts = parts_of(figures)
    cost = sum(part.cost for part in parts)
    least = least_cost_of(figures)
    steps = {name: float(value) for name, value in figures.get("seconds", {}).items()}
    return Overview(
        contacts=figures.get("contacts", len(flags)),
        unassigned=figures.get("unassigned", 0),
        unavoidable=figures.get("bound", {}).get("unassigned", 0),
        cost=cost,
        least_cost=least,
        gap=cost / least - 1 if least else 0.0,
        parts=parts,
        participants=figures.get("participants", 0),
        observers=figures.get("observers", 0),
        locked=sum(is_locked for is_locked, _moved in flags),
        moved_by_hand=sum(moved for _is_locked, moved in flags),
        seed=figures.get("seed", proposal.seed),
        seconds=sum(steps.values()),
        steps=steps,
        moves=figures.get("moves", 0),
        is_whole=figures.get("is_whole", True),
        shortages=[shortage_in_words(item) for item in proposal.shortages],
        relaxations=[relaxation_in_words(item) for item in proposal.relaxations],
        refused=refused_in(proposal),
    )


def parts_of(figures: Mapping[str, Any]) -> list[CostPart]:
    """Return what the plan's cost is made of."""
    costs, weights = figures.get("costs", {}), figures.get("weights", {})
    return [
        CostPart(code=code, name=str(name), amount=float(costs.get(code, 0)), weight=float(weights.get(weight, 1)))
        for code, weight, name in PARTS
    ]


def least_cost_of(figures: Mapping[str, Any]) -> float:
    """Return what no plan can go below, what is unavoidable in contacts without observer and in mixes included."""
    bound, weights = figures.get("bound", {}), figures.get("weights", {})
    unavoidable = sum(
        float(weights.get(name, 0)) * float(bound.get(name, 0)) for name in ("unassigned", "demographics")
    )
    return float(bound.get("cost", 0)) + unavoidable


def refused_in(proposal: PlanProposal) -> list[Refused]:
    """Return the contacts that nobody has been found for, in the order of their weeks."""
    rows = ProposedContact.objects.filter(proposal=proposal, observer=None).select_related("participant")
    return [
        Refused(
            participant=row.participant.name,
            participant_id=str(row.participant.public_id),
            method=row.method,
            method_label=row.get_method_display(),
            week=row.week,
            rules=[
                RuleCount(code=code, name=rule_words.name(code), count=count)
                for code, count in sorted(row.reasons.get("refused", {}).items(), key=lambda item: -item[1])
            ],
        )
        for row in rows.order_by("week", "number")
    ]


def progress_of(proposal: PlanProposal) -> dict[str, Any]:
    """Return how far the making has come, as JSON holds it."""
    told = proposal.progress
    phase = str(told.get("phase", ""))
    is_over = proposal.state not in UNFINISHED
    return {
        "state": proposal.state,
        "state_label": proposal.get_state_display(),
        "phase": phase,
        "phase_label": str(PHASES.get(phase, phase)),
        "share": 1.0 if is_over else told.get("share", 0.0),
        "unassigned": told.get("unassigned"),
        "cost": told.get("cost"),
        "bound": told.get("bound"),
        "is_over": is_over,
    }
