"""Reads whom a season's team lacks, and what each further observer would add."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assignments.planning import team
from assignments.planning.problem import Ints, Problem
from assignments.planning.quotas import Quotas
from assignments.planning.recruits import Advice as Short
from assignments.planning.recruits import Recruit
from assignments.planning.shortages import find
from assignments.plans.explanations import shortage_in_words, stored_shortages
from assignments.plans.people import METHODS
from assignments.plans.situation import Situation, situation_of
from assignments.teams.pools import Candidates, candidates_of, names_of
from assignments.teams.selectors.mixes import cell_name
from ksp.lib.formatting import iso_week, number
from observers.demographics import AgeGroup, age_group
from observers.models import Observer
from participants.models import ContactMethod, Enrolment, Season

TRAITS_MIXED = (0, 1, 2)
# The weeks of the contacts are dealt in the same way each time.
SEED = 1
MOST_NAMED, MOST_PARTICIPANTS, MOST_RECRUITS = 3, 12, 15


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of people that is short: what they are, how many would do, and for how many contacts."""

    kind: str
    text: str
    observers: int
    contacts: int


@dataclass(frozen=True, slots=True)
class Scarce:
    """A participant with few to choose from: how many of the team may contact it, and how often it is contacted."""

    enrolment: Enrolment
    able: int
    contacts: int

    @property
    def spare(self) -> int:
        """How many more may than must."""
        return self.able - self.contacts


@dataclass(frozen=True, slots=True)
class Helper:
    """One candidate, and what the team could do with them."""

    observer: Observer
    age: AgeGroup | None
    score: float
    room: int
    contacts: int
    participants: list[str]
    has_applied: bool
    fills: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What recruiting should look for."""

    members: int
    room: int
    contacts: int
    unassigned: int
    shortages: list[str]
    profiles: list[Profile]
    cells: list[Profile]
    scarce: list[Scarce]
    helpers: list[Helper]


def advise(season: Season, *, source: str) -> Advice:
    """Tell what the season's team lacks, as if all contacts were planned today, and who of the pool would help most."""
    from assignments.planning.dealing import dealt_in_weeks  # noqa: PLC0415 -- loads a compiler, which takes its time

    now = situation_of(season)
    problem, frame = now.problem, dealt_in_weeks(now.problem, seed=SEED).frame
    found = find(problem, frame)
    short = team.profiles_short(problem, frame, Quotas(traits=TRAITS_MIXED))
    candidates = candidates_of(season, source=source)
    among = _outside(now, candidates)
    wanted = {item.levels for item in short if item.kind == "cell"}
    preferred = _preferred(candidates, among, wanted) if not found and wanted else among
    adds = team.what_each_adds(problem, frame, candidates.situation.problem, among=preferred, most=MOST_RECRUITS)
    return Advice(
        members=int(problem.may_work.sum()),
        room=int(problem.capacity()[problem.may_work].sum()),
        contacts=int(problem.quotas.sum()),
        # What a week lacks, other weeks may make up for: without a frame it is what the largest flow leaves over.
        unassigned=sum(item.lacking for item in find(problem)),
        shortages=[shortage_in_words(one) for one in stored_shortages(found, now)],
        profiles=[_profile(item, now) for item in short if item.kind != "cell"],
        cells=[_profile(item, now) for item in short if item.kind == "cell"],
        scarce=_scarce(now, problem),
        helpers=[_helper(item, candidates, wanted) for item in adds],
    )


def _outside(now: Situation, candidates: Candidates) -> Ints:
    """Return those of the pool who may work and whom the season is not planned for already."""
    is_new = np.array([one.pk not in now.observer_place for one in candidates.situation.observers], bool)
    return np.flatnonzero(is_new & candidates.situation.problem.may_work)


def _preferred(candidates: Candidates, among: Ints, wanted: set[tuple[int, ...]]) -> Ints:
    """Return those who would fill a cell that is below its share, everybody if nobody would."""
    traits = candidates.situation.problem.traits
    fitting = [place for place in among.tolist() if _cell(traits[place]) in wanted]
    return np.array(fitting, np.int64) if fitting else among


def _cell(levels: Ints) -> tuple[int, ...]:
    return tuple(levels[list(TRAITS_MIXED)].tolist())


def _profile(item: Short, situation: Situation) -> Profile:
    return Profile(item.kind, _PROFILES[item.kind](item, situation), item.observers, item.contacts)


def _somebody(_item: Short, _situation: Situation) -> str:
    return _("Anybody: the team has too little room for the season.")


def _method(item: Short, _situation: Situation) -> str:
    return _("Somebody who contacts by %(method)s.") % {
        "method": str(ContactMethod(METHODS[item.method or 0]).label).lower()
    }


def _week(item: Short, situation: Situation) -> str:
    return _("Somebody who can work in %(week)s.") % {"week": iso_week(situation.weeks[item.week or 0].week)}


def _participant(item: Short, situation: Situation) -> str:
    names = names_of(situation, item.participants[:MOST_NAMED])
    rest = len(item.participants) - len(names)
    more = ngettext("and %(count)s more", "and %(count)s more", rest) % {"count": number(rest)} if rest else ""
    words = {"names": ", ".join(names) + (f" {more}" if more else "")}
    return _("Somebody who has never met %(names)s, and is no customer there.") % words


def _of_cell(item: Short, _situation: Situation) -> str:
    return cell_name(item.levels, TRAITS_MIXED)


_PROFILES: dict[str, Callable[[Short, Situation], str]] = {
    "season": _somebody,
    "method": _method,
    "week": _week,
    "participant": _participant,
    "cell": _of_cell,
}


def _scarce(situation: Situation, problem: Problem) -> list[Scarce]:
    """Return the participants with the fewest to spare among those of the team who may contact them."""
    offered = (problem.offers[:, None, :] & (problem.quotas > 0)[None, :, :]).any(axis=2)
    able = (problem.pairs() & offered & (problem.capacity() > 0)[:, None]).sum(axis=0)
    contacts = problem.quotas.sum(axis=1)
    order = np.argsort(able - contacts, kind="stable")[:MOST_PARTICIPANTS].tolist()
    return [Scarce(situation.enrolments[place], int(able[place]), int(contacts[place])) for place in order]


def _helper(item: Recruit, candidates: Candidates, wanted: set[tuple[int, ...]]) -> Helper:
    situation = candidates.situation
    observer = situation.observers[item.candidate]
    cell = _cell(situation.problem.traits[item.candidate])
    return Helper(
        observer=observer,
        age=age_group(observer.birth_year, year=situation.season.starts_on.year),
        score=item.score,
        room=item.capacity,
        contacts=item.contacts,
        participants=names_of(situation, item.participants),
        has_applied=bool(candidates.has_applied[item.candidate]),
        fills=cell_name(cell, TRAITS_MIXED) if cell in wanted else "",
    )
