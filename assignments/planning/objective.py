"""What a plan costs: how far its counts are from the whole numbers beside their ideals."""

from dataclasses import replace

import numpy as np

from assignments.planning.frame import Frame
from assignments.planning.plan import NOBODY, Costs, Plan, Weights
from assignments.planning.problem import SLOTS, WEEKDAYS, Bools, Floats, Ints, Problem

# Shares come from divisions: what is this near to a whole number is one.
NEARLY = 1e-9
BEST_SCORE, SCORE_STEP = 100.0, 10.0
HOURS = len(WEEKDAYS) * len(SLOTS)
# E-mail and the like are sent in the first two slots of a day: before noon.
MORNING_SLOTS = 2


def costs_of(problem: Problem, plan: Plan) -> Costs:
    """Return how far the plan is from each wish; the targets share out as many contacts as it gives to observers."""
    frame, given = plan.frame, plan.observer != NOBODY
    loads = np.bincount(plan.observer[given], minlength=len(problem.scores))
    return Costs(
        unassigned=int((~given).sum()),
        weeks=float(week_excess(problem, frame).sum()),
        method_weeks=float(method_week_excess(problem, frame).sum()),
        hours=float(hour_excess(problem, frame).sum()),
        role_plays=float(_role_play_excess(problem, frame).sum()),
        demographics=float(_demographic_excess(problem, plan).sum()),
        load=load_cost(problem, loads),
        score=float(score_costs(problem)[plan.observer[given]].sum()),
    )


def change_of_cost(
    problem: Problem, plan: Plan, contact: int, *, observer: int, week: int, weights: Weights | None = None
) -> float:
    """Return by how much J grows if the contact is given to this observer in this week."""
    weights = weights or Weights()
    before, own = plan.observer, plan.frame.participant == plan.frame.participant[contact]
    after = before.copy()
    after[contact] = observer
    weeks = plan.frame.week.copy()
    weeks[contact] = week
    alone = _alone(problem, int(plan.frame.participant[contact]))
    costs = [
        replace(costs_of(alone, _rows(plan, own, observers=observers, weeks=in_weeks)), load=_load(problem, observers))
        for observers, in_weeks in ((before, plan.frame.week), (after, weeks))
    ]
    return costs[1].total(weights) - costs[0].total(weights)


def targets(problem: Problem, assigned: int) -> Floats:
    """Return how many of the assigned contacts each observer should have: in proportion to what it has room for."""
    capacity = problem.capacity().astype(np.float64)
    whole = capacity.sum()
    return capacity * (assigned / whole) if whole else capacity


def load_cost(problem: Problem, loads: Ints) -> float:
    """Return the sum of the squared distances from the targets."""
    return float(((loads - targets(problem, int(loads.sum()))) ** 2).sum())


def score_costs(problem: Problem) -> Floats:
    """Return what a contact costs with each observer, in tens of points below the best score."""
    costs: Floats = (BEST_SCORE - problem.scores) / SCORE_STEP
    return costs


def levels(problem: Problem) -> Ints:
    """Number the levels of all traits one after the other (observers × traits), −1 where one is not known."""
    sizes = problem.traits.max(axis=0, initial=-1) + 1
    first = np.cumsum(sizes) - sizes
    return np.where(problem.traits >= 0, problem.traits + first, -1)


def level_shares(problem: Problem) -> Floats:
    """Return what part of all contacts each level should have: that of its observers' targets."""
    numbered, capacity = levels(problem), problem.capacity().astype(np.float64)
    known = numbered >= 0
    weight = np.broadcast_to(capacity[:, None], numbered.shape)[known]
    size = int(problem.traits.max(axis=0, initial=-1).sum()) + problem.traits.shape[1]
    shares: Floats = np.bincount(numbered[known], weights=weight, minlength=size) / max(capacity.sum(), 1.0)
    return shares


def beside(ideal: Floats) -> tuple[Ints, Ints]:
    """Return the whole numbers below and above each ideal."""
    return np.floor(ideal + NEARLY).astype(np.int64), np.ceil(ideal - NEARLY).astype(np.int64)


def week_ideals(problem: Problem) -> Floats:
    """Return how many contacts of each participant (rows) and method (columns) a week with an open day should have."""
    ideals: Floats = problem.quotas / max(len(problem.open_weeks()), 1)
    return ideals


def week_excess(problem: Problem, frame: Frame) -> Ints:
    """Return how far each participant's count in each week is from its even share; closed weeks do not count."""
    counts = _counted(frame, [frame.week], (len(problem.quotas), problem.weeks))[:, problem.open_weeks()]
    return _excess(counts, week_ideals(problem).sum(axis=1)[:, None])


def method_week_excess(problem: Problem, frame: Frame) -> Ints:
    """Return the same for each participant, method and week."""
    counts = _counted(frame, [frame.method, frame.week], (*problem.quotas.shape, problem.weeks))
    counts = counts[:, :, problem.open_weeks()]
    return _excess(counts, week_ideals(problem)[:, :, None])


