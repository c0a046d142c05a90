"""Plans a season: when each participant is contacted, how, and by whom. Arrays in, arrays out."""

from assignments.planning.checking import RULES, breaches
from assignments.planning.frame import Frame, deal
from assignments.planning.moves import candidates, refusals
from assignments.planning.objective import change_of_cost, costs_of
from assignments.planning.plan import (
    NOBODY,
    Bound,
    Breach,
    Costs,
    Plan,
    Planned,
    Progress,
    Shortage,
    Watch,
    Weights,
    unwatched,
)
from assignments.planning.problem import SLOTS, WEEKDAYS, Problem
from assignments.planning.season import lower_bound, plan_season

__all__ = [
    "NOBODY",
    "RULES",
    "SLOTS",
    "WEEKDAYS",
    "Bound",
    "Breach",
    "Costs",
    "Frame",
    "Plan",
    "Planned",
    "Problem",
    "Progress",
    "Shortage",
    "Watch",
    "Weights",
    "breaches",
    "candidates",
    "change_of_cost",
    "costs_of",
    "deal",
    "lower_bound",
    "plan_season",
    "refusals",
    "unwatched",
]
