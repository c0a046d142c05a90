"""What would heal a season's shortages: small changes of its terms, each tried and counted by the same flow."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from assignments.planning.frame import Frame
from assignments.planning.plan import Shortage
from assignments.planning.problem import Bools, Ints, Problem
from assignments.planning.recruits import Newcomer, with_newcomers
from assignments.planning.shortages import find

MOST = 6
MOST_EXTRA = 5


@dataclass(frozen=True, kw_only=True)
class Relaxation:
    """One change of the season's terms, with how many contacts have no observer after it, and before.

    ``kind`` and what ``amount`` counts: ``weekly_capacity`` (contacts more in each week, and as many more in the
    season, for each of ``observers``), ``season_capacity`` (contacts more in the season), ``observers`` (new ones, who
    offer ``methods``), ``least_score`` (``observers`` let in by a least score of ``score``), ``move_week`` (contacts
    moved out of ``week``), ``open_week`` (days opened in ``week``), ``method`` (contacts of ``participants`` made by
    ``methods`` instead of ``method``), ``fewer_contacts`` (contacts fewer for ``participants``, all of them if none is
    named). ``changes`` is how many people, contacts or days differ.
    """

    kind: str
    amount: int
    changes: int
    unassigned_before: int
    unassigned_after: int
    observers: tuple[int, ...] = ()
    participants: tuple[int, ...] = ()
    methods: tuple[int, ...] = ()
    method: int | None = None
    week: int | None = None
    score: float | None = None

    @property
    def solves_all(self) -> bool:
        """Every contact can have an observer afterwards, as far as the flow can tell."""
        return self.unassigned_after == 0


def smallest(problem: Problem, frame: Frame, *, barred_by_score: Bools | None = None) -> tuple[Relaxation, ...]:
    """Return the smallest changes that help, at most six: first those that solve all, of these the fewest changes.

    ``barred_by_score`` are the observers whom nothing but the season's least score keeps out.
    """
    found = find(problem, frame)
    if not found:
        return ()
    left = sum(item.lacking for item in find(problem))
    by_weeks = not left
    trial = _Trial(problem, frame, found, left or sum(item.lacking for item in found), by_weeks)
    tried = [
        *_capacities(trial),
        *_newcomers(trial),
        *_scores(trial, barred_by_score),
        *_moved(trial),
        *_opened(trial),
        *_other_methods(trial),
        *_fewer(trial),
    ]
    helping = [item for item in tried if item.unassigned_after < trial.before]
    return tuple(sorted(helping, key=lambda item: (item.unassigned_after, item.changes, item.kind))[:MOST])


@dataclass(frozen=True, eq=False)
class _Trial:
    """The season as it is, and how many contacts it leaves over."""

    problem: Problem
    frame: Frame
    found: tuple[Shortage, ...]
    before: int
    by_weeks: bool

    def after(self, problem: Problem, frame: Frame | None = None) -> int:
        """Count what is left over; weeks matter only if nothing else does, for other frames have other weeks."""
        if not self.by_weeks:
            return sum(item.lacking for item in find(problem))
        return sum(item.lacking for item in find(problem, self.frame if frame is None else frame))

    def least(self, high: int, build: Callable[[int], Problem]) -> tuple[int, int]:
        """Return the smallest number up to ``high`` that helps as much as the highest, and what is left over then."""
        goal, low = self.after(build(high)), 0
        if goal == self.before:
            return 0, goal
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.after(build(middle)) == goal else (middle, high)
        return high, goal


def _capacities(trial: _Trial) -> Iterator[Relaxation]:
    """One more a week, or some more in the season, for as few as will do; if that is not enough, more for each."""
    problem = trial.problem
    weeks = problem.available.sum(axis=1)
    at_work = problem.may_work & (weeks > 0)

    def weekly(by: int, who: Ints) -> Problem:
        in_week, in_season = problem.weekly_capacity.copy(), problem.season_capacity.copy()
        in_week[who] += by
        in_season[who] += by * weeks[who]
        return replace(problem, weekly_capacity=in_week, season_capacity=in_season)

    def seasonal(by: int, who: Ints) -> Problem:
        in_season = problem.season_capacity.copy()
        in_season[who] += by
        return replace(problem, season_capacity=in_season)

    held = weeks * problem.weekly_capacity - problem.season_capacity
    yield from _raised(trial, "weekly_capacity", _first(at_work, weeks), (weekly, MOST_EXTRA))
    yield from _raised(
        trial, "season_capacity", _first(at_work & (held > 0), held), (seasonal, int(held.max(initial=0)))
    )


def _first(who: Bools, gains: Ints) -> Ints:
    """Return them in the order of what they gain."""
    rows = np.flatnonzero(who)
    return rows[np.argsort(-gains[rows], kind="stable")]


def _raised(
    trial: _Trial, kind: str, who: Ints, how: tuple[Callable[[int, Ints], Problem], int]
) -> Iterator[Relaxation]:
    raised, most = how
    each, rest = (0, trial.before) if not len(who) or most < 1 else trial.least(most, lambda by: raised(by, who))
    if not each:
        return
    count, rest = trial.least(len(who), lambda people: raised(each, who[:people]))
    yield Relaxation(
        kind=kind,
        amount=each,
        changes=count,
        unassigned_before=trial.before,
        unassigned_after=rest,
        observers=tuple(sorted(who[:count].tolist())),
    )


def _newcomers(trial: _Trial) -> Iterator[Relaxation]:
    """So many more observers of the usual capacity: by the methods that are short or, if fewer would do, by all."""
    problem = trial.problem
    everything = tuple(np.flatnonzero(problem.quotas.any(axis=0)).tolist())
    short = tuple(sorted({item.method for item in trial.found if item.method is not None}))
    best: tuple[int, int] | None = None
    for methods in dict.fromkeys([short or everything, everything]):
        newcomer = Newcomer.usual(problem, methods)
        count, rest = trial.least(_enough(trial, newcomer), partial(_with_alike, problem, newcomer))
        if count and (best is None or (rest, count) < best):
            best = rest, count
            yield Relaxation(
                kind="observers",
                amount=count,
                changes=count,
                unassigned_before=trial.before,
                unassigned_after=rest,
                methods=methods,
            )


def _with_alike(problem: Problem, newcomer: Newcomer, count: int) -> Problem:
    return with_newcomers(problem, [newcomer] * count)


def _enough(trial: _Trial, newcomer: Newcomer) -> int:
    """Return how many of them are enough for all that people, not days, are short of."""
    capacity = max(newcomer.capacity(trial.problem), 1)
    lacking = sum(item.lacking for item in trial.found if item.kind not in {"days", "no_weeks"})
    return max(-(-lacking // capacity) + int(trial.problem.quotas.sum(axis=1).max()), 1)


def _scores(trial: _Trial, barred: Bools | None) -> Iterator[Relaxation]:
    if barred is None or not barred.any():
        return
    problem = trial.problem
    who = np.flatnonzero(barred)
    who = who[np.argsort(-problem.scores[who], kind="stable")]

    def let_in(count: int) -> Problem:
        may_work = problem.may_work.copy()
        may_work[who[:count]] = True
        return replace(problem, may_work=may_work)

    count, rest = trial.least(len(who), let_in)
    if count:
        # Whoever scores the same comes in as well.
        score = float(problem.scores[who[count - 1]])
        all_in = who[problem.scores[who] >= score]
        yield Relaxation(
            kind="least_score",
            amount=len(all_in),
            changes=len(all_in),
            unassigned_before=trial.before,
            unassigned_after=rest if len(all_in) == count else trial.after(let_in(len(all_in))),
            observers=tuple(sorted(all_in.tolist())),
            score=score,
        )


def _moved(trial: _Trial) -> Iterator[Relaxation]:
    """Move what a week lacks to the weeks that have most room, a participant's contact at a time."""
    for item in trial.found:
        if item.kind != "week":
            continue
        week, frame = trial.frame.week.copy(), trial.frame
        rows = np.flatnonzero((week == item.week) & ((frame.method == item.method) | (item.method is None)))
        most = np.minimum(trial.problem.weekly_capacity, trial.problem.season_capacity) * trial.problem.may_work
        spare = (trial.problem.available * most[:, None]).sum(axis=0) - np.bincount(
            week[week >= 0], minlength=trial.problem.weeks
        )
        spare = np.where(trial.problem.open_days.any(axis=1), spare, 0)
        for row in rows[: item.lacking].tolist():
            to = int(spare.argmax())
            if spare[to] <= 0:
                break
            week[row] = to
            spare[to] -= 1
        moved = int((week != frame.week).sum())
        rest = trial.after(trial.problem, replace(frame, week=week))
        yield Relaxation(
            kind="move_week",
            amount=moved,
            changes=moved,
            unassigned_before=trial.before,
            unassigned_after=rest,
            week=item.week,
            method=item.method,
        )


