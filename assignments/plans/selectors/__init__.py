"""Reads proposals for pages and commands."""

from assignments.plans.outdated import what_changed
from assignments.plans.selectors.asking import (
    Askable,
    planned_without_account,
    proposals_of,
    repairs_waiting,
    what_can_be_asked,
)
from assignments.plans.selectors.choices import Choices, ParticipantPlan, choices_for, participant_plan
from assignments.plans.selectors.comparing import Comparison, compare
from assignments.plans.selectors.overview import Overview, progress_of, proposal_overview
from assignments.plans.selectors.repairs import Change, Orphan, Place, changes, season_repairs_needed
from assignments.plans.selectors.tables import (
    HeatMap,
    ObserverLoad,
    RuleCheck,
    Trait,
    demographics,
    heat_map,
    loads,
    rule_check,
)

__all__ = [
    "Askable",
    "Change",
    "Choices",
    "Comparison",
    "HeatMap",
    "ObserverLoad",
    "Orphan",
    "Overview",
    "ParticipantPlan",
    "Place",
    "RuleCheck",
    "Trait",
    "changes",
    "choices_for",
    "compare",
    "demographics",
    "heat_map",
    "loads",
    "participant_plan",
    "planned_without_account",
    "progress_of",
    "proposal_overview",
    "proposals_of",
    "repairs_waiting",
    "rule_check",
    "season_repairs_needed",
    "what_can_be_asked",
    "what_changed",
]
