"""Writes a season's plan, and all that its rules rest on, as csv files."""

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from assignments.models import Assignment
from assignments.plans.people import METHODS, People
from assignments.plans.situation import Situation, standing_situation
from assignments.plans.weeks import every_week
from assignments.workflow import AssignmentState
from ksp.accounts.models import AuditEvent, User
from ksp.lib.escaping import escape_cell
from observers.models import CustomerRelation, Observer, PriorContact
from participants.models import ContactChannel, Season

Row = Sequence[object]
HEADS = {
    "assignments.csv": (
        "assignment",
        "participant",
        "award_class",
        "method",
        "week",
        "weekday",
        "slot",
        "observer",
        "role_play",
        "state",
    ),
    "observers.csv": (
        "observer",
        "score",
        "birth_year",
        "gender",
        "county",
        "methods",
        "weekly_capacity",
        "season_capacity",
    ),
    "availability.csv": ("observer", "week"),
    "prior_contacts.csv": ("observer", "participant", "project", "contacted_on"),
    "customer_relations.csv": ("observer", "participant", "kind"),
    "channels.csv": ("participant", "method", "planned_contacts"),
    "weeks.csv": ("week", "working_days"),
}


def export_plan(season_id: int, *, folder: Path, by: User) -> dict[str, int]:
    """Write the seven files; return how many rows each has. The same plan gives the same files."""
    season = Season.objects.get(pk=season_id)
    if not by.has_perm("plans.make_plan", season):
        raise PermissionDenied
    contacts = list(_standing(season).select_related("participant", "observer", "role_play", "enrolment__award_class"))
    situation = standing_situation(season, contacts, participant_ids=())
    observers = _observers(situation, contacts)
    tables: dict[str, Iterable[Row]] = {
        "assignments.csv": (_assignment(one) for one in contacts),
        "observers.csv": (_observer(one) for one in observers),
        "availability.csv": _availability(season, observers),
        "prior_contacts.csv": _met(season, observers),
        "customer_relations.csv": _related(season, observers),
        "channels.csv": _channels(season),
        "weeks.csv": ((str(item.week), len(item.weekdays)) for item in every_week(season)),
    }
    folder.mkdir(parents=True, exist_ok=True)
    counts = {name: _write(_half(folder, name), HEADS[name], rows) for name, rows in tables.items()}
    for name in counts:
        _half(folder, name).replace(folder / name)
    AuditEvent.record(by, "plan.exported", season, rows=counts)
    return counts


def _half(folder: Path, name: str) -> Path:
    """Return where a file stands while it is being written."""
    return folder / f"{name}.{os.getpid()}.part"


def _write(path: Path, head: Sequence[str], rows: Iterable[Row]) -> int:
    lines = sorted([*map(_cell, row)] for row in rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(lines)
    return len(lines)


def _cell(value: object) -> str:
    return "" if value is None else escape_cell(str(value))


def _standing(season: Season) -> "QuerySet[Assignment]":
    """Return the contacts that stand; one whose report was rejected is counted as what is planned in its place."""
    return Assignment.objects.planned_or_made().filter(season=season, replaced_by=None)


def _observers(situation: Situation, contacts: Iterable[Assignment]) -> list[Observer]:
    """Return whom the plan was made with: those of the team who may be given contacts, and those who have some."""
    holders = {one.observer_id for one in contacts if one.observer_id is not None}
    return [
        one for one in situation.observers if one.pk in holders or (one.is_active and one.pk not in situation.has_left)
    ]


def _assignment(item: Assignment) -> Row:
    return (
        item.code,
        item.participant.code,
        item.enrolment.award_class.name,
        item.method,
        item.week,
        item.weekday,
        item.slot,
        item.observer.code if item.observer is not None else "",
        item.role_play.code if item.role_play is not None else "",
        item.state,
    )


def _observer(item: Observer) -> Row:
    methods = [method for method in METHODS if method in item.methods]
    score = item.known_score
    return (
        item.code,
        score,
        item.birth_year,
        item.gender,
        item.county,
        " ".join(methods),
        item.weekly_capacity,
        item.season_capacity,
    )


def _availability(season: Season, observers: Sequence[Observer]) -> Iterable[Row]:
    weeks = every_week(season)
    table = People(season, observers, ()).available(weeks)
    for observer, row in zip(observers, table.tolist(), strict=True):
        yield from ((observer.code, str(item.week)) for item, can in zip(weeks, row, strict=True) if can)


def _met(season: Season, observers: Sequence[Observer]) -> Iterable[Row]:
    """Give who has met whom: in other projects, in other seasons, and where a report of this one was rejected."""
    before = PriorContact.objects.filter(observer__in=observers, participant__enrolments__season=season)
    yield from before.values_list("observer__code", "participant__code", "project", "contacted_on")
    meetings = Assignment.objects.meeting().filter(observer__in=observers, participant__enrolments__season=season)
    columns = ("observer__code", "participant__code", "season__name")
    yield from ((*row, "") for row in meetings.exclude(season=season).values_list(*columns))
    rejected = meetings.filter(season=season, state=AssignmentState.DONE, replaced_by__isnull=False)
    yield from ((*row, "") for row in rejected.values_list(*columns))


def _related(season: Season, observers: Sequence[Observer]) -> Iterable[Row]:
    rows = CustomerRelation.objects.filter(observer__in=observers, participant__enrolments__season=season)
    return rows.values_list("observer__code", "participant__code", "kind")


def _channels(season: Season) -> Iterable[Row]:
    rows = ContactChannel.objects.filter(enrolment__season=season)
    return rows.values_list("enrolment__participant__code", "method", "planned_contacts")
