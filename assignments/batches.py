"""Offers, answers and withdrawals of many contacts at once: checked and recorded as one by one, in few statements."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from assignments.deadlines import answer_by
from assignments.eligibility import Candidate, Facts, judge, weeks_between
from assignments.models import Assignment
from assignments.services import ReasonMissing, SeasonNotOpen, check_may_accept, replacement_of
from assignments.signals import assignment_changed, observers_concerned
from assignments.workflow import ACCEPT, EXPIRE, OFFER, WITHDRAW
from ksp.accounts.models import AuditEvent, User
from ksp.lib.calendar import local_date
from ksp.lib.weeks import IsoWeek
from ksp.lib.workflow import Transition, TransitionNotAllowed
from observers.applications.models import TeamMember
from observers.models import CustomerRelation, Observer, PriorContact
from participants.models import Enrolment, Season
from participants.season_settings import SeasonSettings
from participants.workflow import SeasonState

BATCH = 500


@dataclass(frozen=True)
class Act:
    """Who did something, and when."""

    by: User
    now: datetime


@transaction.atomic
def offer_planned(
    assignment_ids: Collection[int], *, now: datetime, is_held: bool = False, by: User
) -> list[Assignment]:
    """Offer each contact to the observer it is planned for; their next letter says so, and may be held.

    Return those that were offered. A contact without an observer, with one who has no account or whom a rule no longer
    allows, of a class that is paused, or whose week is over while the season still goes on stays planned.
    """
    rows = [item for item in _lock(assignment_ids, OFFER, by=by) if item.observer is not None]
    if any(item.season.state != SeasonState.OPEN for item in rows):
        raise SeasonNotOpen(_("The season is not open. Open it before you offer assignments."))
    judged = judge_planned(rows)
    offered = [item for item in rows if judged[item.pk].is_eligible and _can_be_made(item, now=now)]
    settings = {item.season_id: item.season.settings for item in offered}
    until = {
        key: answer_by(key[1], method=key[2], settings=settings[key[0]], now=now)
        for key in {(item.season_id, item.week, item.method) for item in offered}
    }
    by_answer: dict[datetime, list[int]] = {}
    for item in offered:
        item.state, item.offered_at = OFFER.target, now
        item.answer_by = until[item.season_id, item.week, item.method]
        by_answer.setdefault(item.answer_by, []).append(item.pk)
    for moment, keys in by_answer.items():
        Assignment.objects.filter(pk__in=keys).update(state=OFFER.target, offered_at=now, answer_by=moment)
    _record(OFFER, [(item, by) for item in offered])
    _announce(offered, OFFER, now=now, is_held=is_held, by=by)
    return offered


def _can_be_made(item: Assignment, *, now: datetime) -> bool:
    """Its observer can answer, its class is not paused, and its week not over, unless the whole season is."""
    today = local_date(now)
    is_over = item.week < str(IsoWeek.of(today)) and today <= item.season.ends_on
    has_account = item.observer is not None and item.observer.user_id is not None
    return has_account and item.enrolment.award_class.paused_at is None and not is_over


@transaction.atomic
def accept_offered(acts: Mapping[int, Act]) -> list[Assignment]:
    """Let each offer, by its key, be accepted by its own observer, who has read the manual."""
    rows = _lock(acts, ACCEPT, by=None)
    for item in rows:
        act = acts[item.pk]
        if not act.by.has_perm(ACCEPT.permission, item):
            raise PermissionDenied
        item.state, item.answered_at = ACCEPT.target, act.now
    check_may_accept(rows)
    Assignment.objects.filter(pk__in=[item.pk for item in rows]).update(state=ACCEPT.target)
    Assignment.objects.bulk_update(rows, ["answered_at"], batch_size=BATCH)
    _record(ACCEPT, [(item, acts[item.pk].by) for item in rows])
    return rows


@transaction.atomic
def withdraw_many(
    assignment_ids: Collection[int],
    *,
    reason: str,
    now: datetime,
    is_told: bool = True,
    is_held: bool = False,
    by: User,
) -> list[Assignment]:
    """Take the contacts back from their observers, who are told unless they know; return what is planned instead.

    Letters that are held wait until a manager sends them.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why the assignment is withdrawn; the observer sees it."))
    rows = _lock(assignment_ids, WITHDRAW, by=by)
    reason = reason.strip()[:300]
    for item in rows:
        item.state, item.decline_reason = WITHDRAW.target, reason
    keys = [item.pk for item in rows]
    Assignment.objects.filter(pk__in=keys).update(state=WITHDRAW.target, decline_reason=reason)
    return _let_go(rows, WITHDRAW, now=now, is_told=is_told, is_held=is_held, by=by)


@transaction.atomic
def expire_many(assignment_ids: Collection[int], *, now: datetime, by: User) -> list[Assignment]:
    """Let offers that nobody answered lapse; return what is planned instead."""
    rows = _lock(assignment_ids, EXPIRE, by=by)
    for item in rows:
        item.state = EXPIRE.target
    Assignment.objects.filter(pk__in=[item.pk for item in rows]).update(state=EXPIRE.target)
    return _let_go(rows, EXPIRE, now=now, is_told=True, by=by)