def hour_excess(problem: Problem, frame: Frame) -> Ints:
    """Return for each participant how far weekdays × slots are from even, beyond what mornings make unavoidable."""
    if not len(problem.open_weeks()):
        return np.zeros(len(problem.quotas), np.int64)
    counts = _counted(frame, [frame.weekday, frame.slot], (len(problem.quotas), len(WEEKDAYS), len(SLOTS)))
    excess: Ints = _excess(counts, (problem.contacts() / HOURS)[:, None, None]).sum(axis=(1, 2))
    avoidable: Ints = np.maximum(excess - unavoidable_hours(problem), 0)
    return avoidable


def unavoidable_hours(problem: Problem) -> Ints:
    """Return the excess that no choice of hours takes away: too many that must be sent before noon."""
    contacts, early = problem.contacts(), problem.quotas[:, problem.mornings].sum(axis=1)
    low, high = beside(contacts / HOURS)
    late_cells = len(WEEKDAYS) * (len(SLOTS) - MORNING_SLOTS)
    too_few_late = np.maximum(late_cells * low - (contacts - early), 0)
    too_many_early = np.maximum(early - (HOURS - late_cells) * high, 0)
    unavoidable: Ints = too_few_late + too_many_early
    return unavoidable


def unavoidable_demographics(problem: Problem, pairs: Bools, *, is_whole: bool) -> int:
    """Return the demographic excess that no choice among these pairs (observers × participants) takes away.

    A participant lacks what it has too few eligible observers of. Where every contact must be made (``is_whole``),
    it also has too many of a level when there are not enough of the others.
    """
    numbered, contacts = levels(problem), problem.contacts()
    low, high = beside(contacts[:, None] * level_shares(problem))
    excess = 0
    for trait in range(numbered.shape[1]):
        own = np.unique(problem.traits[:, trait][problem.traits[:, trait] >= 0])
        column = numbered[:, trait]
        able = [pairs[problem.traits[:, trait] == level].sum(axis=0) for level in own]
        places = [int(column[problem.traits[:, trait] == level][0]) for level in own]
        within = pairs[column < 0].sum(axis=0)
        for eligible, place in zip(able, places, strict=True):
            excess += int(np.maximum(low[:, place] - eligible, 0).sum())
            within = within + np.minimum(eligible, high[:, place])
        excess += int(np.maximum(contacts - within, 0).sum()) if is_whole else 0
    return excess


def _role_play_excess(problem: Problem, frame: Frame) -> Ints:
    most = int(problem.role_plays.max(initial=0))
    counts = _counted(frame, [frame.role_play], (len(problem.quotas), most))
    is_there = np.arange(most) < problem.role_plays[:, None]
    return _excess(counts, (problem.contacts() / np.maximum(problem.role_plays, 1))[:, None]) * is_there


def _demographic_excess(problem: Problem, plan: Plan) -> Ints:
    shares = level_shares(problem)
    given = plan.observer != NOBODY
    numbered = levels(problem)[plan.observer[given]]
    cells = (plan.frame.participant[given][:, None] * len(shares) + numbered)[numbered >= 0]
    shape = (len(problem.quotas), len(shares))
    counts = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
    return _excess(counts, problem.contacts()[:, None] * shares)


def _counted(frame: Frame, columns: list[Ints], shape: tuple[int, ...]) -> Ints:
    """Count the contacts of each participant by the columns, those left out that have no place in them."""
    rows = np.stack([frame.participant, *columns])
    rows = rows[:, (frame.week >= 0) & ((rows >= 0) & (rows < np.array(shape)[:, None])).all(axis=0)]
    if not np.prod(shape):
        return np.zeros(shape, np.int64)
    return np.bincount(np.ravel_multi_index(tuple(rows), shape), minlength=int(np.prod(shape))).reshape(shape)


def _excess(counts: Ints, ideal: Floats) -> Ints:
    low, high = beside(ideal)
    excess: Ints = np.maximum(low - counts, 0) + np.maximum(counts - high, 0)
    return excess


def _alone(problem: Problem, participant: int) -> Problem:
    """Return the problem of one participant."""
    own = slice(participant, participant + 1)
    return replace(
        problem,
        quotas=problem.quotas[own],
        role_plays=problem.role_plays[own],
        met=problem.met[:, own],
        customers=problem.customers[:, own],
    )


def _rows(plan: Plan, own: np.ndarray, *, observers: Ints, weeks: Ints) -> Plan:
    frame = plan.frame
    only = Frame(
        participant=np.zeros(int(own.sum()), np.int64),
        week=weeks[own],
        method=frame.method[own],
        role_play=frame.role_play[own],
        weekday=frame.weekday[own],
        slot=frame.slot[own],
    )
    return Plan.of(only, observers[own])


def _load(problem: Problem, observers: Ints) -> float:
    return load_cost(problem, np.bincount(observers[observers != NOBODY], minlength=len(problem.scores)))