def _opened(trial: _Trial) -> Iterator[Relaxation]:
    """Open the closed days of one week, if days are what is short: the week that helps most."""
    problem = trial.problem
    if not {item.kind for item in trial.found} & {"days", "no_weeks"}:
        return
    tried = []
    for week in np.flatnonzero(~problem.open_days.all(axis=1)).tolist():
        open_days = problem.open_days.copy()
        open_days[week] = True
        days = int((~problem.open_days[week]).sum())
        tried.append((trial.after(replace(problem, open_days=open_days)), days, week))
    for rest, days, week in sorted(tried)[:1]:
        yield Relaxation(
            kind="open_week",
            amount=days,
            changes=days,
            unassigned_before=trial.before,
            unassigned_after=rest,
            week=week,
        )


def _other_methods(trial: _Trial) -> Iterator[Relaxation]:
    """Make what one method lacks by another that the participant has."""
    methods = trial.problem.quotas.shape[1]
    for method in range(methods):
        short = [item for item in trial.found if item.method == method and len(item.participants) == 1]
        if not short:
            continue
        tried = []
        for other in range(methods):
            quotas = trial.problem.quotas.copy()
            moved = [item for item in short if other != method and quotas[item.participants[0], other] > 0]
            for item in moved:
                quotas[item.participants[0], method] -= item.lacking
                quotas[item.participants[0], other] += item.lacking
            if moved:
                rest = trial.after(replace(trial.problem, quotas=quotas), _fitted(trial.frame, quotas))
                tried.append((rest, other, moved))
        for rest, other, moved in sorted(tried, key=lambda row: row[:2])[:1]:
            amount = sum(item.lacking for item in moved)
            yield Relaxation(
                kind="method",
                amount=amount,
                changes=amount,
                unassigned_before=trial.before,
                unassigned_after=rest,
                participants=tuple(sorted(item.participants[0] for item in moved)),
                method=method,
                methods=(other,),
            )


