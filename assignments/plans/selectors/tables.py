"""A proposal as tables: participants by weeks, observers by weeks, rules, and what kind of people meet whom."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from assignments import rule_words
from assignments.planning import NOBODY, breaches
from assignments.planning.objective import targets
from assignments.planning.problem import Bools, Floats
from assignments.plans.drafts import Draft, draft_of
from assignments.plans.making import refine
from assignments.plans.models import PlanProposal
from assignments.plans.rows import rows_of
from assignments.plans.selectors.overview import RuleCount
from assignments.plans.traits import TRAITS
from assignments.plans.weeks import contact_weeks
from assignments.plans.workflow import ProposalKind
from participants.models import Enrolment

NEARLY = 1e-9
MOST_EXAMPLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatCell:
    """How many contacts a participant has in a week, and whether that is an even share."""

    week: str
    count: int
    unassigned: int
    is_even: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRow:
    """One participant's contacts by week."""

    participant_id: str
    name: str
    award_class: str
    cells: tuple[HeatCell, ...]
    total: int
    unassigned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """Participants × weeks, with the sum of each week, and the lowest and highest count that is even for most."""

    weeks: list[str]
    rows: list[HeatRow]
    totals: tuple[int, ...]
    even: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserverLoad:
    """How much an observer would have to do; ``target`` is a fair share of the season."""

    observer_id: str
    name: str
    contacts: int
    target: float
    capacity: int
    weekly_capacity: int
    season_capacity: int | None
    by_week: tuple[int, ...]
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakage:
    """A contact that breaks a rule."""

    rule_name: str
    participant: str
    participant_id: str
    week: str
    observer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCheck:
    """Every rule with how often it is broken, and the first contacts that break one."""

    rules: list[RuleCount]
    is_kept: bool
    examples: list[Breakage]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of a trait: its share of the team and of the contacts, and how many are off, by participant."""

    name: str
    team_share: float
    plan_share: float
    contacts: int
    off: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """One trait of observers with its levels."""

    code: str
    name: str
    levels: list[Level]


def heat_map(proposal: PlanProposal) -> HeatMap:
    """Return participants × weeks by class and name."""
    rows = rows_of(proposal)
    enrolments = Enrolment.objects.filter(season=proposal.season).select_related("participant", "award_class")
    used = {row.week for row in rows if row.week}
    weeks = sorted({str(item.week) for item in contact_weeks(proposal.season)} | used)
    counts = Counter((row.enrolment_id, row.week) for row in rows)
    without = Counter((row.enrolment_id, row.week) for row in rows if row.observer_id is None)
    ordered = enrolments.order_by("award_class__name", "participant__name")
    totals = Counter(row.enrolment_id for row in rows)
    usual = totals.most_common(1)[0][1] if totals else 0
    return HeatMap(
        weeks=weeks,
        rows=[_heat_row(enrolment, weeks, counts, without) for enrolment in ordered],
        totals=tuple(sum(counts[item.pk, week] for item in ordered) for week in weeks),
        even=even_share(usual, len(weeks)),
    )


def even_share(contacts: int, weeks: int) -> tuple[int, int]:
    """Return the whole numbers beside an even share."""
    ideal = contacts / max(weeks, 1)
    return floor(ideal + NEARLY), ceil(ideal - NEARLY)


def _heat_row(
    enrolment: Enrolment,
    weeks: Sequence[str],
    counts: "Counter[tuple[int, str]]",
    without: "Counter[tuple[int, str]]",
) -> HeatRow:
    own = [counts[enrolment.pk, week] for week in weeks]
    lowest, highest = even_share(sum(own), len(weeks))
    return HeatRow(
        participant_id=str(enrolment.participant.public_id),
        name=enrolment.participant.name,
        award_class=enrolment.award_class.name,
        cells=tuple(
            HeatCell(
                week=week,
                count=count,
                unassigned=without[enrolment.pk, week],
                is_even=lowest <= count <= highest,
            )
            for week, count in zip(weeks, own, strict=True)
        ),
        total=sum(own),
        unassigned=sum(without[enrolment.pk, week] for week in weeks),
    )


def loads(proposal: PlanProposal) -> list[ObserverLoad]:
    """Return everybody's load, by name."""
    draft = draft_of(proposal, participant_ids=())
    plan, problem = draft.plan, draft.situation.problem
    given = plan.observer != NOBODY
    by_week = np.zeros((len(draft.situation.observers), problem.weeks), np.int64)
    dated = given & (plan.frame.week >= 0)
    np.add.at(by_week, (plan.observer[dated], plan.frame.week[dated]), 1)
    fair, capacity = targets(problem, int(given.sum())), problem.capacity()
    found = [
        ObserverLoad(
            observer_id=str(observer.public_id),
            name=str(observer),
            contacts=int(by_week[place].sum()),
            target=float(fair[place]),
            capacity=int(capacity[place]),
            weekly_capacity=observer.weekly_capacity,
            season_capacity=observer.season_capacity,
            by_week=tuple(by_week[place].tolist()),
            score=float(problem.scores[place]),
        )
        for place, observer in enumerate(draft.situation.observers)
    ]
    return sorted(found, key=lambda load: load.name)


