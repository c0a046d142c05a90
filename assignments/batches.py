"""Offers and acceptances of a whole week at once: the same checks and records as one by one, in few statements."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from assignments import emails
from assignments.eligibility import Candidate, Facts, judge
from assignments.models import Assignment
from assignments.services import SeasonNotOpen
from assignments.signals import assignment_changed
from assignments.workflow import ACCEPT, OFFER
from ksp.accounts.models import AuditEvent, User
from ksp.accounts.services import owe_mail
from ksp.lib.weeks import IsoWeek
from ksp.lib.workflow import Transition, TransitionNotAllowed
from observers.models import CustomerRelation, Observer, PriorContact
from participants.workflow import SeasonState

BATCH = 500


@dataclass(frozen=True)
class Act:
    """Who did something, and when."""

    by: User
    now: datetime


@transaction.atomic
def offer_planned(assignment_ids: Collection[int], *, now: datetime, by: User) -> list[Assignment]:
    """Offer each contact to the observer it is planned for, and owe every observer one mail about all of theirs.

    Return those that were offered. A contact without an observer, with one whom a rule no longer allows, or of a
    class that is paused stays planned.
    """
    rows = [item for item in _lock(assignment_ids, OFFER) if item.observer is not None]
    for item in rows:
        if not by.has_perm(OFFER.permission, item):
            raise PermissionDenied
        if item.season.state != SeasonState.OPEN:
            raise SeasonNotOpen(_("The season is not open. Open it before you offer assignments."))
    judged = judge_planned(rows)
    offered = [item for item in rows if judged[item.pk].is_eligible and item.enrolment.award_class.paused_at is None]
    for item in offered:
        item.state, item.offered_at = OFFER.target, now
    Assignment.objects.filter(pk__in=[item.pk for item in offered]).update(state=OFFER.target, offered_at=now)
    _record(OFFER, [(item, by) for item in offered])
    _tell(offered, by=by)
    return offered


@transaction.atomic
def accept_offered(acts: Mapping[int, Act]) -> list[Assignment]:
    """Let each offer, by its key, be accepted by its own observer."""
    rows = _lock(acts, ACCEPT)
    for item in rows:
        act = acts[item.pk]
        if not act.by.has_perm(ACCEPT.permission, item):
            raise PermissionDenied
        item.state, item.answered_at = ACCEPT.target, act.now
    Assignment.objects.filter(pk__in=[item.pk for item in rows]).update(state=ACCEPT.target)
    Assignment.objects.bulk_update(rows, ["answered_at"], batch_size=BATCH)
    _record(ACCEPT, [(item, acts[item.pk].by) for item in rows])
    return rows


def _lock(assignment_ids: Collection[int], transition: Transition) -> list[Assignment]:
    """Fetch the assignments for update, or say why one of them cannot be moved now."""
    rows = Assignment.objects.select_for_update(of=("self",)).filter(pk__in=list(assignment_ids)).order_by("pk")
    found = list(rows.select_related("season", "observer__user", "enrolment__award_class"))
    for item in found:
        if item.state not in transition.sources:
            message = _("This assignment is already “%(state)s”. Reload the page.")
            raise TransitionNotAllowed(message % {"state": item.get_state_display()})
    return found


def _record(transition: Transition, moves: Sequence[tuple[Assignment, User]]) -> None:
    AuditEvent.objects.bulk_create((AuditEvent.of(by, transition.verb, item) for item, by in moves), batch_size=BATCH)
    for item, _by in moves:
        assignment_changed.send(sender=Assignment, assignment=item, transition=transition)


def judge_planned(assignments: Iterable[Assignment]) -> dict[int, Candidate]:
    """Return, by assignment, its planned observer judged by every rule."""
    rows = [(item, item.observer) for item in assignments if item.observer is not None]
    known = _Knowledge.about([observer for _item, observer in rows])
    return {item.pk: judge(known.facts(item, observer)) for item, observer in rows}


@dataclass(frozen=True)
class _Knowledge:
    """What the rules need to know about some observers: whom they met, whose customers they are, what they have."""

    meetings: Counter[tuple[int | None, int]]
    met_before: frozenset[tuple[int, int]]
    customers: frozenset[tuple[int, int]]
    in_week: Counter[tuple[int | None, int, str]]
    in_season: Counter[tuple[int | None, int]]

    @classmethod
    def about(cls, observers: Sequence[Observer]) -> "_Knowledge":
        """Read it in three queries."""
        keys = {observer.pk for observer in observers}
        meeting = Assignment.objects.meeting().filter(observer__in=keys)
        rows = list(meeting.values_list("observer_id", "participant_id", "season_id", "week"))
        before = PriorContact.objects.filter(observer__in=keys).values_list("observer_id", "participant_id")
        relations = CustomerRelation.objects.filter(observer__in=keys).values_list("observer_id", "participant_id")
        return cls(
            meetings=Counter((row[0], row[1]) for row in rows),
            met_before=frozenset(before),
            customers=frozenset(relations),
            in_week=Counter((row[0], row[2], row[3]) for row in rows),
            in_season=Counter((row[0], row[2]) for row in rows),
        )

    def facts(self, item: Assignment, observer: Observer) -> Facts:
        """Return the facts about a planned contact; the contact itself is not counted among the others."""
        pair = (observer.pk, item.participant_id)
        return Facts(
            observer=observer,
            method=item.method,
            week=IsoWeek.parse(item.week),
            has_met=pair in self.met_before or self.meetings[pair] > 1,
            is_customer=pair in self.customers,
            load_in_week=self.in_week[observer.pk, item.season_id, item.week] - 1,
            load_in_season=self.in_season[observer.pk, item.season_id] - 1,
            settings=item.season.settings,
        )


def _tell(offered: Iterable[Assignment], *, by: User) -> None:
    """Owe each observer one mail about everything that was offered."""
    own: dict[int, list[Assignment]] = {}
    for item in offered:
        if item.observer is not None and item.observer.user is not None:
            own.setdefault(item.observer.pk, []).append(item)
    for items in own.values():
        user = items[0].observer.user if items[0].observer is not None else None
        if user is not None:
            subject, body = emails.offers(items, to=user)
            owe_mail(organiser_id=by.organiser_id, to=user.email, subject=subject, body=body)
