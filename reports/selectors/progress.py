"""How far a season has come, by week, class and state, for those who run it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, Sum

from assignments.models import Assignment, AssignmentQuerySet
from assignments.workflow import OPEN, AssignmentState
from ksp.accounts.models import User
from ksp.lib.calendar import local_date
from ksp.lib.formatting import iso_week
from ksp.lib.season_charts import WeekProgress
from ksp.lib.weeks import IsoWeek
from participants.models import AwardClass, Season
from responses.deadlines import LATE, ReviewClock
from responses.models import SurveyResponse
from responses.selectors.queue import within
from responses.workflow import ReportState

SOON_WEEKS = 2


class Stage(StrEnum):
    """How far a contact has come, from the plan to the score."""

    UNASSIGNED = "unassigned"
    PLANNED = "planned"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"


# The contact has not been reported on.
TO_COME = (Stage.UNASSIGNED, Stage.PLANNED, Stage.OFFERED, Stage.ACCEPTED, Stage.DRAFT)
# A rejected contact is planned anew, so it is not one of those that are to be made.
COUNTED = (*TO_COME, Stage.SUBMITTED, Stage.RETURNED, Stage.APPROVED)
# The same of an assignment and its report.
TO_BE_MADE = Q(response__isnull=True, state__in=[*sorted(OPEN), AssignmentState.DONE]) | Q(
    response__state=ReportState.DRAFT, state__in=[*sorted(OPEN), AssignmentState.DONE]
)


@dataclass(frozen=True, slots=True)
class Group:
    """How many contacts of one class (or whatever they are counted by) and week have come how far."""

    of: int | str
    week: IsoWeek
    stage: Stage
    count: int


@dataclass(frozen=True, slots=True)
class WeekCell:
    """One class, participant or method in one week: how many of its contacts are approved, and how that stands."""

    week: IsoWeek
    approved: int
    contacts: int
    missing: int
    tone: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One participant, class or contact method: its contacts by how far they have come, and its weeks."""

    key: int | str
    name: str
    stages: Mapping[Stage, int]
    late: int
    cells: Sequence[WeekCell]

    @property
    def contacts(self) -> int:
        """All that are to be made."""
        return sum(self.stages.get(stage, 0) for stage in COUNTED)

    @property
    def approved(self) -> int:
        """Those that count towards the scores."""
        return self.stages.get(Stage.APPROVED, 0)

    @property
    def submitted(self) -> int:
        """Those that wait to be read."""
        return self.stages.get(Stage.SUBMITTED, 0)

    @property
    def returned(self) -> int:
        """Those that are with their observers again."""
        return self.stages.get(Stage.RETURNED, 0)

    @property
    def unassigned(self) -> int:
        """Those that nobody has been found for."""
        return self.stages.get(Stage.UNASSIGNED, 0)


@dataclass(frozen=True, kw_only=True)
class ClassProgress(Line):
    """One class, with its participants."""

    is_paused: bool
    participants: int


