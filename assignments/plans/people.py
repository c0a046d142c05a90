"""Observers as the arrays that a plan is made of, judged by the named rules of eligibility."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from assignments.eligibility import RULES, Facts, weeks_between
from assignments.planning.problem import Bools, Floats, Ints
from assignments.plans.weeks import OpenWeek
from ksp.lib.weeks import IsoWeek
from observers.models import Observer
from participants.models import ContactMethod, Season

METHODS = tuple(ContactMethod.values)
UNLIMITED = 1_000_000
# The rules that say whether an observer may be given anything at all.
MAY_WORK = ("active", "has_left", "good_score")

_TESTS = {rule.code: rule.is_met for rule in RULES}


class People:
    """Some observers and one season."""

    def __init__(self, season: Season, observers: Sequence[Observer], has_left: Collection[int]) -> None:
        settings, week = season.settings, IsoWeek.of(season.starts_on)
        season_weeks = weeks_between(season)
        self.facts = [
            Facts(
                observer=observer,
                method=METHODS[0],
                week=week,
                has_met=False,
                is_customer=False,
                load_in_week=0,
                load_in_season=0,
                settings=settings,
                season_weeks=season_weeks,
                has_left=observer.pk in has_left,
            )
            for observer in observers
        ]

    def offers(self) -> Bools:
        """Tell which observers (rows) use which methods (columns)."""
        return self._table([[method in facts.observer.methods for method in METHODS] for facts in self.facts], METHODS)

    def available(self, weeks: Sequence[OpenWeek]) -> Bools:
        """Tell which observers (rows) can work in which weeks (columns)."""
        return self._table([self._weeks_of(facts, weeks) for facts in self.facts], weeks)

    def may_work(self) -> Bools:
        """Tell which observers may be given contacts at all."""
        return np.array([all(_TESTS[code](facts) for code in MAY_WORK) for facts in self.facts], bool)

    def why_not(self) -> tuple[str, ...]:
        """Return the rules by which some of the observers may not be given anything."""
        return tuple(code for code in MAY_WORK if not all(_TESTS[code](facts) for facts in self.facts))

    def season_capacity(self) -> Ints:
        """Return how many contacts each observer can take in the season; a great many where there is no limit."""
        capacity = [facts.observer.season_capacity for facts in self.facts]
        return np.array([UNLIMITED if most is None else most for most in capacity], np.int64)

    def scores(self) -> Floats:
        """Return the internal score of each observer; a new one counts as the season says."""
        return np.array([facts.score for facts in self.facts], np.float64)

    @staticmethod
    def _weeks_of(facts: Facts, weeks: Sequence[OpenWeek]) -> list[bool]:
        observer = facts.observer
        if observer.available_from is None and observer.available_to is None:
            named = frozenset(facts.named_weeks)
            return [not named or str(item.week) in named for item in weeks]
        return [_TESTS["available"](replace(facts, week=item.week)) for item in weeks]

    @staticmethod
    def _table(rows: list[list[bool]], columns: Sequence[object]) -> Bools:
        return np.array(rows, bool).reshape(len(rows), len(columns))
