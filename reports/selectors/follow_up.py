"""The contacts that need somebody: late, at risk, or without an observer, each with the reason in words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assignments.models import Assignment
from assignments.workflow import OPEN, AssignmentState
from ksp.accounts.models import User
from ksp.lib.calendar import local_date
from ksp.lib.formatting import iso_week, number
from ksp.lib.weeks import IsoWeek
from participants.models import Season
from reports.selectors.progress import SOON_WEEKS
from responses.workflow import ReportState

# An offer is at risk in its last days; a returned report once it has lain so long.
OFFER_DAYS_LEFT: Final = 2
RETURNED_DAYS: Final = 5
COLUMNS: Final = (
    "pk",
    "public_id",
    "code",
    "method",
    "week",
    "state",
    "offered_at",
    "observer_id",
    "response__state",
    "response__reviewed_at",
    "enrolment_id",
    "enrolment__award_class_id",
    "participant__name",
    "observer__public_id",
    "observer__first_name",
    "observer__last_name",
    "observer__pseudonym",
    "observer__weekly_capacity",
)


class Kind(StrEnum):
    """Why a contact is on the list."""

    LATE = "late"
    RISK = "risk"
    UNASSIGNED = "unassigned"


@dataclass(frozen=True, slots=True)
class OpenContact:
    """One contact that has not come to a report, or whose report has come back to its observer."""

    pk: int
    public_id: UUID
    code: str
    method: str
    week: IsoWeek
    state: str
    offered_at: datetime | None
    observer: int | None
    report: str
    returned_at: datetime | None
    enrolment: int
    award_class: int
    participant: str
    observer_key: UUID | None
    observer_name: str
    weekly_capacity: int

    @classmethod
    def of(cls, row: Sequence[Any]) -> "OpenContact":
        """Return the contact that a row of ``COLUMNS`` says."""
        found = dict(zip(COLUMNS, row, strict=True))
        name = f"{found['observer__first_name'] or ''} {found['observer__last_name'] or ''}".strip()
        return cls(
            pk=found["pk"],
            public_id=found["public_id"],
            code=found["code"],
            method=found["method"],
            week=IsoWeek.parse(found["week"]),
            state=found["state"],
            offered_at=found["offered_at"],
            observer=found["observer_id"],
            report=found["response__state"] or "",
            returned_at=found["response__reviewed_at"],
            enrolment=found["enrolment_id"],
            award_class=found["enrolment__award_class_id"],
            participant=found["participant__name"],
            observer_key=found["observer__public_id"],
            observer_name=name or found["observer__pseudonym"] or "",
            weekly_capacity=found["observer__weekly_capacity"] or 0,
        )

    @property
    def is_begun(self) -> bool:
        """There is a report, if only a draft."""
        return bool(self.report)

    @property
    def is_returned(self) -> bool:
        """The report is with the observer again."""
        return self.report == ReportState.RETURNED

    @property
    def can_be_reminded(self) -> bool:
        """There is an observer who has something to do."""
        return self.state in {AssignmentState.OFFERED, AssignmentState.ACCEPTED}


@dataclass(frozen=True, slots=True)
class Listed:
    """A contact with why it needs somebody."""

    contact: OpenContact
    reasons: Sequence[str]


@dataclass(frozen=True)
class FollowUp:
    """Everything of a season that needs somebody now, the oldest week first."""

    season: Season
    this_week: IsoWeek
    now: datetime
    contacts: Sequence[OpenContact]

    @cached_property
    def late(self) -> list[Listed]:
        """The week is over and there is no report."""
        return [Listed(one, [self._late_words(one)]) for one in self.contacts if self.is_late(one)]

    @cached_property
    def risk(self) -> list[Listed]:
        """Not late yet, but likely to be."""
        judged = ((one, self._reasons(one)) for one in self.contacts if not self.is_late(one))
        return [Listed(one, reasons) for one, reasons in judged if reasons]

    @cached_property
    def unassigned(self) -> list[Listed]:
        """Nobody has been found, and the week is near or over."""
        free = (one for one in self.contacts if one.observer is None)
        return [Listed(one, [self._free_words(one)]) for one in free]

    def listed(self, kind: Kind) -> list[Listed]:
        """Return the contacts of a kind."""
        return {Kind.LATE: self.late, Kind.RISK: self.risk, Kind.UNASSIGNED: self.unassigned}[kind]

    def is_late(self, one: OpenContact) -> bool:
        """The week is over and the contact has not been reported on."""
        return one.week < self.this_week and not one.is_returned

    @cached_property
    def late_of(self) -> Counter[int | None]:
        """How many late contacts each observer has."""
        return Counter(one.observer for one in self.contacts if self.is_late(one))

    @cached_property
    def due_of(self) -> Counter[int | None]:
        """How many contacts each observer has yet to begin up to the end of this week."""
        return Counter(one.observer for one in self.contacts if self._is_due(one))

    def _is_due(self, one: OpenContact) -> bool:
        return one.state == AssignmentState.ACCEPTED and not one.is_begun and one.week <= self.this_week

    def _reasons(self, one: OpenContact) -> list[str]:
        found = []
        if self._is_due(one):
            found += self._due_reasons(one)
        if one.state == AssignmentState.OFFERED and one.offered_at is not None:
            found += self._offer_reasons(one.offered_at)
        if one.is_returned and one.returned_at is not None:
            days = (local_date(self.now) - local_date(one.returned_at)).days
            if days >= RETURNED_DAYS:
                text = ngettext("Returned %(days)s day ago.", "Returned %(days)s days ago.", days)
                found.append(text % {"days": number(days)})
        return found

    def _due_reasons(self, one: OpenContact) -> list[str]:
        """Say why a contact of this week that is not begun may come late."""
        found = []
        if late := self.late_of[one.observer]:
            text = ngettext(
                "Not begun, and the observer has %(late)s late contact.",
                "Not begun, and the observer has %(late)s late contacts.",
                late,
            )
            found.append(text % {"late": number(late)})
        if (due := self.due_of[one.observer]) > one.weekly_capacity:
            text = _("The observer has %(due)s contacts to make this week, but takes %(most)s a week.")
            found.append(text % {"due": number(due), "most": number(one.weekly_capacity)})
        return found

    def _offer_reasons(self, offered_at: datetime) -> list[str]:
        lapses = offered_at + timedelta(days=self.season.settings.offer_days)
        days = (local_date(lapses) - local_date(self.now)).days
        if days > OFFER_DAYS_LEFT:
            return []
        if days <= 0:
            return [_("The offer lapses today without an answer.")]
        text = ngettext(
            "The offer lapses in %(days)s day without an answer.",
            "The offer lapses in %(days)s days without an answer.",
            days,
        )
        return [text % {"days": number(days)}]

    def _late_words(self, one: OpenContact) -> str:
        weeks = self.this_week - one.week
        late = ngettext("%(weeks)s week late", "%(weeks)s weeks late", weeks) % {"weeks": number(weeks)}
        return _("%(late)s: %(standing)s.") % {"late": late, "standing": _standing(one)}

    def _free_words(self, one: OpenContact) -> str:
        if one.week < self.this_week:
            return _("%(week)s is over, and nobody has the contact.") % {"week": iso_week(one.week).capitalize()}
        if one.week == self.this_week:
            return _("Should be made this week.")
        weeks = one.week - self.this_week
        text = ngettext("Should be made in %(weeks)s week.", "Should be made in %(weeks)s weeks.", weeks)
        return text % {"weeks": number(weeks)}


def _standing(one: OpenContact) -> str:
    if one.is_begun:
        return _("begun, but not submitted")
    if one.observer is None:
        return _("without an observer")
    if one.state == AssignmentState.OFFERED:
        return _("offered, but not answered")
    if one.state == AssignmentState.PLANNED:
        return _("planned, but never offered")
    return _("accepted, but not begun")


def season_follow_up(season: Season, *, user: User, now: datetime) -> FollowUp:
    """Return what needs somebody, in one query."""
    this_week = IsoWeek.of(local_date(now))
    to_be_made = Q(response__isnull=True) | Q(response__state=ReportState.DRAFT)
    is_near = Q(week__lte=str(this_week)) | Q(observer__isnull=True, week__lte=str(this_week + SOON_WEEKS))
    lapses_soon = now - timedelta(days=season.settings.offer_days - OFFER_DAYS_LEFT - 1)
    is_lapsing = Q(state=AssignmentState.OFFERED, offered_at__lte=lapses_soon)
    rows = Assignment.objects.visible_to(user).filter(
        Q(to_be_made, is_near | is_lapsing, state__in=OPEN) | Q(response__state=ReportState.RETURNED),
        season=season,
    )
    contacts = [OpenContact.of(row) for row in rows.order_by("week", "participant__name", "pk").values_list(*COLUMNS)]
    return FollowUp(season, this_week, now, contacts)
