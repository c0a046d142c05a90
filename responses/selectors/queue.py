"""What the queue of reports shows: its counts, one page of it, and what it can be narrowed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import OuterRef, Q

from ksp.accounts.models import User
from observers.models import Observer
from participants.models import Enrolment, Season
from responses.deadlines import DUE, LATE, Deadline, ReviewClock, Span
from responses.models import SurveyResponse, SurveyResponseQuerySet
from responses.workflow import ReportState

COLUMNS = (
    "public_id",
    "code",
    "method",
    "week",
    "state",
    "submitted_at",
    "first_submitted_at",
    "reviewed_at",
    "enrolment__participant__name",
    "enrolment__award_class__name",
    "observer__first_name",
    "observer__last_name",
    "observer__pseudonym",
    "observer__internal_score",
)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One report as the queue lists it."""

    key: UUID
    code: str
    method: str
    week: str
    state: str
    submitted_at: datetime
    reviewed_at: datetime | None
    is_resubmitted: bool
    participant: str
    award_class: str
    observer: str
    observer_score: float | None
    deadline: Deadline

    @property
    def state_name(self) -> str:
        """What the state is called."""
        return str(ReportState(self.state).label)

    @property
    def is_waiting(self) -> bool:
        """It is a project manager's turn."""
        return self.state == ReportState.SUBMITTED


@dataclass(frozen=True, slots=True)
class Part:
    """How many of the waiting reports have one age, in working days, or are due or late."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many reports wait, and how long; what was decided; how many the page's filters leave; and other seasons'."""

    parts: tuple[Part, ...]
    returned: int
    approved_today: int
    approved: int
    matching: int
    elsewhere: int

    @property
    def waiting(self) -> int:
        """All that are submitted and not yet decided on."""
        return sum(part.count for part in self.parts)

    @property
    def late(self) -> int:
        """Those past their deadline."""
        return self._of(LATE)

    @property
    def due(self) -> int:
        """Those whose deadline is today."""
        return self._of(DUE)

    def _of(self, name: str) -> int:
        return next(part.count for part in self.parts if part.name == name)


def within(span: Span) -> Q:
    """Return the condition that a report was submitted in that span of time."""
    begins, ends = span
    found = Q(submitted_at__gte=begins) if begins else Q()
    return found & Q(submitted_at__lt=ends) if ends else found


def queue_counts(
    season: Season, matching: SurveyResponseQuerySet | None, *, clock: ReviewClock, others: Sequence[Season] = ()
) -> QueueCounts:
    """Return every count of the page in one statement, each read from an index.

    Without ``matching`` the page shows all that wait. ``others`` are the organiser's other seasons.
    """
    counted = _Counted()
    for name, span in clock.spans.items():
        counted.add(name, season, ReportState.SUBMITTED, submitted_at=span)
    counted.add("returned", season, ReportState.RETURNED)
    counted.add("approved", season, ReportState.APPROVED)
    counted.add("approved_today", season, ReportState.APPROVED, reviewed_at=(clock.day_began_at, None))
    for other in others:
        counted.add(f"season {other.pk}", other, ReportState.SUBMITTED)
    if matching is not None:
        counted.add_rows("matching", matching)
    found = counted.read()
    parts = tuple(Part(name, found[name]) for name in clock.spans)
    return QueueCounts(
        parts=parts,
        returned=found["returned"],
        approved_today=found["approved_today"],
        approved=found["approved"],
        matching=found.get("matching", sum(part.count for part in parts)),
        elsewhere=sum(found[f"season {other.pk}"] for other in others),
    )


class _Counted:
    """Counts that are read together: one statement of plain counts is written faster than the ORM can."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.counts: list[str] = []
        self.values: list[Any] = []

    def add(self, name: str, season: Season, state: str, **spans: Span) -> None:
        """Count the season's reports in this state, within these spans of time."""
        where, values = ["season_id = %s", "state = %s"], [season.pk, str(state)]
        for field, (begins, ends) in spans.items():
            for sign, moment in ((">=", begins), ("<", ends)):
                if moment is not None:
                    where.append(f"{field} {sign} %s")
                    values.append(connection.ops.adapt_datetimefield_value(moment))
        self._add(name, f"FROM {SurveyResponse._meta.db_table} WHERE {' AND '.join(where)}", values)

    def add_rows(self, name: str, rows: SurveyResponseQuerySet) -> None:
        """Count what a query finds; one that Django knows to be empty is not written at all."""
        try:
            sql, values = rows.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            sql, values = "SELECT 1 WHERE 1 = 0", ()
        self._add(name, f"FROM ({sql}) found", values)

    def read(self) -> dict[str, int]:
        """Return every count by its name."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(self.counts)}", self.values)
            return dict(zip(self.names, cursor.fetchone(), strict=True))

    def _add(self, name: str, source: str, values: Sequence[Any]) -> None:
        self.names.append(name)
        self.counts.append(f"(SELECT COUNT(*) {source})")
        self.values.extend(values)


@dataclass(frozen=True, slots=True)
class Cut:
    """Which rows of a list one page shows: from ``start`` up to ``size`` of all ``total``."""

    start: int
    size: int
    total: int

    def of(self, rows: SurveyResponseQuerySet, order: Sequence[str]) -> "models.QuerySet[SurveyResponse]":
        """Return the page's rows, counted from whichever end of the list is nearer."""
        end = min(self.start + self.size, self.total)
        if self.start <= self.total - end:
            return rows.order_by(*order)[self.start : end]
        return rows.order_by(*order).reverse()[self.total - end : self.total - self.start]


