"""What a season's plan rests on, read from the database as the arrays that the planner takes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from django.db.models import Q, QuerySet

from assignments.eligibility import who_left
from assignments.models import Assignment, RolePlay
from assignments.planning import Problem
from assignments.planning.problem import Bools
from assignments.plans.people import METHODS, People
from assignments.plans.traits import traits_of
from assignments.plans.weeks import OpenWeek, contact_weeks, every_week, open_days
from ksp.lib.weeks import IsoWeek
from observers.applications.models import TeamMember
from observers.models import CustomerRelation, Observer, PriorContact
from participants.models import ContactMethod, Enrolment, Season

# E-mail is sent before noon.
MORNING_METHODS = frozenset({ContactMethod.EMAIL})

# What a plan asks about a participant, and about an observer; the rest of their rows is never read.
_ENROLMENT_FIELDS = (
    "season",
    "award_class",
    "planned_contacts",
    "participant__code",
    "participant__name",
    "participant__public_id",
)
_OBSERVER_UNREAD = ("email", "pseudonym", "imported_with")


@dataclass(frozen=True, eq=False, kw_only=True)
class Situation:
    """A season's participants, weeks, role-plays and observers, each in a fixed order, and the planner's problem.

    In a situation for a repair the problem's distribution key is what stands, and its observers are those of the team
    and everybody who has a contact.
    """

    season: Season
    weeks: list[OpenWeek]
    enrolments: list[Enrolment]
    observers: list[Observer]
    role_plays: dict[int, list[RolePlay]]
    has_left: frozenset[int]
    problem: Problem = field(repr=False)

    @cached_property
    def enrolment_place(self) -> dict[int, int]:
        """The number of each enrolment, by its key."""
        return {item.pk: place for place, item in enumerate(self.enrolments)}

    @cached_property
    def observer_place(self) -> dict[int, int]:
        """The number of each observer, by the key."""
        return {item.pk: place for place, item in enumerate(self.observers)}

    @cached_property
    def week_place(self) -> dict[str, int]:
        """The number of each week, as it is written."""
        return {str(item.week): place for place, item in enumerate(self.weeks)}

    @cached_property
    def role_play_place(self) -> dict[int, int]:
        """The number of each role-play within its class, by its key."""
        return {item.pk: place for plays in self.role_plays.values() for place, item in enumerate(plays)}

    def role_play(self, enrolment: Enrolment, number: int) -> RolePlay | None:
        """Return the role-play with this number for the participant, none for a negative one."""
        return self.role_plays[enrolment.award_class_id][number] if number >= 0 else None

    def why_not(self, observer: int) -> tuple[str, ...]:
        """Return the rules by which the observer may not work at all."""
        return People(self.season, [self.observers[observer]], self.has_left).why_not()


def situation_of(season: Season, *, participant_ids: Collection[int] | None = None) -> Situation:
    """Return what a plan of the whole season rests on.

    With ``participant_ids`` whom observers know is read for these participants only.
    """
    return _read(season, contact_weeks(season), team_of(season), participant_ids=participant_ids)


def situation_among(season: Season, observers: Sequence[Observer]) -> Situation:
    """Return what a plan of the whole season would rest on if these were its observers."""
    return _read(season, contact_weeks(season), list(observers), participant_ids=None)


def standing_situation(
    season: Season, standing: Iterable["Contact"], *, participant_ids: Collection[int] | None = None
) -> Situation:
    """Return what a change of the season's plan rests on, with everybody and every week that stands in it."""
    rows = list(standing)
    weeks = _with_used(every_week(season), {row.week for row in rows})
    holders = {row.observer_id for row in rows if row.observer_id is not None}
    return _read(season, weeks, team_of(season, also=holders), participant_ids=participant_ids)


class Contact(Protocol):
    """What a situation is told of a contact that stands."""

    @property
    def week(self) -> str:
        """The week, as it is written."""

    @property
    def observer_id(self) -> int | None:
        """Whose it is."""


