"""What further observers would add to a season, one by one, and which profiles it is short of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assignments.planning.frame import Frame
from assignments.planning.plan import Shortage
from assignments.planning.problem import Bools, Ints, Problem
from assignments.planning.quotas import Quotas
from assignments.planning.shortage_flow import usable
from assignments.planning.shortages import find, uneven_weeks

# What a problem holds one row of for each observer.
OBSERVER_FIELDS = (
    "met",
    "customers",
    "offers",
    "available",
    "may_work",
    "weekly_capacity",
    "season_capacity",
    "scores",
    "traits",
)


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """An observer to come, whom nobody knows yet: the methods, and room for so many contacts."""

    methods: tuple[int, ...]
    weekly_capacity: int
    season_capacity: int
    score: float

    @classmethod
    def usual(cls, problem: Problem, methods: Sequence[int]) -> "Newcomer":
        """Return one with the middle values of those who are there; of a season without any, one contact a week."""
        at_work = problem.may_work & (problem.capacity() > 0)
        if not at_work.any():
            weeks = max(problem.weeks, 1)
            return cls(methods=tuple(methods), weekly_capacity=1, season_capacity=weeks, score=0.0)
        return cls(
            methods=tuple(methods),
            weekly_capacity=int(np.median(problem.weekly_capacity[at_work])),
            season_capacity=int(np.median(problem.season_capacity[at_work])),
            score=float(np.median(problem.scores[at_work])),
        )

    def capacity(self, problem: Problem) -> int:
        """Return how many contacts one can make in the season."""
        return min(self.weekly_capacity * problem.weeks, self.season_capacity)


@dataclass(frozen=True, kw_only=True)
class Recruit:
    """What one candidate adds: contacts that get an observer, room, and whom and what it helps.

    ``candidate`` is the number in the pool, ``contacts`` how many fewer are left over, ``participants`` those short of
    observers who could have this one; ``weeks`` and ``methods`` those in short supply that the candidate can do.
    """

    candidate: int
    contacts: int
    capacity: int
    score: float
    participants: tuple[int, ...]
    weeks: tuple[int, ...]
    methods: tuple[int, ...]
    left_over: int


@dataclass(frozen=True, kw_only=True)
class Advice:
    """One profile that is short: so many ``observers`` would be enough, for so many ``contacts`` that lack one.

    ``kind`` is season (anybody), method, week, participant (somebody who can contact ``participants``), or cell
    (``levels`` of the traits of the quotas; the team has fewer of these than its share).
    """

    kind: str
    observers: int
    contacts: int = 0
    levels: tuple[int, ...] = ()
    method: int | None = None
    week: int | None = None
    participants: tuple[int, ...] = ()


def only(problem: Problem, rows: Ints) -> Problem:
    """Return the problem with these observers alone, in this order."""
    return replace(problem, **{name: getattr(problem, name)[rows] for name in OBSERVER_FIELDS})


def joined(problem: Problem, pool: Problem, rows: Ints) -> Problem:
    """Return the problem with these observers of another after its own; both have the same participants and weeks."""
    both = {name: np.concatenate([getattr(problem, name), getattr(pool, name)[rows]]) for name in OBSERVER_FIELDS}
    return replace(problem, **both)


def with_newcomers(problem: Problem, newcomers: Sequence[Newcomer]) -> Problem:
    """Return the problem with these observers after its own: available in every week, knowing no participant."""
    size, participants = len(newcomers), len(problem.quotas)
    offers = np.zeros((size, problem.offers.shape[1]), bool)
    for row, newcomer in enumerate(newcomers):
        offers[row, list(newcomer.methods)] = True
    nobody = np.zeros((size, participants), bool)
    pool = replace(
        problem,
        met=nobody,
        customers=nobody,
        offers=offers,
        available=np.ones((size, problem.weeks), bool),
        may_work=np.ones(size, bool),
        weekly_capacity=np.array([item.weekly_capacity for item in newcomers], np.int64),
        season_capacity=np.array([item.season_capacity for item in newcomers], np.int64),
        scores=np.array([item.score for item in newcomers], np.float64),
        traits=np.full((size, problem.traits.shape[1]), -1),
    )
    return joined(problem, pool, np.arange(size))


def what_each_adds(
    problem: Problem,
    frame: Frame,
    pool: Problem,
    *,
    among: Ints | None = None,
    most: int = 20,
    in_turn: bool = False,
) -> tuple[Recruit, ...]:
    """Return what each candidate would add to the season's observers, those who seem to help most first.

    ``pool`` is the same season with the candidates as observers, ``among`` those to choose from (all if not given).
    What a candidate adds is counted by the flow: each alone or, ``in_turn``, on top of those before.
    """
    left = list(range(len(pool.scores))) if among is None else among.tolist()
    recruits: list[Recruit] = []
    found = find(problem, frame)
    while left and len(recruits) < most:
        gains = help_at_most(pool, found, np.array(left))
        order = np.lexsort((np.array(left), -pool.scores[left], -pool.capacity()[left], -gains))
        chosen = [left[place] for place in (order[:1] if in_turn else order[:most])]
        for candidate in chosen:
            after = joined(problem, pool, np.array([candidate]))
            lacking = find(after, frame)
            recruits.append(_recruit(pool, candidate, found, lacking))
            if in_turn:
                problem, found = after, lacking
        left = [candidate for candidate in left if candidate not in chosen] if in_turn else []
    return tuple(sorted(recruits, key=lambda item: (-item.contacts, -item.capacity)) if not in_turn else recruits)


def help_at_most(pool: Problem, found: Sequence[Shortage], candidates: Ints) -> Ints:
    """Return how many of the contacts that are lacking each candidate could make, one for each participant."""
    pairs = _pairs(pool, candidates)
    helped = np.zeros(len(candidates), np.int64)
    for item in found:
        able = pairs if item.method is None else pairs & pool.offers[candidates, item.method][:, None]
        whom = able[:, list(item.participants)] if item.participants else able
        could = np.minimum(whom.sum(axis=1), item.lacking)
        if item.week is not None:
            in_week = pool.available[candidates, item.week] * pool.weekly_capacity[candidates]
            could = np.minimum(could, in_week)
        helped += could
    most: Ints = np.minimum(helped, pool.capacity()[candidates])
    return most


def profiles_short(problem: Problem, frame: Frame, quotas: Quotas) -> tuple[Advice, ...]:
    """Return which profiles recruiting should look for, and how many of each, those that cost most contacts first."""
    found = find(problem, frame)
    advice = [*_of_season(problem, found), *_of_methods(problem, found), *_of_weeks(problem, found)]
    advice += [
        Advice(kind="participant", observers=item.lacking, contacts=item.lacking, participants=item.participants)
        for item in found
        if item.participants and item.kind != "days" and item.method is None
    ]
    extra = max((item.observers for item in advice), default=0)
    ordered = sorted(advice, key=lambda item: (-item.contacts, -item.observers, item.kind))
    return (*ordered, *_of_cells(problem, quotas, extra))


def _pairs(pool: Problem, candidates: Ints) -> Bools:
    pairs, _offers = usable(only(pool, candidates))
    return pairs


def _recruit(pool: Problem, candidate: int, before: Sequence[Shortage], after: Sequence[Shortage]) -> Recruit:
    row = np.array([candidate])
    pairs = _pairs(pool, row)[0]
    short = {number for item in before for number in item.participants if pairs[number]}
    weeks = {item.week for item in before if item.week is not None and pool.available[candidate, item.week]}
    methods = {item.method for item in before if item.method is not None and pool.offers[candidate, item.method]}
    left_over = sum(item.lacking for item in after)
    return Recruit(
        candidate=candidate,
        contacts=sum(item.lacking for item in before) - left_over,
        capacity=int(pool.capacity()[candidate]),
        score=float(pool.scores[candidate]),
        participants=tuple(sorted(short)),
        weeks=tuple(sorted(weeks)),
        methods=tuple(sorted(methods)),
        left_over=left_over,
    )


def _of_season(problem: Problem, found: Sequence[Shortage]) -> Iterator[Advice]:
    usual = Newcomer.usual(problem, ())
    for item in found:
        if item.kind == "season":
            people = -(-item.lacking // max(usual.capacity(problem), 1))
            yield Advice(kind="season", observers=people, contacts=item.lacking)


def _of_methods(problem: Problem, found: Sequence[Shortage]) -> Iterator[Advice]:
    """As many for a method as the participant that lacks most needs, and as all that is lacking takes time."""
    usual = Newcomer.usual(problem, ())
    for method in sorted({item.method for item in found if item.method is not None}):
        short = [item for item in found if item.method == method]
        contacts = sum(item.lacking for item in short)
        alone = max((item.lacking for item in short if len(item.participants) == 1), default=0)
        yield Advice(
            kind="method",
            observers=max(alone, -(-contacts // max(usual.capacity(problem), 1))),
            contacts=contacts,
            method=method,
            participants=tuple(sorted({number for item in short for number in item.participants})),
        )


def _of_weeks(problem: Problem, found: Sequence[Shortage]) -> Iterator[Advice]:
    """Weeks that lack observers, and those whose plan can only be less even than others."""
    usual = Newcomer.usual(problem, ())
    lacking = {item.week: item.lacking for item in (*uneven_weeks(problem), *found) if item.week is not None}
    for week, contacts in sorted(lacking.items()):
        people = -(-contacts // max(usual.weekly_capacity, 1))
        yield Advice(kind="week", observers=people, contacts=contacts, week=week)


def _of_cells(problem: Problem, quotas: Quotas, extra: int) -> Iterator[Advice]:
    """Cells that would be below their share in a team as large as the season needs."""
    at_work = problem.may_work & (problem.capacity() > 0)
    cells = quotas.cells(problem.traits[at_work])
    wanted = quotas.wanted(problem.traits[at_work], int(at_work.sum()) + extra)
    short = {cell: number - cells.count(cell) for cell, number in wanted.items()}
    for cell, number in sorted(short.items(), key=lambda row: (-row[1], row[0])):
        if number > 0:
            yield Advice(kind="cell", observers=number, levels=cell)
