"""A proposal as the planner takes it: its situation, its plan, and which contact of the plan is which row."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from assignments.planning import NOBODY, Plan, Problem, refusals
from assignments.plans.making import refine
from assignments.plans.models import PlanProposal
from assignments.plans.rows import Row, plan_of, rows_of
from assignments.plans.situation import Situation, situation_of, standing_situation
from assignments.plans.workflow import ProposalKind


@dataclass(frozen=True, eq=False, kw_only=True)
class Draft:
    """One proposal; ``plan`` holds every contact of the season as it is if the proposal is approved."""

    proposal: PlanProposal
    situation: Situation
    rows: list[Row]
    plan: Plan

    @cached_property
    def places(self) -> Mapping[int, int]:
        """The number of each proposed contact in the plan, by its key."""
        return {row.contact_id: place for place, row in enumerate(self.rows) if row.contact_id is not None}

    def refusals(
        self, contact: int, *, observer: int | None = None, week: int | None = None, weekday: int | None = None
    ) -> tuple[str, ...]:
        """Return the codes of the rules that the contact would break after the change, the same as the planner's."""
        codes = refusals(self.situation.problem, self.plan, contact, observer=observer, week=week, weekday=weekday)
        who = int(self.plan.observer[contact]) if observer is None else observer
        return codes if who == NOBODY else refine(self.situation, who, codes)


def draft_of(proposal: PlanProposal, *, participant_ids: Collection[int] | None = None) -> Draft:
    """Return the proposal with all that its rules rest on; whom observers know is read for these participants only."""
    rows = rows_of(proposal)
    if proposal.kind == ProposalKind.SEASON:
        situation = situation_of(proposal.season, participant_ids=participant_ids)
        rows = [row for row in rows if row.enrolment_id in situation.enrolment_place]
        return Draft(proposal=proposal, situation=situation, rows=rows, plan=plan_of(situation, rows))
    situation = standing_situation(proposal.season, rows, participant_ids=participant_ids)
    plan = plan_of(situation, rows)
    situation = replace(situation, problem=with_standing_key(situation.problem, plan))
    return Draft(proposal=proposal, situation=situation, rows=rows, plan=plan)


def with_standing_key(problem: Problem, plan: Plan) -> Problem:
    """Return the problem whose distribution key is what the plan has of each method."""
    quotas = np.zeros_like(problem.quotas)
    np.add.at(quotas, (plan.frame.participant, plan.frame.method), 1)
    return replace(problem, quotas=quotas)
