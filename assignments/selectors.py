"""Reads assignments for the manager's pages."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from assignments.eligibility import Candidate, candidates
from assignments.models import Assignment, AssignmentQuerySet
from assignments.workflow import OPEN, AssignmentState
from ksp.accounts.models import User
from observers.models import Observer
from participants.models import Season
from participants.workflow import SeasonState


@dataclass(frozen=True, slots=True)
class Standing:
    """How many of a season's contacts stand where."""

    unassigned: int
    offered: int
    accepted: int
    done: int


def standing_of(season: Season) -> Standing:
    """Count a season's contacts in one query."""
    planned = Q(state=AssignmentState.PLANNED, observer=None)
    counts = season.assignments.aggregate(
        unassigned=Count("pk", filter=planned),
        offered=Count("pk", filter=Q(state=AssignmentState.OFFERED)),
        accepted=Count("pk", filter=Q(state=AssignmentState.ACCEPTED)),
        done=Count("pk", filter=Q(state=AssignmentState.DONE)),
    )
    return Standing(**counts)


def unassigned(user: User) -> AssignmentQuerySet:
    """Return the contacts of open seasons that nobody has been found for."""
    rows = Assignment.objects.visible_to(user).filter(state=AssignmentState.PLANNED, observer=None)
    return rows.filter(season__state=SeasonState.OPEN)


@dataclass(frozen=True, slots=True)
class Judged:
    """Everybody whom a search found for one contact, with those whom every rule allows first."""

    everybody: list[Candidate]
    eligible: int


def judge_observers(assignment: Assignment, *, user: User, name: str = "") -> Judged:
    """Judge every observer with all words in the name, in five queries however many there are."""
    rows = Observer.objects.visible_to(user).defer("email", "imported_with", "pseudonym")
    for word in name.split()[:6]:
        rows = rows.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(code__iexact=word))
    everybody = candidates(assignment, rows)
    return Judged(everybody, sum(candidate.is_eligible for candidate in everybody))


def loads_of(observer_ids: Collection[int]) -> dict[int, int]:
    """Return how many contacts each of these observers has under way now."""
    rows = Assignment.objects.filter(observer__in=observer_ids, state__in=OPEN)
    return dict(rows.values_list("observer_id").annotate(Count("pk")))


def meetings_before(season_id: int, observer_ids: Collection[int]) -> dict[int, set[int]]:
    """Return which of a season's participants these observers have met in other seasons, or are to meet there."""
    met = Assignment.objects.meeting().filter(observer__in=observer_ids, participant__enrolments__season=season_id)
    found: dict[int, set[int]] = {}
    for observer, participant in met.exclude(season=season_id).values_list("observer_id", "participant_id"):
        if observer is not None:
            found.setdefault(observer, set()).add(participant)
    return found