@dataclass(frozen=True)
class SeasonProgress:
    """A season, whole."""

    season: Season
    this_week: IsoWeek
    classes: Sequence[ClassProgress]
    groups: Sequence[Group]
    planned: int
    late_reviews: int
    late_participants: int = 0

    @property
    def shown_week(self) -> IsoWeek:
        """The week that it is; the last one of a season that is over, the first one of a season that has not begun."""
        first, last = IsoWeek.of(self.season.starts_on), IsoWeek.of(self.season.ends_on)
        return min(max(self.this_week, first), last)

    @property
    def is_over(self) -> bool:
        """The weeks in which contacts are made have gone by."""
        return self.this_week > IsoWeek.of(self.season.ends_on)

    @cached_property
    def stages(self) -> Mapping[Stage, int]:
        """How many contacts have come how far."""
        return added_up(self.groups)

    @cached_property
    def weeks(self) -> list[IsoWeek]:
        """Every week of the season, and those outside it in which contacts were planned."""
        return _weeks(self.season, self.groups)

    @cached_property
    def busy_weeks(self) -> list[IsoWeek]:
        """Those of the weeks in which there are contacts, and this week."""
        busy = {group.week for group in self.groups if group.stage in COUNTED}
        return [week for week in self.weeks if week in busy or week == self.shown_week]

    @property
    def participants(self) -> int:
        """How many take part."""
        return sum(one.participants for one in self.classes)

    @property
    def contacts(self) -> int:
        """All that are to be made."""
        return sum(self.stages.get(stage, 0) for stage in COUNTED)

    @property
    def approved(self) -> int:
        """Those that count towards the scores."""
        return self.stages.get(Stage.APPROVED, 0)

    @property
    def share_approved(self) -> float:
        """The approved ones of all that are to be made, in per cent."""
        return 100 * self.approved / self.contacts if self.contacts else 0.0

    @property
    def not_in_plan(self) -> int:
        """How many contacts the participants were promised beyond those that are planned."""
        return max(self.planned - self.contacts, 0)

    @property
    def late(self) -> int:
        """Those whose week is over without a report."""
        return sum(one.late for one in self.classes)

    @property
    def late_since(self) -> IsoWeek | None:
        """The oldest week that lacks a report."""
        return min((group.week for group in self._to_come() if group.week < self.this_week), default=None)

    @property
    def unassigned_soon(self) -> int:
        """Those without an observer in the weeks just ahead."""
        last = self.this_week + SOON_WEEKS
        return sum(group.count for group in self.groups if group.stage is Stage.UNASSIGNED and group.week <= last)

    @property
    def unassigned_weeks(self) -> str:
        """The first and the last week in which contacts lack an observer: «week 1» or «week 1 – week 7»."""
        weeks = sorted({group.week for group in self.groups if group.stage is Stage.UNASSIGNED})
        return " – ".join(dict.fromkeys(iso_week(week) for week in (weeks[0], weeks[-1]))) if weeks else ""

    def by_week(self, ahead: Mapping[IsoWeek, tuple[int, int]] | None = None) -> list[WeekProgress]:
        """Return how many contacts each week was to bring, and how many of them are approved.

        ``ahead`` are the numbers between which all the approved ones will be at the end of the weeks to come.
        """
        counted: Counter[IsoWeek] = Counter()
        approved: Counter[IsoWeek] = Counter()
        for group in self.groups:
            counted[group.week] += group.count if group.stage in COUNTED else 0
            approved[group.week] += group.count if group.stage is Stage.APPROVED else 0
        return [
            WeekProgress(
                week,
                counted[week],
                approved[week] if week <= self.this_week else None,
                *(ahead or {}).get(week, (None, None)),
            )
            for week in self.weeks
        ]

    def _to_come(self) -> Iterable[Group]:
        return (group for group in self.groups if group.stage in TO_COME)


def season_progress(season: Season, *, user: User, now: datetime) -> SeasonProgress:
    """Return how far the season has come, in four queries."""
    rows = Assignment.objects.visible_to(user).filter(season=season)
    groups = grouped(rows, by="enrolment__award_class")
    this_week = IsoWeek.of(local_date(now))
    clock = ReviewClock.at(now, working_days=season.settings.review_working_days)
    waiting = SurveyResponse.objects.visible_to(user).filter(season=season, state=ReportState.SUBMITTED)
    classes = list(
        AwardClass.objects.filter(season=season).annotate(
            participants=Count("enrolments"), planned=Sum("enrolments__planned_contacts", default=0)
        )
    )
    found = SeasonProgress(
        season=season,
        this_week=this_week,
        classes=(),
        groups=groups,
        planned=sum(vars(one)["planned"] for one in classes),
        late_reviews=waiting.filter(within(clock.spans[LATE])).count(),
        late_participants=rows.filter(is_late(this_week)).aggregate(late=Count("enrolment", distinct=True))["late"],
    )
    return replace(found, classes=_of_classes(found, classes))


def is_late(this_week: IsoWeek) -> Q:
    """Return which assignments have not been reported on though their week is over."""
    return Q(week__lt=str(this_week)) & TO_BE_MADE


