"""To which weeks an observer may move an own contact, and why not to the others."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from assignments.deadlines import deadline_of
from assignments.eligibility import Facts, judge, weeks_between
from assignments.letters.models import WeekChange
from assignments.models import Assignment
from ksp.lib.calendar import WorkingCalendar
from ksp.lib.weeks import IsoWeek
from observers.models import Observer
from participants.season_settings import SeasonSettings

# What the rules say to the observer; those that are not about the week cannot be mended by another one.
OWN_WORDS = {
    "available": _("You have said that you cannot work in this week."),
    "weekly_capacity": _("You have as many contacts in this week as you can take."),
}
OVER = _("The week is over.")
FEW_DAYS = _("The week has too few working days.")
FULL = _("The participant has enough contacts in this week.")


@dataclass(frozen=True, kw_only=True)
class WeekChoice:
    """One week, and the sentences that say why the contact cannot be moved there; none if it can."""

    week: IsoWeek
    refusals: tuple[str, ...]

    @property
    def is_possible(self) -> bool:
        """Nothing stands against the week."""
        return not self.refusals


def choices_of(assignment: Assignment, *, now: datetime) -> list[WeekChoice]:
    """Return the other weeks within the season's limit of the week that the contact was planned for, in order.

    Read in three queries, however many weeks the season lets an observer move a contact.
    """
    season, observer = assignment.season, assignment.observer
    limit = season.settings.week_change_limit
    if observer is None or not limit:
        return []
    first = IsoWeek.parse(_planned_week(assignment))
    last_week = IsoWeek.of(season.ends_on)
    weeks = [first + offset for offset in range(-limit, limit + 1)]
    within = [week for week in weeks if IsoWeek.of(season.starts_on) <= week <= last_week]
    refused = _judge_of(assignment, observer, season.settings, now=now)
    return [WeekChoice(week=week, refusals=refused(week)) for week in within if str(week) != assignment.week]


def _planned_week(assignment: Assignment) -> str:
    moved = WeekChange.objects.filter(assignment=assignment).order_by("pk").values_list("week_before", flat=True)
    return moved.first() or assignment.week


def _judge_of(
    assignment: Assignment, observer: Observer, settings: SeasonSettings, *, now: datetime
) -> Callable[[IsoWeek], tuple[str, ...]]:
    """Return what says, of each week, all that stands against it."""
    others = Assignment.objects.meeting().exclude(pk=assignment.pk).filter(season=assignment.season_id)
    loads = Counter(others.filter(observer=observer).values_list("week", flat=True))
    at_participant = Assignment.objects.filter(enrolment=assignment.enrolment_id).exclude(pk=assignment.pk)
    counts = Counter(at_participant.planned_or_made().values_list("week", flat=True))
    calendar = WorkingCalendar(frozenset(date.fromisoformat(day) for day in settings.closed_on))
    season = assignment.season
    weeks = IsoWeek.range(IsoWeek.of(season.starts_on), IsoWeek.of(season.ends_on))
    usable = [week for week in weeks if len(_days(calendar, week, assignment)) >= settings.least_working_days]
    most = -(-(counts.total() + 1) // max(len(usable), 1))

    def refused(week: IsoWeek) -> tuple[str, ...]:
        facts = Facts(
            observer=observer,
            method=assignment.method,
            week=week,
            has_met=False,
            is_customer=False,
            load_in_week=loads[str(week)],
            load_in_season=0,
            settings=settings,
            season_weeks=weeks_between(season),
        )
        broken = [OWN_WORDS[rule.code] for rule in judge(facts).refusals if rule.code in OWN_WORDS]
        deadline = deadline_of(str(week), method=assignment.method, email_hour=settings.email_latest_hour)
        checks = [(OVER, deadline <= now), (FEW_DAYS, week not in usable), (FULL, counts[str(week)] >= most)]
        return tuple(str(words) for words in [*(words for words, is_so in checks if is_so), *broken])

    return refused


def free_weekday(assignment: Assignment, week: IsoWeek) -> int | None:
    """Return the contact's advised weekday if it is open and free for the participant in the week, else one that is."""
    if assignment.weekday is None:
        return None
    calendar = WorkingCalendar(frozenset(map(date.fromisoformat, assignment.season.settings.closed_on)))
    others = Assignment.objects.filter(enrolment=assignment.enrolment_id, week=str(week)).exclude(pk=assignment.pk)
    taken = set(others.planned_or_made().values_list("weekday", flat=True))
    free = [day.isoweekday() for day in _days(calendar, week, assignment) if day.isoweekday() not in taken]
    return assignment.weekday if assignment.weekday in free else next(iter(free), None)


def _days(calendar: WorkingCalendar, week: IsoWeek, assignment: Assignment) -> list[date]:
    """Return the days of the week on which the season has contacts."""
    first = max(week.monday(), assignment.season.starts_on)
    last = min(week.sunday(), assignment.season.ends_on)
    return calendar.working_days(first, last) if first <= last else []
