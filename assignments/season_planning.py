"""Plans a whole season by the rules of eligibility, and writes the plan."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

import numpy as np
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from assignments.eligibility import RULES, Facts
from assignments.models import Assignment, RolePlay
from assignments.planning import NOBODY, SLOTS, WEEKDAYS, Frame, Problem, deal, find_observers
from assignments.planning.problem import Bools, Ints
from assignments.workflow import AssignmentState
from ksp.accounts.models import AuditEvent, User
from ksp.lib.calendar import WorkingCalendar
from ksp.lib.errors import DomainError
from ksp.lib.weeks import IsoWeek
from ksp.lib.workflow import TransitionNotAllowed
from observers.models import CustomerRelation, Observer, PriorContact
from participants.models import ContactChannel, ContactMethod, Enrolment, Season
from participants.workflow import SeasonState

METHODS = tuple(ContactMethod.values)
# E-mail is sent before noon, so it is begun first thing.
MORNING_METHODS = frozenset({ContactMethod.EMAIL})
# A week with fewer working days is left out.
LEAST_WORKING_DAYS = 3
UNLIMITED = 1_000_000
BATCH = 1_000
_DIGITS = re.compile(r"[0-9]+")


class SeasonHasPlan(DomainError):
    """The season is planned already, or can no longer be."""

    code: ClassVar[str] = "season_has_plan"


@dataclass(frozen=True)
class PlanFigures:
    """What became of a plan."""

    contacts: int
    weeks: list[str]
    unassigned: int


@dataclass(frozen=True, eq=False)
class _Cast:
    """Everybody and everything that a season's plan is made of, each in a fixed order."""

    season: Season
    weeks: list[IsoWeek]
    open_days: Bools
    enrolments: list[Enrolment]
    observers: list[Observer]
    role_plays: dict[int, list[RolePlay]] = field(default_factory=dict)


@transaction.atomic
def propose_and_write_plan(
    season_id: int, *, observer_ids: Collection[int] | None = None, closed_on: Collection[date] = (), by: User
) -> PlanFigures:
    """Plan every contact of the season by the distribution key, each with an observer whom the rules allow.

    ``observer_ids`` are those to choose from, all with an account if not given; ``closed_on`` are days without
    contacts beside weekends and holidays. A contact for whom nobody is left is planned without an observer.
    """
    season = Season.objects.select_for_update().get(pk=season_id)
    if not by.has_perm("assignments.plan_assignment", season):
        raise PermissionDenied
    if season.state in {SeasonState.CLOSED, SeasonState.PUBLISHED} or season.assignments.exists():
        raise SeasonHasPlan(
            _("The season has contacts already, or is closed. A season is planned once, before it starts.")
        )
    cast = _gather(season, observer_ids, closed_on)
    problem = _problem(cast)
    frame = deal(problem)
    observers = find_observers(problem, frame)
    _write(cast, frame, observers, by=by)
    figures = PlanFigures(len(frame), [str(week) for week in cast.weeks], int((observers == NOBODY).sum()))
    AuditEvent.record(by, "season.planned", season, contacts=figures.contacts, unassigned=figures.unassigned)
    return figures


def contact_weeks(season: Season, closed_on: Collection[date] = ()) -> list[IsoWeek]:
    """Return the weeks of the season that have enough working days for contacts."""
    calendar = WorkingCalendar(closed_on=frozenset(closed_on))
    weeks = IsoWeek.range(IsoWeek.of(season.starts_on), IsoWeek.of(season.ends_on))
    return [week for week in weeks if len(_open_days(week, season, calendar)) >= LEAST_WORKING_DAYS]


def _open_days(week: IsoWeek, season: Season, calendar: WorkingCalendar) -> list[date]:
    first, last = max(week.monday(), season.starts_on), min(week.sunday(), season.ends_on)
    return calendar.working_days(first, last) if first <= last else []


def _gather(season: Season, observer_ids: Collection[int] | None, closed_on: Collection[date]) -> _Cast:
    calendar = WorkingCalendar(closed_on=frozenset(closed_on))
    weeks = contact_weeks(season, closed_on)
    observers = Observer.objects.filter(organiser=season.organiser_id, is_active=True)
    chosen = observers.filter(user__isnull=False) if observer_ids is None else observers.filter(pk__in=observer_ids)
    enrolments = Enrolment.objects.filter(season=season).select_related("participant").prefetch_related("channels")
    role_plays: dict[int, list[RolePlay]] = {}
    for role_play in sorted(season.role_plays.all(), key=lambda item: item.code):
        role_plays.setdefault(role_play.award_class_id, []).append(role_play)
    open_days = [{day.isoweekday() for day in _open_days(week, season, calendar)} for week in weeks]
    return _Cast(
        season=season,
        weeks=weeks,
        open_days=np.array([[day in days for day in WEEKDAYS] for days in open_days], bool).reshape(-1, len(WEEKDAYS)),
        enrolments=sorted(enrolments, key=lambda item: item.participant.code),
        observers=sorted(chosen, key=lambda item: item.code),
        role_plays=role_plays,
    )


