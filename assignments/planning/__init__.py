"""Plans a season: when each participant is contacted, how, and by whom. Arrays in, arrays out."""

from assignments.planning.frame import Frame, deal
from assignments.planning.problem import SLOTS, WEEKDAYS, Problem
from assignments.planning.roster import NOBODY, find_observers

__all__ = ["NOBODY", "SLOTS", "WEEKDAYS", "Frame", "Problem", "deal", "find_observers"]
