"""Who is behind: observers with late contacts, participants behind their plan, and the review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Max

from ksp.accounts.models import User
from ksp.lib.calendar import WorkingCalendar, local_date
from ksp.lib.weeks import IsoWeek
from participants.models import Enrolment
from reports.selectors.follow_up import FollowUp, OpenContact
from reports.selectors.plan_map import participant_lines
from reports.selectors.progress import TO_COME, Line, SeasonProgress
from responses.deadlines import Deadline, ReviewClock
from responses.models import SurveyResponse

# A participant can hardly take more a week than this, nor so many times more than was planned.
MOST_A_WEEK: Final = 2.0
MOST_TIMES: Final = 1.5


@dataclass(frozen=True, slots=True)
class ObserverBehind:
    """An observer with late contacts: how many, since when, what else is due, and when we last heard of them."""

    key: UUID | None
    name: str
    late: Sequence[OpenContact]
    due: int
    last_seen_on: date | None

    @property
    def oldest(self) -> IsoWeek:
        """The oldest week that lacks a report."""
        return min(one.week for one in self.late)

    @property
    def remindable(self) -> list[UUID]:
        """The contacts that the observer can be reminded of."""
        return [one.public_id for one in self.late if one.can_be_reminded]


@dataclass(frozen=True, slots=True)
class ParticipantBehind:
    """A participant with late contacts, or with more left than the weeks that are left can well take."""

    enrolment: Enrolment
    line: Line
    left: int
    weeks_left: int

    @property
    def a_week(self) -> float:
        """How many contacts each week that is left would have to bring."""
        return self.left / max(self.weeks_left, 1)

    @property
    def is_tight(self) -> bool:
        """That is more than a centre can be asked to take unnoticed."""
        weeks = sum(1 for cell in self.line.cells if cell.contacts) or 1
        return self.left > 0 and self.a_week > max(MOST_A_WEEK, MOST_TIMES * self.line.contacts / weeks)


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """How many reports wait to be read, and the deadline of the oldest."""

    waiting: int
    late: int
    oldest: Deadline | None


def observers_behind(found: FollowUp) -> list[ObserverBehind]:
    """Return the observers with late contacts, those with most first, in one query more."""
    late: dict[int, list[OpenContact]] = {}
    for one in found.contacts:
        if one.observer is not None and found.is_late(one):
            late.setdefault(one.observer, []).append(one)
    seen = _last_seen(late)
    rows = [
        ObserverBehind(own[0].observer_key, own[0].observer_name, own, found.due_of[key], seen.get(key))
        for key, own in late.items()
    ]
    return sorted(rows, key=lambda row: (-len(row.late), row.oldest, row.name))


def _last_seen(observers: Mapping[int, object]) -> dict[int, date]:
    """Return on which day each of them last began or submitted a report."""
    rows = SurveyResponse.objects.filter(observer__in=list(observers)).order_by().values("observer")
    latest = rows.annotate(begun=Max("started_at"), submitted=Max("submitted_at"))
    return {
        row["observer"]: local_date(max(moment for moment in (row["begun"], row["submitted"]) if moment is not None))
        for row in latest
    }


def participants_behind(
    found: SeasonProgress, enrolments: Sequence[Enrolment], *, user: User
) -> list[ParticipantBehind]:
    """Return the participants that lie behind, those with most late contacts first, in one query."""
    weeks_left = _weeks_left(found)
    rows = []
    for enrolment, line in zip(enrolments, participant_lines(found, enrolments, user=user), strict=True):
        planned = max(enrolment.planned_contacts - line.contacts, 0)
        left = planned + sum(line.stages.get(stage, 0) for stage in TO_COME)
        row = ParticipantBehind(enrolment, line, left, weeks_left)
        if line.late or row.is_tight:
            rows.append(row)
    return sorted(rows, key=lambda row: (-row.line.late, -row.a_week, row.line.name))


def _weeks_left(found: SeasonProgress) -> int:
    """Count the weeks of the season, this one included, that have days enough for contacts."""
    settings, last = found.season.settings, IsoWeek.of(found.season.ends_on)
    calendar = WorkingCalendar(closed_on=frozenset(map(date.fromisoformat, settings.closed_on)))
    ahead = [week for week in found.weeks if found.this_week <= week <= last]
    days = (len(calendar.working_days(week.monday(), week.sunday())) for week in ahead)
    return sum(count >= settings.least_working_days for count in days)


def review_queue(found: SeasonProgress, *, user: User, now: datetime) -> ReviewQueue:
    """Return how the review stands, in one query."""
    rows = SurveyResponse.objects.visible_to(user).filter(season=found.season)
    oldest = rows.waiting_for_review().values_list("submitted_at", flat=True).first()
    clock = ReviewClock.at(now, working_days=found.season.settings.review_working_days)
    waiting = sum(one.submitted for one in found.classes)
    deadline = clock.deadline(oldest) if oldest is not None else None
    return ReviewQueue(waiting, found.late_reviews, deadline)