def _with_used(weeks: list[OpenWeek], used: set[str]) -> list[OpenWeek]:
    """Return the weeks with open days and those that are used, also outside the season, in their order."""
    within = {str(item.week) for item in weeks}
    outside = [OpenWeek(IsoWeek.parse(week), frozenset()) for week in used - within]
    kept = [item for item in weeks if item.weekdays or str(item.week) in used]
    return sorted([*kept, *outside], key=lambda item: item.week)


def team_of(season: Season, *, also: Collection[int] = ()) -> list[Observer]:
    """Return whom the season is planned for: its team; without one, every active observer who has an account."""
    team = TeamMember.objects.filter(season=season)
    everybody = Observer.objects.filter(organiser=season.organiser_id)
    usual = Q(pk__in=team.current().values("observer")) if team.exists() else Q(is_active=True, user__isnull=False)
    rows = everybody.filter(usual | Q(pk__in=also)) if also else everybody.filter(usual)
    return list(rows.defer(*_OBSERVER_UNREAD).order_by("code"))


def _read(
    season: Season, weeks: list[OpenWeek], observers: list[Observer], *, participant_ids: Collection[int] | None
) -> Situation:
    enrolments = Enrolment.objects.filter(season=season).select_related("participant").prefetch_related("channels")
    rows = list(enrolments.only(*_ENROLMENT_FIELDS).order_by("participant__code"))
    role_plays: dict[int, list[RolePlay]] = {}
    for role_play in season.role_plays.order_by("code").defer("story", "choosing"):
        role_plays.setdefault(role_play.award_class_id, []).append(role_play)
    has_left = who_left(season.pk)
    people = People(season, observers, has_left)
    pairs = _Pairs(observers, rows, participant_ids)
    return Situation(
        season=season,
        weeks=weeks,
        enrolments=rows,
        observers=observers,
        role_plays=role_plays,
        has_left=has_left,
        problem=Problem(
            quotas=np.array([_quota(item) for item in rows], np.int64).reshape(-1, len(METHODS)),
            role_plays=np.array([len(role_plays.get(item.award_class_id, ())) for item in rows], np.int64),
            mornings=np.array([method in MORNING_METHODS for method in METHODS]),
            open_days=open_days(weeks),
            met=pairs.table(PriorContact.objects.all(), Assignment.objects.meeting().exclude(season=season)),
            customers=pairs.table(CustomerRelation.objects.all()),
            offers=people.offers(),
            available=people.available(weeks),
            may_work=people.may_work(),
            weekly_capacity=np.array([one.weekly_capacity for one in observers], np.int64),
            season_capacity=people.season_capacity(),
            scores=people.scores(),
            traits=traits_of(observers, year=season.starts_on.year),
        ),
    )


def _quota(enrolment: Enrolment) -> list[int]:
    planned = {channel.method: channel.planned_contacts for channel in enrolment.channels.all()}
    return [planned.get(method, 0) for method in METHODS]


class _Pairs:
    """Reads who knows whom into tables of observers × participants."""

    def __init__(
        self, observers: Sequence[Observer], enrolments: Sequence[Enrolment], participant_ids: Collection[int] | None
    ) -> None:
        self.observers = {one.pk: place for place, one in enumerate(observers)}
        self.participants = {item.participant_id: place for place, item in enumerate(enrolments)}
        self.only = participant_ids

    def table(self, *sources: "QuerySet[Any]") -> Bools:
        """Return which pairs any of the sources holds."""
        table = np.zeros((len(self.observers), len(self.participants)), bool)
        for source in sources:
            rows = source if self.only is None else source.filter(participant__in=self.only)
            for observer, participant in rows.values_list("observer_id", "participant_id"):
                if observer in self.observers and participant in self.participants:
                    table[self.observers[observer], self.participants[participant]] = True
        return table
