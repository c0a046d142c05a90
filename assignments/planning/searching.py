"""A search for observers that can be watched and stopped: it goes on in short stretches and keeps its best plan."""

import time
from dataclasses import dataclass, replace

import numpy as np

from assignments.planning import annealing
from assignments.planning.dealing import dealt
from assignments.planning.objective import costs_of, method_week_excess, week_excess
from assignments.planning.plan import NOBODY, Bound, Plan, Progress, Watch, Weights
from assignments.planning.problem import Ints, Problem
from assignments.planning.world import state_of, tree_of, world_of

# Moves for each contact, and at least; a stretch between two looks at the clock takes about a tenth of a second.
MOVES, FEWEST_MOVES, STRETCH = 300, 100_000, 100_000
# Moves for each observer: where there are many to choose from, most do not fit.
MOVES_FOR_OBSERVER = 700
# The heat at the beginning, when one contact too many in a level is easily taken, and at the end, when nothing is.
HOT, WARM, COLD = 0.6, 0.1, 0.004
# Contacts that the beginning gives out between two looks at the clock; how much is done after it, and before what is
# only needed if something is still lacking.
PIECE, BEGINNING, ENDING = 10_000, 0.1, 0.9


@dataclass(kw_only=True)
class Clock:
    """Says when it is time to stop, and remembers that it was."""

    ends: float
    watch: Watch
    bound: float | None = None
    is_whole: bool = True

    def says_stop(self, share: float, unassigned: int, cost: float | None = None) -> bool:
        """Tell the one who watches how far it has come; answer whether they, or the time, have had enough."""
        told = Progress(phase="search", share=share, unassigned=unassigned, cost=cost, bound=self.bound)
        if self.watch(told) or time.perf_counter() > self.ends:
            self.is_whole = False
        return not self.is_whole


class Search:
    """A plan by participant that gets better; what is locked in it stays."""

    def __init__(self, problem: Problem, plan: Plan, weights: Weights, *, bound: Bound, seed: int) -> None:
        self.problem, self.plan, self.weights, self.bound = problem, plan, weights, bound
        self.world = world_of(problem, plan, weights, assigned=len(plan.frame) - bound.unassigned)
        self.state = state_of(problem, plan, seed=seed)
        self.moves = 0
        self.value = np.inf
        self.best = (np.inf, self.state.observer.copy(), self.state.week.copy())

    @property
    def unassigned(self) -> int:
        """How many contacts have nobody."""
        return int((self.state.observer == NOBODY).sum())

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to search among."""
        return not (len(self.world.free) and len(self.world.target))

    def planned(self) -> Plan:
        """Return the plan as it is now."""
        return replace(
            self.plan, frame=replace(self.plan.frame, week=self.state.week.copy()), observer=self.state.observer.copy()
        )

    def cost(self) -> float:
        """Return J without weekdays and hours, which are chosen afterwards."""
        return replace(costs_of(self.problem, self.planned()), hours=0.0).total(self.weights)

    def run(self, clock: Clock) -> None:
        """Search to the end, or until the clock says stop; then the best plan so far is the one that counts."""
        if self.is_idle:
            return
        self._begin(clock)
        self._mend(clock, (annealing.OWN_WEEK, annealing.EVEN_WEEKS))
        moves = max(MOVES * len(self.plan.frame), MOVES_FOR_OBSERVER * len(self.world.target), FEWEST_MOVES)
        self._anneal(clock, moves, (HOT, COLD), (BEGINNING, ENDING))
        lacked = self.unassigned > self.bound.unassigned
        if lacked:
            self._mend(clock, (annealing.OWN_WEEK, annealing.EVEN_WEEKS, annealing.ANY_WEEK), ENDING)
        if lacked or self._is_uneven():
            self._anneal(clock, moves // 4, (WARM, COLD), (ENDING, 1.0))
        if not clock.is_whole:
            self.state.observer[:], self.state.week[:] = self.best[1:]

    def _begin(self, clock: Clock) -> None:
        """Give every contact to somebody where that is easy: to those participants first who have little choice."""
        scarcity = self.world.eligible.sum(axis=1) - self.problem.contacts()
        waiting = self._waiting()
        waiting = waiting[np.argsort(scarcity[self.world.participant[waiting]], kind="stable")]
        pieces = np.array_split(waiting, max(len(waiting) // PIECE, 1))
        for done, piece in enumerate(pieces):
            annealing.fill(self.world, self.state, piece)
            if clock.says_stop(BEGINNING * done / len(pieces), self.unassigned):
                break
        self.value = self.cost()

    def _mend(self, clock: Clock, modes: tuple[int, ...], share: float = BEGINNING) -> None:
        """Find chains of hand-overs for contacts without observer, until there are no more of them than must be."""
        tree = tree_of(self.world)
        for mode in modes:
            tree.seen[:] = False
            for contact in self._waiting().tolist():
                if self.unassigned <= self.bound.unassigned or self._is_over(clock, share):
                    break
                annealing.chain(self.world, self.state, tree, contact, mode)
        self.value = self.cost()

    def _anneal(self, clock: Clock, moves: int, heat: tuple[float, float], shares: tuple[float, float]) -> None:
        """Exchange observers while the heat falls, and the share of the work that is done grows."""
        stretches = -(-moves // STRETCH)
        for done in range(stretches):
            if self._is_over(clock, shares[0] + (shares[1] - shares[0]) * done / stretches):
                break
            hot, cold = (heat[0] * (heat[1] / heat[0]) ** (part / stretches) for part in (done, done + 1))
            self.value += annealing.anneal(self.world, self.state, STRETCH, (hot, cold))
            self.moves += STRETCH

    def _is_over(self, clock: Clock, share: float) -> bool:
        """Keep the plan if it is the best so far, and ask the clock."""
        if self.value < self.best[0]:
            self.best = (self.value, self.state.observer.copy(), self.state.week.copy())
        return clock.says_stop(share, self.unassigned, self.value)

    def _waiting(self) -> Ints:
        """Return the contacts that somebody may be found for."""
        waiting: Ints = self.world.free[self.state.observer[self.world.free] == NOBODY]
        return waiting

    def _is_uneven(self) -> bool:
        frame = self.planned().frame
        return bool(week_excess(self.problem, frame).any() or method_week_excess(self.problem, frame).any())


def warm_up() -> None:
    """Compile, or fetch what was compiled before, by planning next to nothing."""
    one, many = np.ones(1, np.int64), np.ones((1, 1), bool)
    problem = Problem(
        quotas=np.ones((1, 1), np.int64),
        role_plays=one,
        mornings=one > 0,
        open_days=np.ones((1, 5), bool),
        met=~many,
        customers=~many,
        offers=many,
        available=many,
        may_work=one > 0,
        weekly_capacity=one,
        season_capacity=one,
        scores=np.zeros(1),
        traits=np.zeros((1, 1), np.int64),
    )
    plan = dealt(problem, seed=1)
    search = Search(problem, plan, Weights(), bound=Bound(unassigned=0, cost=0.0), seed=1)
    annealing.chain(search.world, search.state, tree_of(search.world), 0, annealing.ANY_WEEK)
    annealing.fill(search.world, search.state, np.zeros(0, np.int64))
    annealing.anneal(search.world, search.state, 1, (HOT, COLD))