def _let_go(
    rows: Sequence[Assignment],
    transition: Transition,
    *,
    now: datetime,
    is_told: bool,
    is_held: bool = False,
    by: User,
) -> list[Assignment]:
    """Record that contacts fell away, announce it, and plan them anew."""
    _record(transition, [(item, by) for item in rows])
    if is_told:
        _announce(rows, transition, now=now, is_held=is_held, by=by)
    fresh = Assignment.objects.bulk_create([replacement_of(item) for item in rows], batch_size=BATCH)
    events = (
        AuditEvent.of(by, "assignment.planned_again", new, replaces=old.code)
        for new, old in zip(fresh, rows, strict=True)
    )
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)
    return fresh


def _lock(assignment_ids: Collection[int], transition: Transition, *, by: User | None) -> list[Assignment]:
    """Fetch the assignments for update, or say why one of them cannot be moved now."""
    rows = Assignment.objects.select_for_update(of=("self",)).filter(pk__in=list(assignment_ids)).order_by("pk")
    found = list(rows)
    # Many contacts, few of all else: each of those is read once.
    seasons = Season.objects.defer("manual").in_bulk({item.season_id for item in found})
    enrolments = Enrolment.objects.select_related("award_class").in_bulk({item.enrolment_id for item in found})
    observers = Observer.objects.select_related("user").in_bulk({item.observer_id for item in found} - {None})
    for season in seasons.values():
        if by is not None and not by.has_perm(transition.permission, season):
            raise PermissionDenied
    for item in found:
        item.season, item.enrolment = seasons[item.season_id], enrolments[item.enrolment_id]
        item.observer = observers[item.observer_id] if item.observer_id else None
        if item.state not in transition.sources:
            message = _("This assignment is already “%(state)s”. Reload the page.")
            raise TransitionNotAllowed(message % {"state": item.get_state_display()})
    return found


def _announce(
    rows: Sequence[Assignment], transition: Transition, *, now: datetime, is_held: bool = False, by: User
) -> None:
    if rows:
        observers_concerned.send(
            sender=Assignment, assignments=rows, transition=transition, by=by, now=now, is_held=is_held
        )


def _record(transition: Transition, moves: Sequence[tuple[Assignment, User]]) -> None:
    AuditEvent.objects.bulk_create((AuditEvent.of(by, transition.verb, item) for item, by in moves), batch_size=BATCH)
    for item, _by in moves:
        assignment_changed.send(sender=Assignment, assignment=item, transition=transition)


def judge_planned(assignments: Iterable[Assignment]) -> dict[int, Candidate]:
    """Return, by assignment, its planned observer judged by every rule."""
    rows = [(item, item.observer) for item in assignments if item.observer is not None]
    seasons = {item.season_id: item.season for item, _observer in rows}
    known = _Knowledge.about([observer for _item, observer in rows], seasons.values())
    return {item.pk: judge(known.facts(item, observer)) for item, observer in rows}


@dataclass(frozen=True)
class _Knowledge:
    """What the rules need to know about some observers: whom they met, whose customers they are, what they have."""

    meetings: Counter[tuple[int | None, int]]
    met_before: frozenset[tuple[int, int]]
    customers: frozenset[tuple[int, int]]
    in_week: Counter[tuple[int | None, int, str]]
    in_season: Counter[tuple[int | None, int]]
    has_left: frozenset[tuple[int, int]]
    settings: Mapping[int, SeasonSettings]
    season_weeks: Mapping[int, tuple[str, str]]

    @classmethod
    def about(cls, observers: Sequence[Observer], seasons: Iterable[Season]) -> "_Knowledge":
        """Read it in four queries."""
        keys = {observer.pk for observer in observers}
        meeting = Assignment.objects.meeting().filter(observer__in=keys)
        rows = list(meeting.values_list("observer_id", "participant_id", "season_id", "week"))
        before = PriorContact.objects.filter(observer__in=keys).values_list("observer_id", "participant_id")
        relations = CustomerRelation.objects.filter(observer__in=keys).values_list("observer_id", "participant_id")
        known = {season.pk: season for season in seasons}
        left = TeamMember.objects.filter(observer__in=keys, left_at__isnull=False)
        return cls(
            meetings=Counter((row[0], row[1]) for row in rows),
            met_before=frozenset(before),
            customers=frozenset(relations),
            in_week=Counter((row[0], row[2], row[3]) for row in rows),
            in_season=Counter((row[0], row[2]) for row in rows),
            has_left=frozenset(left.values_list("season_id", "observer_id")),
            settings={key: season.settings for key, season in known.items()},
            season_weeks={key: weeks_between(season) for key, season in known.items()},
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
            has_left=(item.season_id, observer.pk) in self.has_left,
            settings=self.settings[item.season_id],
            season_weeks=self.season_weeks[item.season_id],
        )
