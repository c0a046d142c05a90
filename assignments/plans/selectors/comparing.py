"""Two proposals beside each other."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assignments.plans.models import PlanProposal
from assignments.plans.rows import rows_of
from assignments.plans.selectors.overview import Overview, proposal_overview

NEARLY = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePair:
    """One figure of both, and which is better: a, b, or neither; less is better in all of them."""

    code: str
    name: str
    a: float
    b: float

    @property
    def is_better(self) -> str:
        """Which of the two is better."""
        if abs(self.a - self.b) < NEARLY:
            return ""
        return "a" if self.a < self.b else "b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Both proposals, their figures, and how many contacts have the same observer, and the same week with it."""

    a: Overview
    b: Overview
    figures: list[FigurePair]
    contacts: int
    same_observer: int
    same_week: int


def compare(a: PlanProposal, b: PlanProposal) -> Comparison:
    """Return two proposals of one season beside each other."""
    first, second = proposal_overview(a), proposal_overview(b)
    rows_a, rows_b = rows_of(a), rows_of(b)
    pairs = [
        Counter((row.enrolment_id, row.observer_id) for row in rows if row.observer_id) for rows in (rows_a, rows_b)
    ]
    weeks = [
        Counter((row.enrolment_id, row.observer_id, row.week) for row in rows if row.observer_id)
        for rows in (rows_a, rows_b)
    ]
    parts = [
        FigurePair(code=one.code, name=one.name, a=one.amount, b=other.amount)
        for one, other in zip(first.parts, second.parts, strict=True)
    ]
    whole = FigurePair(code="cost", name=_("Cost in all"), a=first.cost, b=second.cost)
    return Comparison(
        a=first,
        b=second,
        figures=[whole, *parts],
        contacts=len(rows_a),
        same_observer=(pairs[0] & pairs[1]).total(),
        same_week=(weeks[0] & weeks[1]).total(),
    )