def rule_check(proposal: PlanProposal) -> RuleCheck:
    """Return how often each rule is broken, by a check that shares nothing with what makes plans."""
    draft = draft_of(proposal)
    found = list(_broken(draft))
    counts = Counter(code for code, _contact in found)
    return RuleCheck(
        rules=[RuleCount(code=code, name=rule_words.name(code), count=counts[code]) for code in rule_words.PLAN_RULES],
        is_kept=not found,
        examples=[_breakage(draft, code, contact) for code, contact in found[:MOST_EXAMPLES]],
    )


def _broken(draft: Draft) -> Iterator[tuple[str, int]]:
    """Give each broken rule with the contact that breaks it; of a repair only those that it changes."""
    if draft.proposal.kind == ProposalKind.REPAIR:
        for place in draft.places.values():
            if draft.plan.observer[place] != NOBODY:
                yield from ((code, place) for code in draft.refusals(place))
        return
    for breach in breaches(draft.situation.problem, draft.plan):
        who = breach.observer
        codes = (breach.rule,) if who == NOBODY else refine(draft.situation, who, (breach.rule,))
        yield from ((code, breach.contact) for code in codes)


def _breakage(draft: Draft, code: str, contact: int) -> Breakage:
    frame, observer = draft.plan.frame, int(draft.plan.observer[contact])
    participant = draft.situation.enrolments[int(frame.participant[contact])].participant
    return Breakage(
        rule_name=rule_words.name(code),
        participant=participant.name,
        participant_id=str(participant.public_id),
        week=draft.rows[contact].week,
        observer="" if observer == NOBODY else str(draft.situation.observers[observer]),
    )


def demographics(proposal: PlanProposal) -> list[Trait]:
    """Return how the plan mixes gender, age and region, beside the team's own mix."""
    draft = draft_of(proposal, participant_ids=())
    given = draft.plan.observer != NOBODY
    weight = targets(draft.situation.problem, int(given.sum()))
    return [
        Trait(code=kind.code, name=str(kind.name), levels=_levels(draft, number, weight / max(weight.sum(), 1.0)))
        for number, kind in enumerate(TRAITS)
    ]


def _levels(draft: Draft, trait: int, share: Floats) -> list[Level]:
    level_of = draft.situation.problem.traits[:, trait]
    return [
        _level(draft, str(name), level_of == level, float(share[level_of == level].sum()))
        for level, name in enumerate(TRAITS[trait].levels)
    ]


def _level(draft: Draft, name: str, members: Bools, team_share: float) -> Level:
    plan = draft.plan
    given = plan.observer != NOBODY
    is_own = np.zeros(len(given), bool)
    is_own[given] = members[plan.observer[given]]
    participants = len(draft.situation.enrolments)
    of_participant = np.bincount(plan.frame.participant[given], minlength=participants)
    own = np.bincount(plan.frame.participant[is_own], minlength=participants)
    ideal = of_participant * team_share
    low, high = np.floor(ideal + NEARLY), np.ceil(ideal - NEARLY)
    off = np.maximum(low - own, 0) + np.maximum(own - high, 0)
    return Level(
        name=name,
        team_share=team_share,
        plan_share=float(is_own.sum() / max(given.sum(), 1)),
        contacts=int(is_own.sum()),
        off=int(off.sum()),
    )