def grouped(rows: AssignmentQuerySet, *, by: str) -> list[Group]:
    """Count the assignments by a field, by week and by how far they have come, in one query."""
    counted = (
        rows.order_by()
        .annotate(is_free=ExpressionWrapper(Q(observer__isnull=True), output_field=BooleanField()))
        .values_list(by, "week", "state", "response__state", "is_free")
        .annotate(Count("pk"))
    )
    return [
        Group(of, IsoWeek.parse(week), stage, count)
        for of, week, state, report, is_free, count in counted
        if (stage := _stage(state, report, is_free=is_free)) is not None
    ]


def _stage(state: str, report: str | None, *, is_free: bool) -> Stage | None:
    """Return how far a contact has come; none if it fell away and another was planned in its place."""
    if report == ReportState.REJECTED:
        return Stage.REJECTED
    if state != AssignmentState.DONE and state not in OPEN:
        return None
    if report is not None:
        return Stage(report)
    if state == AssignmentState.PLANNED and is_free:
        return Stage.UNASSIGNED
    return Stage.ACCEPTED if state == AssignmentState.DONE else Stage(state)


def lines_of(
    groups: Iterable[Group], named: Iterable[tuple[int | str, str]], *, weeks: Sequence[IsoWeek], this_week: IsoWeek
) -> list[Line]:
    """Return a line for each key and its name, with what the groups say of it."""
    own: dict[int | str, list[Group]] = {}
    for group in groups:
        own.setdefault(group.of, []).append(group)
    return [_line(key, name, own.get(key, []), weeks=weeks, this_week=this_week) for key, name in named]


def _line(key: int | str, name: str, groups: Sequence[Group], *, weeks: Sequence[IsoWeek], this_week: IsoWeek) -> Line:
    by_week: dict[IsoWeek, list[Group]] = {}
    for group in groups:
        by_week.setdefault(group.week, []).append(group)
    cells = [cell_of(week, by_week.get(week, []), this_week=this_week) for week in weeks]
    late = sum(cell.missing for cell in cells if cell.week < this_week)
    return Line(key=key, name=name, stages=added_up(groups), late=late, cells=cells)


def _of_classes(found: SeasonProgress, classes: Sequence[AwardClass]) -> list[ClassProgress]:
    named = [(one.pk, one.name) for one in classes]
    lines = lines_of(found.groups, named, weeks=found.busy_weeks, this_week=found.this_week)
    return [
        ClassProgress(
            **{field.name: getattr(line, field.name) for field in fields(line)},
            is_paused=award_class.paused_at is not None,
            participants=vars(award_class)["participants"],
        )
        for line, award_class in zip(lines, classes, strict=True)
    ]


def cell_of(week: IsoWeek, groups: Sequence[Group], *, this_week: IsoWeek) -> WeekCell:
    """Return how the contacts of one week stand."""
    stages = added_up(groups)
    contacts, approved = sum(stages.get(stage, 0) for stage in COUNTED), stages.get(Stage.APPROVED, 0)
    missing = sum(stages.get(stage, 0) for stage in TO_COME)
    return WeekCell(week, approved, contacts, missing, _tone(week, approved, contacts, missing, this_week=this_week))


def _tone(week: IsoWeek, approved: int, contacts: int, missing: int, *, this_week: IsoWeek) -> str:
    """Return how a week of a class stands: none, plan, late, part or done."""
    if not contacts:
        return "none"
    if week > this_week and not approved:
        return "plan"
    if missing and week < this_week:
        return "late"
    return "done" if approved == contacts else "part"


def added_up(groups: Iterable[Group]) -> dict[Stage, int]:
    """Return how many contacts have come how far."""
    counts: Counter[Stage] = Counter()
    for group in groups:
        counts[group.stage] += group.count
    return dict(counts)


def _weeks(season: Season, groups: Iterable[Group]) -> list[IsoWeek]:
    known = [IsoWeek.of(season.starts_on), IsoWeek.of(season.ends_on), *(group.week for group in groups)]
    return IsoWeek.range(min(known), max(known))
