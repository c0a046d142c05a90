"""How far a season has come, by week, class and state, for those who run it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, Sum

from assignments.models import Assignment
from assignments.workflow import OPEN, AssignmentState
from ksp.accounts.models import User
from ksp.lib.calendar import local_date
from ksp.lib.charts import WeekProgress
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


@dataclass(frozen=True, slots=True)
class Group:
    """How many contacts of one class and week have come how far."""

    award_class: int
    week: IsoWeek
    stage: Stage
    count: int


@dataclass(frozen=True, slots=True)
class WeekCell:
    """One class in one week: how many of its contacts are approved, and how that stands."""

    week: IsoWeek
    approved: int
    contacts: int
    missing: int
    tone: str


@dataclass(frozen=True, slots=True)
class ClassProgress:
    """One class: its participants, its contacts by how far they have come, and its weeks."""

    key: int
    name: str
    is_paused: bool
    participants: int
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


@dataclass(frozen=True)
class SeasonProgress:
    """A season, whole."""

    season: Season
    this_week: IsoWeek
    classes: Sequence[ClassProgress]
    groups: Sequence[Group]
    planned: int
    late_reviews: int

    @cached_property
    def stages(self) -> Mapping[Stage, int]:
        """How many contacts have come how far."""
        return _added(self.groups)

    @cached_property
    def weeks(self) -> list[IsoWeek]:
        """Every week of the season, and those outside it in which contacts were planned."""
        return _weeks(self.season, self.groups)

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

    def by_week(self) -> list[WeekProgress]:
        """Return how many contacts each week was to bring, and how many of them are approved."""
        counted: Counter[IsoWeek] = Counter()
        approved: Counter[IsoWeek] = Counter()
        for group in self.groups:
            counted[group.week] += group.count if group.stage in COUNTED else 0
            approved[group.week] += group.count if group.stage is Stage.APPROVED else 0
        return [
            WeekProgress(week, counted[week], approved[week] if week <= self.this_week else None) for week in self.weeks
        ]

    def _to_come(self) -> Iterable[Group]:
        return (group for group in self.groups if group.stage in TO_COME)


def season_progress(season: Season, *, user: User, now: datetime) -> SeasonProgress:
    """Return how far the season has come, in three queries."""
    groups = _groups(season, user)
    this_week = IsoWeek.of(local_date(now))
    clock = ReviewClock.at(now, working_days=season.settings.review_working_days)
    waiting = SurveyResponse.objects.visible_to(user).filter(season=season, state=ReportState.SUBMITTED)
    own: dict[int, list[Group]] = {}
    for group in groups:
        own.setdefault(group.award_class, []).append(group)
    classes = list(
        AwardClass.objects.filter(season=season).annotate(
            participants=Count("enrolments"), planned=Sum("enrolments__planned_contacts", default=0)
        )
    )
    weeks = _weeks(season, groups)
    return SeasonProgress(
        season=season,
        this_week=this_week,
        classes=[_class_progress(one, own.get(one.pk, []), weeks=weeks, this_week=this_week) for one in classes],
        groups=groups,
        planned=sum(vars(one)["planned"] for one in classes),
        late_reviews=waiting.filter(within(clock.spans[LATE])).count(),
    )


def _groups(season: Season, user: User) -> list[Group]:
    rows = (
        Assignment.objects.visible_to(user)
        .filter(season=season)
        .order_by()
        .annotate(is_free=ExpressionWrapper(Q(observer__isnull=True), output_field=BooleanField()))
        .values_list("enrolment__award_class", "week", "state", "response__state", "is_free")
        .annotate(Count("pk"))
    )
    return [
        Group(award_class, IsoWeek.parse(week), stage, count)
        for award_class, week, state, report, is_free, count in rows
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


def _class_progress(
    award_class: AwardClass, groups: Sequence[Group], *, weeks: Sequence[IsoWeek], this_week: IsoWeek
) -> ClassProgress:
    by_week: dict[IsoWeek, list[Group]] = {}
    for group in groups:
        by_week.setdefault(group.week, []).append(group)
    cells = [_cell(week, by_week.get(week, []), this_week=this_week) for week in weeks]
    return ClassProgress(
        key=award_class.pk,
        name=award_class.name,
        is_paused=award_class.paused_at is not None,
        participants=vars(award_class)["participants"],
        stages=_added(groups),
        late=sum(cell.missing for cell in cells if cell.week < this_week),
        cells=cells,
    )


def _cell(week: IsoWeek, groups: Sequence[Group], *, this_week: IsoWeek) -> WeekCell:
    stages = _added(groups)
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


def _added(groups: Iterable[Group]) -> dict[Stage, int]:
    counts: Counter[Stage] = Counter()
    for group in groups:
        counts[group.stage] += group.count
    return dict(counts)


def _weeks(season: Season, groups: Iterable[Group]) -> list[IsoWeek]:
    known = [IsoWeek.of(season.starts_on), IsoWeek.of(season.ends_on), *(group.week for group in groups)]
    return IsoWeek.range(min(known), max(known))
