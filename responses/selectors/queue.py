"""What the queue of reports shows: its counts, one page of it, and what it can be narrowed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from ksp.accounts.models import User
from observers.models import Observer
from participants.models import AwardClass, Enrolment, Season
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
    planned: int
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


def queue_counts(season: Season, matching: SurveyResponseQuerySet, *, clock: ReviewClock) -> QueueCounts:
    """Return every count of the page in one query, each read from an index."""
    reports = SurveyResponse.objects.filter(season=OuterRef("pk"))
    waiting = reports.filter(state=ReportState.SUBMITTED)
    approved = reports.filter(state=ReportState.APPROVED)
    elsewhere = SurveyResponse.objects.filter(season__organiser=OuterRef("organiser"), state=ReportState.SUBMITTED)
    elsewhere = elsewhere.exclude(season=OuterRef("pk"))
    planned = Enrolment.objects.filter(season=OuterRef("pk")).values("season")
    parts = {f"part_{name}": _counted(waiting.filter(within(span))) for name, span in clock.spans.items()}
    others = {
        "returned": _counted(reports.filter(state=ReportState.RETURNED)),
        "approved_today": _counted(approved.filter(reviewed_at__gte=clock.day_began_at)),
        "approved": _counted(approved),
        "planned": Coalesce(Subquery(planned.annotate(found=Sum("planned_contacts")).values("found")), 0),
        "matching": _counted(matching),
        "elsewhere": _counted(elsewhere, by="season__organiser"),
    }
    asked = Season.objects.filter(pk=season.pk).annotate(**parts, **others)
    counted = asked.values(*parts, *others).get()
    return QueueCounts(
        parts=tuple(Part(name, counted[f"part_{name}"]) for name in clock.spans),
        **{name: counted[name] for name in others},
    )


def _counted(rows: "models.QuerySet[SurveyResponse]", *, by: str = "season") -> Coalesce:
    found = rows.order_by().values(by).annotate(found=Count("pk")).values("found")
    return Coalesce(Subquery(found, output_field=models.IntegerField()), 0)


def queue_page(
    rows: SurveyResponseQuerySet, *, order: Sequence[str], start: int, size: int, clock: ReviewClock
) -> list[QueueRow]:
    """Return one page: its keys come from an index alone, and only then what those reports show."""
    keys = rows.order_by(*order).values("pk")[start : start + size]
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


def classes_of(season: Season) -> list[tuple[str, str]]:
    """Return the classes of the season as choices: key and name."""
    found = AwardClass.objects.filter(season=season).order_by("name").values_list("pk", "name")
    return [(str(key), name) for key, name in found]


def observers_of(season: Season) -> list[tuple[str, str]]:
    """Return those who have reported in the season as choices: key and name."""
    reports = SurveyResponse.objects.filter(observer=OuterRef("pk"), season=season)
    found = (
        Observer.objects.filter(models.Exists(reports), organiser=season.organiser_id)
        .order_by("first_name", "last_name", "pk")
        .only("public_id", "first_name", "last_name", "pseudonym")
    )
    return [(str(observer.public_id), str(observer)) for observer in found]