def queue_page(rows: SurveyResponseQuerySet, *, order: Sequence[str], cut: Cut, clock: ReviewClock) -> list[QueueRow]:
    """Return one page: its keys come from an index alone, and only then what those reports show."""
    if not cut.total:
        return []
    keys = cut.of(rows, order).values("pk")
    found = SurveyResponse.objects.filter(pk__in=keys).order_by(*order).values_list(*COLUMNS)
    return [_row(values, clock=clock) for values in found]


def _row(values: tuple[Any, ...], *, clock: ReviewClock) -> QueueRow:
    key, code, method, week, state, submitted_at, first_submitted_at, reviewed_at, *names = values
    participant, award_class, first_name, last_name, pseudonym, observer_score = names
    return QueueRow(
        key=key,
        code=code,
        method=method,
        week=week,
        state=state,
        submitted_at=submitted_at,
        reviewed_at=reviewed_at,
        is_resubmitted=submitted_at != first_submitted_at,
        participant=participant,
        award_class=award_class,
        observer=f"{first_name} {last_name}".strip() or pseudonym,
        observer_score=observer_score,
        deadline=clock.deadline(submitted_at),
    )


def next_in_queue(
    rows: SurveyResponseQuerySet, after: SurveyResponse, *, order: Sequence[str], by: User
) -> UUID | None:
    """Return the key of the report that follows and is not the person's own; after the last one comes the first."""
    others = rows.exclude(pk=after.pk).exclude(observer__user=by).order_by(*order)
    following = others.filter(_beyond(after, order=order)).values_list("public_id", flat=True)
    return following.first() or others.values_list("public_id", flat=True).first()


def _beyond(after: SurveyResponse, *, order: Sequence[str]) -> Q:
    field, direction = order[0].lstrip("-"), "lt" if order[0].startswith("-") else "gt"
    moment = getattr(after, field)
    if moment is None:
        return Q(pk__isnull=False)
    return Q(**{f"{field}__{direction}": moment}) | Q(**{field: moment, f"pk__{direction}": after.pk})


@dataclass(frozen=True, slots=True)
class SeasonShape:
    """The classes of a season as choices, who takes part, and how many contacts they are to have."""

    classes: Sequence[tuple[str, str]]
    participants: Sequence[tuple[int, str]]
    planned: int

    def enrolments_named(self, text: str) -> list[int]:
        """Return the keys of the enrolments whose participant's name has the text, whatever the case."""
        wanted = text.casefold()
        return [key for key, name in self.participants if wanted in name.casefold()]


def shape_of(season: Season) -> SeasonShape:
    """Return what the season consists of, in one query."""
    found = Enrolment.objects.filter(season=season).order_by("award_class__name")
    rows = list(found.values_list("pk", "participant__name", "award_class", "award_class__name", "planned_contacts"))
    return SeasonShape(
        classes=list({str(key): name for _pk, _participant, key, name, _planned in rows}.items()),
        participants=[(pk, participant) for pk, participant, *_class in rows],
        planned=sum(planned for *_names, planned in rows),
    )


def observers_of(season: Season) -> list[tuple[str, str]]:
    """Return those who have reported in the season as choices: key and name."""
    reports = SurveyResponse.objects.filter(observer=OuterRef("pk"), season=season)
    found = (
        Observer.objects.filter(models.Exists(reports), organiser=season.organiser_id)
        .order_by("first_name", "last_name", "pk")
        .values_list("public_id", "first_name", "last_name", "pseudonym")
    )
    return [(str(key), f"{first} {last}".strip() or pseudonym) for key, first, last, pseudonym in found]