def _fewer(trial: _Trial) -> Iterator[Relaxation]:
    """Take away what is lacking: from those that lack it or, for a shortage of everybody, from all in turn."""
    if not trial.problem.open_days.any():
        return
    quotas = trial.problem.quotas.copy()
    participants: set[int] = set()
    for item in trial.found:
        among = item.participants or tuple(range(len(quotas)))
        participants |= set(item.participants)
        _take(quotas, among, item.lacking, item.method)
    whole = any(not item.participants for item in trial.found)
    amount = int(trial.problem.quotas.sum() - quotas.sum())
    yield Relaxation(
        kind="fewer_contacts",
        amount=amount,
        changes=amount,
        unassigned_before=trial.before,
        unassigned_after=trial.after(replace(trial.problem, quotas=quotas), _fitted(trial.frame, quotas)),
        participants=() if whole else tuple(sorted(participants)),
    )


def _take(quotas: Ints, among: Sequence[int], amount: int, method: int | None) -> None:
    """Take contacts from those who have most left, by the method that is short or else the one they have most of."""
    for _ in range(amount):
        left = quotas[list(among)] if method is None else quotas[list(among), method]
        who = among[int((left.sum(axis=1) if method is None else left).argmax())]
        which = int(quotas[who].argmax()) if method is None else method
        quotas[who, which] = max(quotas[who, which] - 1, 0)


def _fitted(frame: Frame, quotas: Ints) -> Frame:
    """Return the frame with methods changed, and contacts taken away evenly, so that it has what the quotas say."""
    kept, method = np.zeros(len(frame), bool), frame.method.copy()
    left = quotas.copy()
    for participant, own in np.argwhere(quotas >= 0).tolist():
        rows = np.flatnonzero((frame.participant == participant) & (frame.method == own))
        most = min(len(rows), int(quotas[participant, own]))
        kept[rows[np.arange(most) * len(rows) // max(most, 1)]] = True
        left[participant, own] -= most
    for row in np.flatnonzero(~kept).tolist():
        other = int(left[frame.participant[row]].argmax())
        if left[frame.participant[row], other] > 0:
            kept[row], method[row] = True, other
            left[frame.participant[row], other] -= 1
    return replace(frame, method=method).taken(np.flatnonzero(kept))
