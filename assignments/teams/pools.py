"""Everybody that a team can be chosen from, as the arrays that the choice is made on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assignments.planning.problem import Bools
from assignments.plans.situation import Situation, situation_among
from assignments.teams.wishes import Source
from observers.applications.models import Application, DeclaredRelation, TeamMember
from observers.applications.workflow import ApplicationState
from observers.models import Observer
from participants.models import Season

# Read of an observer for no choice.
UNREAD = ("email", "imported_with", "pseudonym")
OFFERED = ("methods", "weeks", "weekly_capacity", "season_capacity")
IN_QUESTION = (ApplicationState.SUBMITTED, ApplicationState.ACCEPTED)


@dataclass(frozen=True, eq=False)
class Candidates:
    """The season with everybody in the pool, and who of them is on the team already, has applied, or may be chosen."""

    situation: Situation
    is_member: Bools
    has_applied: Bools
    may_be_chosen: Bools


def candidates_of(season: Season, *, source: str, least_score: float = 0.0) -> Candidates:
    """Read the pool; members of the team are always in it. Who has applied counts with what the application offers."""
    applications = Application.objects.filter(season=season, state__in=IN_QUESTION)
    applicants = {item.observer_id: item for item in applications.defer("about", "decision_reason")}
    members = set(TeamMember.objects.filter(season=season).current().values_list("observer_id", flat=True))
    rows = Observer.objects.filter(organiser=season.organiser_id).defer(*UNREAD).order_by("code")
    everybody = [one for one in rows if _is_in_pool(one, source, members, applicants)]
    for observer in everybody:
        if observer.pk not in members and (application := applicants.get(observer.pk)):
            _offer(observer, application)
    situation = situation_among(season, everybody)
    _bar_declared(situation, season)
    is_member = np.array([one.pk in members for one in everybody], bool)
    scores = situation.problem.scores
    return Candidates(
        situation=situation,
        is_member=is_member,
        has_applied=np.array([one.pk in applicants for one in everybody], bool),
        may_be_chosen=is_member | (scores >= least_score),
    )


def _is_in_pool(observer: Observer, source: str, members: set[int], applicants: dict[int, Application]) -> bool:
    chosen = observer.pk in applicants if source == Source.APPLICANTS else True
    return observer.pk in members or (chosen and observer.is_active)


def _offer(observer: Observer, application: Application) -> None:
    """Let the observer count, here only, with what the application offers; it is copied when it is accepted."""
    for name in OFFERED:
        setattr(observer, name, getattr(application, name))
    observer.available_from = observer.available_to = None
    observer.county = application.county or observer.county


def _bar_declared(situation: Situation, season: Season) -> None:
    """Bar whom applicants say that they are tied to."""
    participants = {item.participant_id: place for place, item in enumerate(situation.enrolments)}
    declared = DeclaredRelation.objects.filter(application__season=season, application__state__in=IN_QUESTION)
    for observer, participant in declared.values_list("application__observer", "participant"):
        if observer in situation.observer_place and participant in participants:
            situation.problem.customers[situation.observer_place[observer], participants[participant]] = True


def names_of(situation: Situation, places: Sequence[int]) -> list[str]:
    """Return the names of participants by number."""
    return [situation.enrolments[place].participant.name for place in places]
