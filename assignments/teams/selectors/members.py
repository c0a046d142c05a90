"""Reads a season's team: its members with what they have to do, and how it is mixed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from assignments.models import Assignment
from assignments.plans.situation import team_of
from assignments.plans.traits import traits_of
from assignments.plans.weeks import contact_weeks
from assignments.teams.selectors.mixes import Mix, mixes_of
from assignments.workflow import MEETING, OPEN, AssignmentState
from ksp.lib.collation import norwegian
from observers.applications.models import Application, TeamMember, TeamMemberQuerySet
from observers.applications.workflow import ApplicationState
from observers.demographics import AgeGroup, age_group
from observers.models import Observer, ObserverQuerySet
from participants.models import ContactChannel, Season


@dataclass(frozen=True, slots=True)
class Load:
    """How many of the season's contacts an observer has, how many are made, and how many are still open."""

    total: int = 0
    done: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member of the team with score, room and work."""

    member: TeamMember
    age: AgeGroup | None
    room: int
    load: Load

    @property
    def observer(self) -> Observer:
        """Who it is."""
        return self.member.observer


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """How large a team is, how many contacts it has room for, how many there are, and how good it is on average."""

    members: int
    room: int
    contacts: int
    score: float | None
    without_account: int


def current_members(season: Season) -> TeamMemberQuerySet:
    """Return the members who have not left, by name."""
    rows = TeamMember.objects.filter(season=season).current().select_related("observer")
    return rows.order_by(norwegian("observer__last_name"), norwegian("observer__first_name"), "pk")


def rows_of(members: Sequence[TeamMember], season: Season) -> list[MemberRow]:
    """Return the members with their work in this season, in one query."""
    loads = loads_in(season, [member.observer_id for member in members])
    weeks = [str(item.week) for item in contact_weeks(season)]
    return [
        MemberRow(
            member,
            age_group(member.observer.birth_year, year=season.starts_on.year),
            room_of(member.observer, weeks),
            loads.get(member.observer_id, Load()),
        )
        for member in members
    ]


def loads_in(season: Season, observer_ids: Sequence[int]) -> dict[int, Load]:
    """Count the contacts of a season that observers have, by the observer's key."""
    rows = Assignment.objects.filter(season=season, observer__in=observer_ids, state__in=MEETING)
    counted = (
        rows.order_by()
        .values("observer_id")
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=Q(state=AssignmentState.DONE)),
            open=Count("pk", filter=Q(state__in=OPEN)),
        )
    )
    return {row["observer_id"]: Load(row["total"], row["done"], row["open"]) for row in counted}


def room_of(observer: Observer, weeks: Sequence[str]) -> int:
    """Return how many contacts an observer could make in these weeks, days off within the season left aside."""
    # A list that names no week of the season was made for another one.
    able = len(set(observer.weeks) & set(weeks)) or len(weeks)
    most = able * observer.weekly_capacity
    return most if observer.season_capacity is None else min(most, observer.season_capacity)


def figures_of(season: Season) -> TeamFigures:
    """Add up the team in two queries."""
    members = TeamMember.objects.filter(season=season).current()
    observers = Observer.objects.filter(teams__in=members)
    weeks = [str(item.week) for item in contact_weeks(season)]
    read = ("weeks", "weekly_capacity", "season_capacity", "user", "internal_score", "carried_score")
    rows = list(observers.only(*read))
    scores = [one.known_score for one in rows if one.known_score is not None]
    contacts = ContactChannel.objects.filter(enrolment__season=season)
    return TeamFigures(
        members=len(rows),
        room=sum(room_of(one, weeks) for one in rows),
        contacts=contacts.aggregate(all=Coalesce(Sum("planned_contacts"), 0))["all"],
        score=sum(scores) / len(scores) if scores else None,
        without_account=sum(one.user_id is None for one in rows),
    )


def team_mixes(season: Season) -> tuple[list[Mix], bool]:
    """Compare the team with those who applied, or, where few did, with every active observer; tell which."""
    traits = ("gender", "birth_year", "county")
    year = season.starts_on.year
    team = traits_of(team_of(season), year=year)
    applied = Application.objects.filter(season=season).exclude(state=ApplicationState.DRAFT)
    pool: ObserverQuerySet = Observer.objects.filter(organiser=season.organiser_id, is_active=True)
    applicants = list(pool.filter(pk__in=applied.values("observer")).only(*traits))
    is_of_applicants = len(applicants) > len(team)
    return mixes_of(team, traits_of(applicants if is_of_applicants else list(pool.only(*traits)), year=year)), (
        is_of_applicants
    )


def found_outside(season: Season, text: str, *, most: int = 10) -> list[Observer]:
    """Return active observers outside the team whose name or id has every word, the best known score first."""
    inside = TeamMember.objects.filter(season=season).current().values("observer")
    rows = Observer.objects.filter(organiser=season.organiser_id, is_active=True).exclude(pk__in=inside)
    for word in text.split()[:6]:
        rows = rows.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(code__iexact=word))
    known = Coalesce(F("internal_score"), F("carried_score"))
    return list(rows.order_by(known.desc(nulls_last=True), "pk")[:most])
