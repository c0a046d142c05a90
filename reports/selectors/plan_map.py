"""A season's plan against what is done, week by week: by participant, class, contact method, or in all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from assignments.models import Assignment
from ksp.accounts.models import User
from ksp.lib.weeks import IsoWeek
from participants.models import ContactMethod, Enrolment
from reports.selectors.progress import (
    COUNTED,
    Line,
    SeasonProgress,
    Stage,
    WeekCell,
    added_up,
    cell_of,
    grouped,
    is_late,
    lines_of,
)

Value = str | int | None
LATE_TONE = "late"


class View(StrEnum):
    """By what the contacts are shown."""

    PARTICIPANTS = "participants"
    CLASSES = "classes"
    METHODS = "methods"
    WEEKS = "weeks"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which participants are shown: of a class, with these words in the name, with contacts that are late."""

    award_class: int | None = None
    words: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class WeekLine:
    """All the contacts of one week, and how far they have come."""

    cell: WeekCell
    stages: Mapping[Stage, int]
    is_now: bool

    @property
    def week(self) -> IsoWeek:
        """The week."""
        return self.cell.week

    @property
    def late(self) -> int:
        """Those without a report though the week is over."""
        return self.cell.missing if self.cell.tone == LATE_TONE else 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table for a file."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]


def enrolments_of(found: SeasonProgress, *, user: User, narrowed: Narrowed) -> QuerySet[Enrolment]:
    """Return the enrolments that are shown, by class and name."""
    rows = Enrolment.objects.visible_to(user).filter(season=found.season).select_related("participant", "award_class")
    if narrowed.award_class is not None:
        rows = rows.filter(award_class=narrowed.award_class)
    for word in narrowed.words.split()[:6]:
        rows = rows.filter(Q(participant__name__icontains=word) | Q(participant__code__istartswith=word))
    if narrowed.is_late:
        late = Assignment.objects.filter(is_late(found.this_week), enrolment=OuterRef("pk"))
        rows = rows.filter(Exists(late))
    return rows.defer("extra_help", "unused_addresses").order_by("award_class__name", "participant__name", "pk")


def participant_lines(found: SeasonProgress, enrolments: Sequence[Enrolment], *, user: User) -> list[Line]:
    """Return a line for each of these enrolments, in one query."""
    rows = Assignment.objects.visible_to(user).filter(season=found.season)
    if len(enrolments) < found.participants:
        rows = rows.filter(enrolment__in=[one.pk for one in enrolments])
    named = [(one.pk, one.participant.name) for one in enrolments]
    groups = grouped(rows, by="enrolment")
    return lines_of(groups, named, weeks=found.busy_weeks, this_week=found.this_week)


def method_lines(found: SeasonProgress, *, user: User) -> list[Line]:
    """Return a line for each contact method that the season uses, in one query."""
    groups = grouped(Assignment.objects.visible_to(user).filter(season=found.season), by="method")
    used = {group.of for group in groups}
    named = [(method.value, str(method.label)) for method in ContactMethod if method.value in used]
    return lines_of(groups, named, weeks=found.busy_weeks, this_week=found.this_week)


def week_lines(found: SeasonProgress) -> list[WeekLine]:
    """Return all the contacts of each week, without a query."""
    lines = []
    for week in found.busy_weeks:
        own = [group for group in found.groups if group.week == week]
        cell = cell_of(week, own, this_week=found.this_week)
        lines.append(WeekLine(cell, added_up(own), is_now=week == found.shown_week))
    return lines


def table_of(view: View, found: SeasonProgress, enrolments: Sequence[Enrolment], *, user: User) -> Table:
    """Return the plan against what is done as a table for a file, in the words of its reader."""
    if view is View.WEEKS:
        rows: list[list[Value]] = [[str(one.week), *_counts(one.stages, one.late)] for one in week_lines(found)]
        return Table(_("Week by week"), [_("Week"), *_count_names()], rows)
    weeks = [name for week in found.busy_weeks for name in _week_names(week)]
    if view is View.PARTICIPANTS:
        lines = participant_lines(found, enrolments, user=user)
        heads: list[list[Value]] = [
            [one.participant.code, one.participant.name, one.award_class.name] for one in enrolments
        ]
        names = [_("Id"), _("Participant"), _("Class")]
    else:
        lines = list(found.classes) if view is View.CLASSES else method_lines(found, user=user)
        heads, names = [[line.name] for line in lines], [_("Class") if view is View.CLASSES else _("Contact method")]
    rows = [[*head, *_counts(line.stages, line.late), *_cells(line)] for head, line in zip(heads, lines, strict=True)]
    return Table(_("Plan against done"), [*names, *_count_names(), *weeks], rows)


def _count_names() -> list[str]:
    return [
        _("Contacts"),
        _("Approved"),
        _("Waiting for review"),
        _("Returned"),
        _("Missing"),
        _("Without an observer"),
    ]


def _counts(stages: Mapping[Stage, int], late: int) -> list[Value]:
    shown = (Stage.APPROVED, Stage.SUBMITTED, Stage.RETURNED)
    whole = sum(stages.get(stage, 0) for stage in COUNTED)
    return [whole, *(stages.get(stage, 0) for stage in shown), late, stages.get(Stage.UNASSIGNED, 0)]


def _week_names(week: IsoWeek) -> tuple[str, str]:
    words = {"week": str(week)}
    return _("%(week)s approved") % words, _("%(week)s planned") % words


def _cells(line: Line) -> list[Value]:
    return [number for cell in line.cells for number in (cell.approved, cell.contacts)]
