"""What an observer has to do: answers to give, contacts to make, and what comes in the weeks after."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from assignments.deadlines import Urgency, deadline_of, urgency_of
from assignments.desk import Standing, desk
from assignments.models import Assignment, AssignmentQuerySet
from assignments.workflow import AssignmentState
from ksp.accounts.models import User
from ksp.lib.weeks import IsoWeek
from participants.models import ContactMethod, Season
from participants.workflow import SeasonState

SLOT_HOURS = 2


@dataclass(frozen=True, kw_only=True)
class Task:
    """One contact with how urgent it is, and how far its report has come."""

    assignment: Assignment
    urgency: Urgency
    report: Standing | None


@dataclass(frozen=True, kw_only=True)
class Home:
    """All that waits for the observer."""

    week: IsoWeek
    returned: Sequence[Standing]
    offers: Sequence[Task]
    tasks: Sequence[Task]
    coming: Sequence[tuple[str, int]]
    handed_in: Sequence[Standing]
    done_this_week: int
    paused: Sequence[Season]

    @property
    def this_week(self) -> int:
        """How many of the contacts belong to this week, those handed in included."""
        return self.done_this_week + sum(task.assignment.week == str(self.week) for task in self.tasks)

    @property
    def has_earlier(self) -> bool:
        """Some of the contacts should have been made in an earlier week."""
        return any(task.assignment.week < str(self.week) for task in self.tasks)

    @property
    def answer_by(self) -> datetime | None:
        """When the first of the offers lapses."""
        return min((task.assignment.answer_by for task in self.offers if task.assignment.answer_by), default=None)

    @property
    def is_empty(self) -> bool:
        """Nothing waits."""
        return not (self.returned or self.offers or self.tasks)


def own_assignments(user: User) -> AssignmentQuerySet:
    """Return the observer's assignments with what their pages show, in the order of their weeks."""
    related = Assignment.objects.visible_to(user).select_related(
        "season", "enrolment__participant", "enrolment__award_class", "observer"
    )
    return related.defer("season__manual").order_by("week", "weekday", "pk")


def home_of(user: User, *, now: datetime) -> Home:
    """Return all that waits for the observer."""
    week = IsoWeek.of(now)
    reports = desk().open_and_recent(user, now=now)
    by_assignment = {report.assignment_id: report for report in reports if report.is_open}
    current = own_assignments(user).filter(state__in=[AssignmentState.OFFERED, AssignmentState.ACCEPTED])
    tasks = [task_of(assignment, by_assignment.get(assignment.pk), now=now) for assignment in current]
    offers = [task for task in tasks if task.assignment.state == AssignmentState.OFFERED]
    mine = [task for task in tasks if task.assignment.state == AssignmentState.ACCEPTED]
    due = [task for task in mine if task.report or task.assignment.week <= str(week)]
    coming = Counter(task.assignment.week for task in mine if task not in due)
    done = Assignment.objects.visible_to(user).filter(state=AssignmentState.DONE, week=str(week))
    return Home(
        week=week,
        returned=[report for report in reports if report.is_returned],
        offers=offers,
        tasks=[task for task in due if not (task.report and task.report.is_returned)],
        coming=sorted(coming.items()),
        handed_in=[report for report in reports if not report.is_open],
        done_this_week=done.count(),
        paused=_paused(task.assignment.season for task in tasks),
    )


def _paused(seasons: Iterable[Season]) -> list[Season]:
    found = {season.pk: season for season in seasons if season.state == SeasonState.PAUSED}
    return list(found.values())


def task_of(assignment: Assignment, report: Standing | None, *, now: datetime) -> Task:
    """Return the contact with how urgent it is."""
    hour = assignment.season.settings.email_latest_hour
    deadline = deadline_of(assignment.week, method=assignment.method, email_hour=hour)
    return Task(assignment=assignment, urgency=urgency_of(deadline, method=assignment.method, now=now), report=report)


def tasks_of(assignments: Iterable[Assignment], *, now: datetime) -> list[Task]:
    """Return the contacts with how urgent they are, and how far their reports have come."""
    rows = list(assignments)
    reports = desk().of_assignments([row.pk for row in rows], now=now)
    return [task_of(row, reports.get(row.pk), now=now) for row in rows]


def unread_manuals(user: User, season_ids: Iterable[int]) -> set[int]:
    """Return which of the seasons have a manual that the observer has not said they have read."""
    seasons = Season.objects.filter(pk__in=list(season_ids)).exclude(manual="")
    return set(seasons.exclude(manual_reads__observer__user=user).values_list("pk", flat=True))


def advice_of(assignment: Assignment) -> dict[str, object]:
    """Return the advised day, and the hours of it, where there is such advice; e-mail is sent before its last hour."""
    day = IsoWeek.parse(assignment.week).days()[assignment.weekday - 1] if assignment.weekday else None
    first = int(assignment.slot) if assignment.slot else None
    hours = ""
    if first is not None:
        last = first + SLOT_HOURS
        if assignment.method == ContactMethod.EMAIL:
            last = min(last, assignment.season.settings.email_latest_hour)
        hours = _("between %(first)s and %(last)s") % {"first": first, "last": last}
    return {"day": day, "hours": hours}