def _problem(cast: _Cast) -> Problem:
    """Return the plan's problem as arrays, judged by the named rules."""
    settings = cast.season.settings
    any_week = cast.weeks[0] if cast.weeks else IsoWeek.of(cast.season.starts_on)
    tests = {rule.code: rule.is_met for rule in RULES}

    def passes(code: str, observer: Observer, *, week: IsoWeek = any_week, method: str = METHODS[0]) -> bool:
        facts = Facts(
            observer=observer,
            method=method,
            week=week,
            has_met=False,
            is_customer=False,
            load_in_week=0,
            load_in_season=0,
            settings=settings,
        )
        return tests[code](facts)

    people = cast.observers
    return Problem(
        quotas=np.array([_quota(enrolment.channels.all()) for enrolment in cast.enrolments], np.int64).reshape(
            -1, len(METHODS)
        ),
        role_plays=np.array([len(cast.role_plays.get(item.award_class_id, ())) for item in cast.enrolments], np.int64),
        mornings=np.array([method in MORNING_METHODS for method in METHODS]),
        open_days=cast.open_days,
        met=_pairs(cast, _meetings(cast)),
        customers=_pairs(
            cast, CustomerRelation.objects.filter(observer__in=people).values_list("observer", "participant")
        ),
        offers=_table([[passes("offers_method", one, method=method) for method in METHODS] for one in people], METHODS),
        available=_table([[passes("available", one, week=week) for week in cast.weeks] for one in people], cast.weeks),
        may_work=np.array([passes("active", one) and passes("good_score", one) for one in people], bool),
        weekly_capacity=np.array([one.weekly_capacity for one in people], np.int64),
        season_capacity=np.array(
            [UNLIMITED if one.season_capacity is None else one.season_capacity for one in people], np.int64
        ),
        scores=np.array(
            [settings.new_observer_score if one.known_score is None else one.known_score for one in people], np.float64
        ),
        traits=np.zeros((len(people), 0), np.int64),
    )


def _quota(channels: Iterable[ContactChannel]) -> list[int]:
    planned = {channel.method: channel.planned_contacts for channel in channels}
    return [planned.get(method, 0) for method in METHODS]


def _table(rows: list[list[bool]], columns: Sequence[object]) -> Bools:
    return np.array(rows, bool).reshape(-1, len(columns))


def _meetings(cast: _Cast) -> Iterable[tuple[int | None, int]]:
    """Return who has met, or will meet, whom: in earlier seasons, and in other projects."""
    before = PriorContact.objects.filter(observer__in=cast.observers).values_list("observer", "participant")
    in_seasons = Assignment.objects.meeting().filter(observer__in=cast.observers)
    return [*before, *in_seasons.values_list("observer", "participant")]


def _pairs(cast: _Cast, known: Iterable[tuple[int | None, int]]) -> Bools:
    observers = {observer.pk: place for place, observer in enumerate(cast.observers)}
    participants = {enrolment.participant_id: place for place, enrolment in enumerate(cast.enrolments)}
    table = np.zeros((len(observers), len(participants)), bool)
    for observer, participant in known:
        if observer in observers and participant in participants:
            table[observers[observer], participants[participant]] = True
    return table


def _write(cast: _Cast, frame: Frame, observers: Ints, *, by: User) -> None:
    """Make the contacts, numbered in the order of their weeks."""
    stem = _stem(cast.season.code)
    order = np.lexsort((frame.participant, frame.week)).tolist()
    rows = [
        _assignment(cast, frame, contact, code=f"{stem}-{number:05d}", observer=int(observers[contact]))
        for number, contact in enumerate(order, start=1)
    ]
    Assignment.objects.bulk_create(rows, batch_size=BATCH)
    AuditEvent.objects.bulk_create((AuditEvent.of(by, "assignment.planned", row) for row in rows), batch_size=BATCH)


def _stem(season_code: str) -> str:
    """Return what the numbers of a season's contacts begin with: KSP22 gives K22."""
    return season_code[:1].upper() + "".join(_DIGITS.findall(season_code))


def _assignment(cast: _Cast, frame: Frame, contact: int, *, code: str, observer: int) -> Assignment:
    enrolment = cast.enrolments[int(frame.participant[contact])]
    role_play = int(frame.role_play[contact])
    return Assignment(
        season=cast.season,
        enrolment=enrolment,
        participant_id=enrolment.participant_id,
        code=code,
        method=METHODS[int(frame.method[contact])],
        week=str(cast.weeks[int(frame.week[contact])]),
        weekday=WEEKDAYS[int(frame.weekday[contact])],
        slot=SLOTS[int(frame.slot[contact])],
        role_play=None if role_play == NOBODY else cast.role_plays[enrolment.award_class_id][role_play],
        observer=None if observer == NOBODY else cast.observers[observer],
    )


@transaction.atomic
def reschedule_assignment(assignment_id: int, *, week: IsoWeek, by: User) -> Assignment:
    """Move a planned contact, which nobody has been offered yet, to another week; its observer is chosen anew."""
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("season", "enrolment")
    assignment = rows.get(pk=assignment_id)
    if not by.has_perm("assignments.plan_assignment", assignment):
        raise PermissionDenied
    if assignment.state != AssignmentState.PLANNED:
        message = _("This assignment is already “%(state)s”. Reload the page.")
        raise TransitionNotAllowed(message % {"state": assignment.get_state_display()})
    before = assignment.week
    assignment.week, assignment.observer = str(week), None
    assignment.save(update_fields=["week", "observer"])
    AuditEvent.record(by, "assignment.moved", assignment, before=before, after=assignment.week)
    return assignment
